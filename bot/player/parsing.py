"""Parses the positions, volumes and sleep times that users type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors.content import InvalidPosition, InvalidSleepTime, InvalidVolume

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)")
_SECONDS = re.compile(r"([+-]?)(\d{1,6})(?:\s*s)?")
_PERCENT = re.compile(r"(\d{1,3})\s*%")
_VOLUME = re.compile(r"([+-]?)(\d{1,3})(?:\s*%)?")

_HOURS = r"(\d{1,2})\s*(?:h|hrs?|hours?)"
_MINUTES = r"(\d{1,3})\s*(?:m|mins?|minutes?)?"
_DURATION = re.compile(rf"(?:(?:in|after)\s+)?(?:{_HOURS}\s*)?(?:{_MINUTES})?")
_ITEM = r"(?:track|song|episode|chapter)"
_TRACKS = re.compile(rf"(?:after|in)?\s*(\d{{1,2}})\s*{_ITEM}s?|after\s*(\d{{1,2}})")
_THIS_TRACK = re.compile(
    rf"(?:after|(?:at )?(?:the )?end of)?\s*(?:this(?: one| {_ITEM})?|(?:the )?{_ITEM})(?: ends)?"
)

MUTE, UNMUTE = "mute", "unmute"
_UNKNOWN_VOLUME = "That device doesn’t say how loud it is."

MAX_SLEEP_HOURS, MAX_SLEEP_TRACKS = 12, 20


@dataclass(frozen=True)
class SleepRequest:
    """When to pause: in `seconds`, or after `tracks`, including the current one."""

    seconds: int = 0
    tracks: int | None = None


def normalise_position(text: str) -> str:
    """The text without spaces, as `parse_position` reads it. Raises InvalidPosition."""
    text = text.strip()
    formats = (_CLOCK, _SECONDS, _PERCENT)
    if not text.isascii() or not any(pattern.fullmatch(text) for pattern in formats):
        raise InvalidPosition
    return "".join(text.split())


def normalise_volume(text: str) -> str:
    """The text in lower case without spaces, as `parse_volume` reads it. Raises InvalidVolume."""
    text = text.strip().lower()
    if text in (MUTE, UNMUTE):
        return text
    match = _VOLUME.fullmatch(text) if text.isascii() else None
    if match is None or (not match[1] and int(match[2]) > 100):
        raise InvalidVolume
    return "".join(text.split())


def parse_position(text: str, progress_ms: int | None, duration_ms: int | None) -> int:
    """A position in milliseconds from `1:23`, `83`, `+30`, `-15` or `50%`.

    progress_ms, duration_ms  None if Spotify does not say them

    A position before the start becomes the start. Raises InvalidPosition, also at and after the
    end of the item, and for a position that needs an unknown number.
    """
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        position = ((hours * 60 + minutes) * 60 + seconds) * 1000
    elif match := _SECONDS.fullmatch(text):
        sign, seconds = match[1], int(match[2])
        if sign and progress_ms is None:
            raise InvalidPosition(unknown="where in the track you are")
        start = progress_ms if sign and progress_ms is not None else 0
        position = start + (-seconds if sign == "-" else seconds) * 1000
    elif (match := _PERCENT.fullmatch(text)) and int(match[1]) <= 100:
        if duration_ms is None:
            raise InvalidPosition(unknown="how long this is")
        position = duration_ms * int(match[1]) // 100
    else:
        raise InvalidPosition
    if duration_ms is not None and position >= duration_ms:  # Spotify would skip to the next item
        raise InvalidPosition(duration_ms=duration_ms)
    return max(0, position)


def parse_volume(text: str, current: int | None) -> int:
    """A volume from 0 to 100 from `40`, `+10`, `-10` or `mute`.

    A relative volume stops at both ends. Raises InvalidVolume, also for a relative one if the
    current volume is not known.
    """
    text = text.strip().lower()
    if text == MUTE:
        return 0
    if (match := _VOLUME.fullmatch(text)) is None:
        raise InvalidVolume
    sign, number = match[1], int(match[2])
    if not sign:
        if number > 100:
            raise InvalidVolume
        return number
    if current is None:
        raise InvalidVolume(unknown=_UNKNOWN_VOLUME)
    return min(100, max(0, current + (-number if sign == "-" else number)))


def parse_sleep(text: str) -> SleepRequest | None:
    """`30m`, `1h30`, `45`, `after this one`, `after 3`; None for `off`. Raises InvalidSleepTime."""
    text = " ".join(text.lower().split())
    if text in ("off", "cancel", "stop"):
        return None
    if not text.isascii():
        raise InvalidSleepTime
    if _THIS_TRACK.fullmatch(text):
        return SleepRequest(tracks=1)
    if match := _TRACKS.fullmatch(text):
        tracks = int(match[1] or match[2])
        if tracks > MAX_SLEEP_TRACKS:
            raise InvalidSleepTime(limit=f"{MAX_SLEEP_TRACKS} tracks")
        if tracks:
            return SleepRequest(tracks=tracks)
    elif match := _DURATION.fullmatch(text):
        minutes = 60 * int(match[1] or 0) + int(match[2] or 0)
        if minutes > 60 * MAX_SLEEP_HOURS:
            raise InvalidSleepTime(limit=f"{MAX_SLEEP_HOURS} hours")
        if minutes:
            return SleepRequest(seconds=60 * minutes)
    raise InvalidSleepTime
