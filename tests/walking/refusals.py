"""What is said where nothing was done, and when that is true."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sandbox.spotify import Call
from sandbox.spotify.restrictions import disallowed
from tests.walking.truth import Truth

_DONE = re.compile(
    r"(Paused|Playing|Already (paused|playing)|Skipped|Went (back|to)|From the start|Moved|Queued"
    r"|Volume|Muted|Shuffled|Shuffle is|Repeat is|Repeating|Liked|Not liked"
    r"|This device does not say|\d+ songs|Shared with)\b"
    r"(?! now:)"
)
# A step on the way to what was asked for.
_ON_THE_WAY = (("PUT", "me/player"), ("PUT", "me/player/shuffle"))

# Where Spotify does as it is told, these are not true.
_TROUBLE = (
    "did not say whether",
    "is not answering properly",
    "too many requests",
    "has used up what",
    "does not say yet",
    "did not accept your login",
)
_TRUE_WHERE: dict[str, Callable[[Truth], bool]] = {
    "Nothing is playing, so": lambda it: it.player.device is None,
    "Nothing is playing.": lambda it: it.item is None,
    "None of your devices is playing": lambda it: it.player.device is None,
    "Spotify is not open anywhere": lambda it: not _usable(it),
    "An ad is playing": lambda it: it.player.interlude == "ad",
    "nothing to skip to": lambda it: "skipping_next" in disallowed(it.player),
    "no previous track": lambda it: "skipping_prev" in disallowed(it.player),
    "no places to go to": lambda it: "seeking" in disallowed(it.player),
    "cannot begin again": lambda it: "seeking" in disallowed(it.player),
    "cannot be shuffled": lambda it: "toggling_shuffle" in disallowed(it.player),
    "nothing to go on with": lambda it: it.player.item is None,
    "nothing to queue behind": lambda it: it.item is None,
    "lets apps play music for Premium": lambda it: not it.premium,
    "has no remote volume": lambda it: not it.volume,
}


def _usable(it: Truth) -> bool:
    return any(one.id and not one.is_restricted for one in it.player.devices)


def is_done(text: str) -> bool:
    """Whether it says that something was done."""
    return bool(_DONE.match(text))


def wrong(text: str, truth: Truth, calm: bool, calls: Sequence[Call]) -> list[str]:
    """What is not true of a refusal; empty where all is."""
    found = [
        f"{why} is not so" for why, true in _TRUE_WHERE.items() if why in text and not true(truth)
    ]
    if calm:
        found += [f"{why} without a reason" for why in _TROUBLE if why in text]
    done = [
        (call.method, call.path)
        for call in calls
        if call.executed and call.method != "GET" and (call.method, call.path) not in _ON_THE_WAY
    ]
    if done and "did not say whether" not in text and "are queued" not in text:
        found.append(f"it was done: {done}")
    return found
