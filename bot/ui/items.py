"""What can be done with one item of each kind, and what that is called."""

from __future__ import annotations

from typing import Literal

from bot.spotify.uris import KINDS, Kind

Verb = Literal["play", "queue", "save", "add", "open", "share"]

# What can be done with each kind, in the order of its buttons.
_SOUNDS: tuple[Verb, ...] = ("play", "queue", "save", "add", "share")
_HOLDS: tuple[Verb, ...] = ("play", "save", "share")
VERBS: dict[Kind, tuple[Verb, ...]] = dict.fromkeys(KINDS, _HOLDS) | {
    "track": _SOUNDS,
    "episode": _SOUNDS,
    "album": ("play", "queue", "save", "add", "share"),
    "playlist": ("play", "queue", "save", "share"),
}
# What everybody can do with what somebody shared.
SHARED: dict[Kind, tuple[Verb, ...]] = dict.fromkeys(KINDS, ("open", "play", "save")) | {
    "track": ("play", "queue", "save", "add"),
    "episode": ("play", "queue", "save", "add"),
}

LABELS: dict[Verb, str] = {
    "play": "Play",
    "queue": "Queue",
    "save": "Save",
    "add": "Add to playlist",
    "open": "Open",
    "share": "Share",
}
OPENS: dict[Kind, str] = {"track": "Open album", "episode": "Open show"}
_SAVED: dict[Kind, str] = {
    "track": "Saved to your liked songs",
    "episode": "Saved to your episodes",
    "artist": "You follow them now",
}


def saved(kind: Kind) -> str:
    """What is said when one was saved."""
    return _SAVED.get(kind, "Saved to your library")
