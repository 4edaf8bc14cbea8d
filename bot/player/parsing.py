"""Places in a track and volumes, as people type them."""

from __future__ import annotations

import re

from bot.errors.content import InvalidPosition, InvalidVolume

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)")
_SECONDS = re.compile(r"([+-]?)(\d{1,6})(?:\s*s)?")
_PERCENT = re.compile(r"(\d{1,3})\s*%")
_VOLUME = re.compile(r"([+-]?)(\d{1,3})(?:\s*%)?")

MUTE = "mute"


def normalise_position(text: str) -> str:
    """A place as `position` reads it, without blanks. Raises InvalidPosition for anything else."""
    place = text.strip()
    if not place.isascii() or not any(
        form.fullmatch(place) for form in (_CLOCK, _SECONDS, _PERCENT)
    ):
        raise InvalidPosition
    return "".join(place.split())


def normalise_volume(text: str) -> str:
    """A volume as `level` reads it, without blanks. Raises InvalidVolume for anything else."""
    wanted = text.strip().lower()
    if wanted == MUTE:
        return wanted
    found = _VOLUME.fullmatch(wanted) if wanted.isascii() else None
    if found is None or (not found[1] and int(found[2]) > 100):
        raise InvalidVolume
    return "".join(wanted.split())


def parse_position(text: str, at_ms: int, of_ms: int) -> int:
    """Milliseconds from the start: `1:23`, `83`, `+30`, `-15` or `50%` of a track of `of_ms`.

    Backwards it stops at the start. Raises InvalidPosition, behind the end too.
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        place = ((hours * 60 + minutes) * 60 + seconds) * 1000
    elif found := _SECONDS.fullmatch(text):
        sign, seconds = found[1], int(found[2])
        place = {"": 0}.get(sign, at_ms) + (-seconds if sign == "-" else seconds) * 1000
    elif (found := _PERCENT.fullmatch(text)) and int(found[1]) <= 100:
        place = of_ms * int(found[1]) // 100
    else:
        raise InvalidPosition
    if place >= of_ms:  # the very end is where the next one begins
        raise InvalidPosition(duration_ms=of_ms)
    return max(0, place)


def parse_volume(text: str, now: int | None) -> int:
    """A volume from 0 to 100 from `40`, `+10`, `-10` or `mute`. Raises InvalidVolume.

    What goes beyond either end stops there.
    """
    text = text.strip().lower()
    if text == MUTE:
        return 0
    if (found := _VOLUME.fullmatch(text)) is None:
        raise InvalidVolume
    sign, number = found[1], int(found[2])
    if not sign:
        if number > 100:
            raise InvalidVolume
        return number
    if now is None:
        raise InvalidVolume(current_unknown=True)
    return min(100, max(0, now + (-number if sign == "-" else number)))
