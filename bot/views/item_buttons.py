"""What can be done with one item of each kind, and what that is called."""

from __future__ import annotations

from typing import Literal

from bot.spotify.uris import KINDS, Kind

ItemAction = Literal["play", "queue", "save", "add", "open", "share"]

# What can be done with each kind, in the order of its buttons.
_PLAYABLE_ACTIONS: tuple[ItemAction, ...] = ("play", "queue", "save", "add", "share")
_CONTAINER_ACTIONS: tuple[ItemAction, ...] = ("play", "save", "share")
ACTIONS: dict[Kind, tuple[ItemAction, ...]] = dict.fromkeys(KINDS, _CONTAINER_ACTIONS) | {
    "track": _PLAYABLE_ACTIONS,
    "episode": _PLAYABLE_ACTIONS,
    "album": ("play", "queue", "save", "add", "share"),
    "playlist": ("play", "queue", "save", "share"),
}
# What everybody can do with what somebody shared.
SHARED_ACTIONS: dict[Kind, tuple[ItemAction, ...]] = dict.fromkeys(
    KINDS, ("open", "play", "save")
) | {
    "track": ("play", "queue", "save", "add"),
    "episode": ("play", "queue", "save", "add"),
}

LABELS: dict[ItemAction, str] = {
    "play": "Play",
    "queue": "Queue",
    "save": "Save",
    "add": "Add to playlist",
    "open": "Open",
    "share": "Share",
}
OPEN_LABELS: dict[Kind, str] = {"track": "Open album", "episode": "Open show"}
_SAVED_MESSAGES: dict[Kind, str] = {
    "track": "Saved to your liked songs",
    "episode": "Saved to your episodes",
    "artist": "You follow them now",
}


def saved_message(kind: Kind) -> str:
    """What is said when one was saved."""
    return _SAVED_MESSAGES.get(kind, "Saved to your library")
