"""Which player actions Spotify disallows now, by its names in `actions.disallows`."""

from __future__ import annotations

from sandbox.spotify.error_responses import RESTRICTION_VIOLATED, ApiError

from .actions import Action, Repeat
from .player import Player

PLAYBACK_ACTIONS: frozenset[Action] = frozenset(
    {"pausing", "resuming", "seeking", "skipping_next", "skipping_prev"}
)
REPEAT_TOGGLES: dict[Repeat, Action] = {
    "context": "toggling_repeat_context",
    "track": "toggling_repeat_track",
}


def disallowed_actions(player: Player) -> frozenset[Action]:
    """The actions that Spotify would refuse with "Restriction violated" now."""
    return player.disallowed_actions | _disallowed_by_state(player)


def require_allowed(player: Player, *actions: Action) -> None:
    """Raises ApiError if one of these actions is disallowed."""
    if disallowed_actions(player).intersection(actions):
        raise ApiError(RESTRICTION_VIOLATED)


def repeat_actions(player: Player, repeat: Repeat) -> list[Action]:
    """The actions in a change to this repeat mode: the old mode goes off, the new one on."""
    modes = {player.repeat, repeat} if player.repeat != repeat else {repeat}
    return [REPEAT_TOGGLES[mode] for mode in modes if mode != "off"]


def _disallowed_by_state(player: Player) -> frozenset[Action]:
    if player.interlude or player.item is None:
        return PLAYBACK_ACTIONS
    disallowed: set[Action] = {"resuming" if player.is_playing else "pausing"}
    if player.at_start:
        disallowed.add("skipping_prev")
    if not player.upcoming():
        disallowed.add("skipping_next")
    return frozenset(disallowed)
