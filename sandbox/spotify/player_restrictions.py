"""What may not be done with a player now, in the words of Spotify's `actions.disallows`."""

from __future__ import annotations

from sandbox.spotify.error_responses import RESTRICTION_VIOLATED, ApiError

from .actions import Action
from .player import Player, Repeat

PLAYBACK_ACTIONS: frozenset[Action] = frozenset(
    {"pausing", "resuming", "seeking", "skipping_next", "skipping_prev"}
)
REPEAT_TOGGLES: dict[Repeat, Action] = {
    "context": "toggling_repeat_context",
    "track": "toggling_repeat_track",
}


def disallowed_actions(player: Player) -> frozenset[Action]:
    """All that would be a "Restriction violated" now."""
    return player.disallowed_actions | _disallowed_by_state(player)


def require_allowed(player: Player, *actions: Action) -> None:
    """Refuse a command that comes to any of these, where one is disallowed."""
    if disallowed_actions(player).intersection(actions):
        raise ApiError(RESTRICTION_VIOLATED)


def repeat_actions(player: Player, repeat: Repeat) -> list[Action]:
    """What setting this repeat mode comes to: what was on goes off, and another on."""
    modes = {player.repeat, repeat} if player.repeat != repeat else {repeat}
    return [REPEAT_TOGGLES[mode] for mode in modes if mode != "off"]


def _disallowed_by_state(player: Player) -> frozenset[Action]:
    if player.interlude or player.item is None:
        return PLAYBACK_ACTIONS
    refused: set[Action] = {"resuming" if player.is_playing else "pausing"}
    if player.at_start:
        refused.add("skipping_prev")
    if not player.upcoming():
        refused.add("skipping_next")
    return frozenset(refused)
