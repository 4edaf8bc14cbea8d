"""Places in a track and volumes, as people type them."""

from __future__ import annotations

import re

from bot.errors import BadLevel, BadPosition

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)")
_SECONDS = re.compile(r"([+-]?)(\d{1,6})(?:\s*s)?")
_SHARE = re.compile(r"(\d{1,3})\s*%")
_LEVEL = re.compile(r"([+-]?)(\d{1,3})(?:\s*%)?")

MUTE = "mute"


def written(text: str) -> str:
    """A place as `position` reads it, without blanks. Raises BadPosition for anything else."""
    place = text.strip()
    if not place.isascii() or not any(form.fullmatch(place) for form in (_CLOCK, _SECONDS, _SHARE)):
        raise BadPosition
    return "".join(place.split())


def loudness(text: str) -> str:
    """A volume as `level` reads it, without blanks. Raises BadLevel for anything else."""
    wanted = text.strip().lower()
    if wanted == MUTE:
        return wanted
    found = _LEVEL.fullmatch(wanted) if wanted.isascii() else None
    if found is None or (not found[1] and int(found[2]) > 100):
        raise BadLevel
    return "".join(wanted.split())


def position(text: str, at_ms: int, of_ms: int) -> int:
    """Milliseconds from the start: `1:23`, `83`, `+30`, `-15` or `50%` of a track of `of_ms`.

    Backwards it stops at the start. Raises BadPosition, behind the end too.
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        place = ((hours * 60 + minutes) * 60 + seconds) * 1000
    elif found := _SECONDS.fullmatch(text):
        sign, seconds = found[1], int(found[2])
        place = {"": 0}.get(sign, at_ms) + (-seconds if sign == "-" else seconds) * 1000
    elif (found := _SHARE.fullmatch(text)) and int(found[1]) <= 100:
        place = of_ms * int(found[1]) // 100
    else:
        raise BadPosition
    if place >= of_ms:  # the very end is where the next one begins
        raise BadPosition(behind=of_ms)
    return max(0, place)


def level(text: str, now: int | None) -> int:
    """A volume from 0 to 100: `40`, `+10`, `-10` or `mute`, where it is `now`. Raises BadLevel.

    What goes beyond either end stops there.
    """
    text = text.strip().lower()
    if text == MUTE:
        return 0
    if (found := _LEVEL.fullmatch(text)) is None:
        raise BadLevel
    sign, number = found[1], int(found[2])
    if not sign:
        if number > 100:
            raise BadLevel
        return number
    if now is None:
        raise BadLevel(unknown=True)
    return min(100, max(0, now + (-number if sign == "-" else number)))
