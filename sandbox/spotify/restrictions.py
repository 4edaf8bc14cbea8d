"""What may not be done with a player now, in the words of Spotify's `actions.disallows`."""

from __future__ import annotations

from .actions import Action
from .player import Player, Repeat
from .refusals import RESTRICTION_VIOLATED, Refused

MOVING: frozenset[Action] = frozenset(
    {"pausing", "resuming", "seeking", "skipping_next", "skipping_prev"}
)
TOGGLES: dict[Repeat, Action] = {
    "context": "toggling_repeat_context",
    "track": "toggling_repeat_track",
}


def disallowed(player: Player) -> frozenset[Action]:
    """All that would be a "Restriction violated" now."""
    return player.forbidden | _by_itself(player)


def need(player: Player, *actions: Action) -> None:
    """Refuse a command that comes to any of these, where one is disallowed."""
    if disallowed(player).intersection(actions):
        raise Refused(RESTRICTION_VIOLATED)


def toggles(player: Player, repeat: Repeat) -> list[Action]:
    """What setting this repeat mode comes to: what was on goes off, and another on."""
    modes = {player.repeat, repeat} if player.repeat != repeat else {repeat}
    return [TOGGLES[mode] for mode in modes if mode != "off"]


def _by_itself(player: Player) -> frozenset[Action]:
    if player.interlude or player.item is None:
        return MOVING
    refused: set[Action] = {"resuming" if player.is_playing else "pausing"}
    if player.at_start:
        refused.add("skipping_prev")
    if not player.coming():
        refused.add("skipping_next")
    return frozenset(refused)
