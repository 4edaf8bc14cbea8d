"""Cuts text to a length without breaking a character, an escape, a link or a mention."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"

# Units of Discord's markdown: an escape, a bold mark, a link, a time or a mention.
_MARKDOWN_UNIT = re.compile(
    r"\\.|\*\*|\[(?:\\.|[^\[\]\\\n])*\]\([^()\s]*\)|<[^<>\s][^<>\n]*>|https?://[^\s<>]+", re.DOTALL
)
_BOLD = "**"
_JOINER = "\u200d"
# Code points that belong to the emoji before them: skin tones, the tags of a flag.
_EMOJI_PARTS = (range(0x1F3FB, 0x1F400), range(0xE0020, 0xE0080))
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)


def clip(text: str, limit: int) -> str:
    """`text` if it has at most `limit` code points, else as much of it as fits, and an ellipsis.

    Discord counts code points (its staff in discord-api-docs #1315). A character of several code
    points is not broken, unless it is the first one and too long by itself.
    """
    if len(text) <= limit:
        return text
    cut = _cut(_characters(text), limit)
    return cut if cut != ELLIPSIS else text[: limit - 1].rstrip(f" {_JOINER}") + ELLIPSIS


def clip_markdown(text: str, limit: int) -> str:
    """As `clip`, without breaking an escape, a link, a mention or a time, nor leaving bold open."""
    if len(text) <= limit:
        return text
    cut = _cut(_markdown_units(text), limit)
    if sum(unit == _BOLD for unit in _markdown_units(cut)) % 2:
        cut = cut[: cut.rindex(_BOLD)].rstrip() + ELLIPSIS
    return cut


def _cut(units: Iterator[str], limit: int) -> str:
    kept, length = [], len(ELLIPSIS)
    for unit in units:
        length += len(unit)
        if length > limit:
            break
        kept.append(unit)
    return "".join(kept).rstrip() + ELLIPSIS


def _markdown_units(text: str) -> Iterator[str]:
    end = 0
    for match in _MARKDOWN_UNIT.finditer(text):
        yield from _characters(text[end : match.start()])
        yield match[0]
        end = match.end()
    yield from _characters(text[end:])


def _characters(text: str) -> Iterator[str]:
    """The characters that a reader sees, each with the code points that it consists of."""
    start = 0
    for index in range(1, len(text)):
        if not _continues(text, index, start):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _continues(text: str, index: int, start: int) -> bool:
    """Whether the code point at `index` belongs to the character that begins at `start`."""
    point = text[index]
    if point == _JOINER:
        return True
    if text[index - 1] == _JOINER and unicodedata.category(point) == "So":  # an emoji
        return True
    if unicodedata.category(point).startswith("M"):  # accents and variation selectors
        return True
    if any(ord(point) in part for part in _EMOJI_PARTS):
        return True
    is_flag = index - start == 1 and ord(text[start]) in _REGIONAL_INDICATORS
    return is_flag and ord(point) in _REGIONAL_INDICATORS
