"""What is said where nothing was done, and when that is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sandbox.spotify import Call
from sandbox.spotify.player_restrictions import disallowed_actions
from tests.player_state_machine.player_comparison import PlayerComparison

_SUCCESS_TEXT = re.compile(
    r"(Paused|Playing|Already (paused|playing)|Skipped|Went (back|to)|From the start|Moved|Queued"
    r"|Volume|Muted|Shuffled|Shuffle is|Repeat is|Repeating|Liked|Not liked"
    r"|This device does not say|\d+ songs|Shared with)\b"
    r"(?! now:)"
)
# A step on the way to what was asked for.
_PREPARATORY_CALLS = (("PUT", "me/player"), ("PUT", "me/player/shuffle"))

# Where Spotify does as it is told, these are not true.
_FAILURE_TEXTS = (
    "did not say whether",
    "is not answering properly",
    "too many requests",
    "has used up what",
    "does not say yet",
    "did not accept your login",
)
_REFUSAL_CONDITIONS: dict[str, Callable[[PlayerComparison], bool]] = {
    "Nothing is playing, so": lambda it: it.player.device is None,
    "Nothing is playing.": lambda it: it.visible_item is None,
    "None of your devices is playing": lambda it: it.player.device is None,
    "Spotify is not open anywhere": lambda it: not _has_usable_device(it),
    "An ad is playing": lambda it: it.player.interlude == "ad",
    "nothing to skip to": lambda it: "skipping_next" in disallowed_actions(it.player),
    "no previous track": lambda it: "skipping_prev" in disallowed_actions(it.player),
    "no places to go to": lambda it: "seeking" in disallowed_actions(it.player),
    "cannot begin again": lambda it: "seeking" in disallowed_actions(it.player),
    "cannot be shuffled": lambda it: "toggling_shuffle" in disallowed_actions(it.player),
    "nothing to go on with": lambda it: it.player.item is None,
    "nothing to queue behind": lambda it: it.visible_item is None,
    "lets apps play music for Premium": lambda it: not it.premium,
    "has no remote volume": lambda it: not it.supports_volume,
}


def _has_usable_device(it: PlayerComparison) -> bool:
    return any(one.id and not one.is_restricted for one in it.player.devices)


def reports_success(text: str) -> bool:
    """Whether it says that something was done."""
    return bool(_SUCCESS_TEXT.match(text))


def find_refusal_errors(
    text: str, comparison: PlayerComparison, undisturbed: bool, calls: Sequence[Call]
) -> list[str]:
    """What is not true of a refusal; empty where all is."""
    found = [
        f"{why} is not so"
        for why, true in _REFUSAL_CONDITIONS.items()
        if why in text and not true(comparison)
    ]
    if undisturbed:
        found += [f"{why} without a reason" for why in _FAILURE_TEXTS if why in text]
    done = [
        (call.method, call.path)
        for call in calls
        if call.executed
        and call.method != "GET"
        and (call.method, call.path) not in _PREPARATORY_CALLS
    ]
    if done and "did not say whether" not in text and "are queued" not in text:
        found.append(f"it was done: {done}")
    return found
