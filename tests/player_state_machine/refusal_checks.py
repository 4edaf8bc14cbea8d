"""Checks that an error message is true: its reason holds, and nothing was executed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sandbox.spotify import Call
from sandbox.spotify.actions import Action
from sandbox.spotify.player_restrictions import disallowed_actions
from tests.player_state_machine.player_comparison import PlayerComparison

Condition = Callable[[PlayerComparison], bool]

_SUCCESS_TEXT = re.compile(
    r"(Paused|Playing|Already (paused|playing)|Skipped|Went (back|to)|From the start|Moved|Queued"
    r"|Volume|Muted|Shuffled|Shuffle is|Repeat (is|all|one)|Liked|Removed from Liked Songs"
    r"|This device doesn’t say|\d+ songs|Shared with)\b"
    r"(?! now:)"
)
# Calls that prepare the requested action.
_PREPARATORY_CALLS = (("PUT", "me/player"), ("PUT", "me/player/shuffle"))

# Wrong if Spotify executed every call.
_FAILURE_TEXTS = (
    "didn’t confirm",
    "isn’t responding properly",
    "Too many requests",
    "has used up its daily limit",
    "hasn’t caught up",
    "rejected the login",
)


def _disallows(action: Action) -> Condition:
    return lambda comparison: action in disallowed_actions(comparison.player)


def _has_usable_device(comparison: PlayerComparison) -> bool:
    return any(device.id and not device.is_restricted for device in comparison.player.devices)


def _has_nothing_loaded(comparison: PlayerComparison) -> bool:
    player = comparison.player
    return player.device is None or (player.item is None and player.interlude is None)


def _has_ad(comparison: PlayerComparison, *, is_playing: bool) -> bool:
    player = comparison.player
    return player.interlude == "ad" and player.is_playing == is_playing


# Part of an error message → whether it is true.
_REFUSAL_CONDITIONS: dict[str, Condition] = {
    "Nothing is playing, so": lambda comparison: comparison.player.device is None,
    "Nothing is playing.": _has_nothing_loaded,
    "Nothing is playing. Which device": lambda comparison: comparison.player.device is None,
    "Spotify isn’t open on any device": lambda comparison: not comparison.player.devices,
    "Spotify is only open on": lambda comparison: not _has_usable_device(comparison),
    "Something is ": lambda comparison: (
        comparison.visible_item is None and not _has_nothing_loaded(comparison)
    ),
    "An ad is playing": lambda comparison: _has_ad(comparison, is_playing=True),
    "An ad is paused": lambda comparison: _has_ad(comparison, is_playing=False),
    "nothing to skip to": _disallows("skipping_next"),
    "no previous track": _disallows("skipping_prev"),
    "can’t jump around": _disallows("seeking"),
    "can’t be restarted": _disallows("seeking"),
    "can’t be shuffled": _disallows("toggling_shuffle"),
    "Nothing to continue": lambda comparison: comparison.player.item is None,
    "playing to queue after": _has_nothing_loaded,
    "Playing needs Spotify Premium": lambda comparison: not comparison.premium,
    "can’t be changed from here": lambda comparison: not comparison.supports_volume,
}


def reports_success(text: str) -> bool:
    """Whether the text reports that something was done."""
    return bool(_SUCCESS_TEXT.match(text))


def find_refusal_errors(
    text: str, comparison: PlayerComparison, undisturbed: bool, calls: Sequence[Call]
) -> list[str]:
    """What is untrue about an error message; empty if it is right."""
    errors = [
        f"{reason} is not so"
        for reason, holds in _REFUSAL_CONDITIONS.items()
        if reason in text and not holds(comparison)
    ]
    if undisturbed:
        errors += [f"{reason} without a reason" for reason in _FAILURE_TEXTS if reason in text]
    executed = [
        (call.method, call.path)
        for call in calls
        if call.executed
        and call.method != "GET"
        and (call.method, call.path) not in _PREPARATORY_CALLS
    ]
    if executed and "didn’t confirm" not in text and "are queued" not in text:
        errors.append(f"it was done: {executed}")
    return errors
