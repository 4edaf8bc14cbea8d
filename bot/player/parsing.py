"""Parses the positions and volumes that users type."""

from __future__ import annotations

import re

from bot.errors.content import InvalidPosition, InvalidVolume

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)")
_SECONDS = re.compile(r"([+-]?)(\d{1,6})(?:\s*s)?")
_PERCENT = re.compile(r"(\d{1,3})\s*%")
_VOLUME = re.compile(r"([+-]?)(\d{1,3})(?:\s*%)?")

MUTE = "mute"


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
    if text == MUTE:
        return text
    match = _VOLUME.fullmatch(text) if text.isascii() else None
    if match is None or (not match[1] and int(match[2]) > 100):
        raise InvalidVolume
    return "".join(text.split())


def parse_position(text: str, progress_ms: int, duration_ms: int) -> int:
    """A position in milliseconds from `1:23`, `83`, `+30`, `-15` or `50%`.

    A position before the start becomes the start. Raises InvalidPosition, also at and after the
    end of the item.
    """
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        position = ((hours * 60 + minutes) * 60 + seconds) * 1000
    elif match := _SECONDS.fullmatch(text):
        sign, seconds = match[1], int(match[2])
        start = progress_ms if sign else 0
        position = start + (-seconds if sign == "-" else seconds) * 1000
    elif (match := _PERCENT.fullmatch(text)) and int(match[1]) <= 100:
        position = duration_ms * int(match[1]) // 100
    else:
        raise InvalidPosition
    if position >= duration_ms:  # Spotify would skip to the next item
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
        raise InvalidVolume(current_unknown=True)
    return min(100, max(0, current + (-number if sign == "-" else number)))
