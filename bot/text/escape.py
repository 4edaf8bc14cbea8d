"""Makes text from outside harmless: no ping, link, invite or markup comes out of a track's name."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 100

# What Discord's markdown and mentions are made of. A backslash takes the meaning from each, and is
# not shown. The second is a list only where a line begins.
_MARKUP = re.compile(r"([\\*_~`|>#\[\]()<])")
_LIST_MARKER = re.compile(r"^(\d*)([-+.])")
# Addresses and invites are found in spite of backslashes, so their pattern has to be broken.
_URL_OR_INVITE = re.compile(r"(?i)(\w)(://|\.(?=(?:gg|com|link|me|io|dev|app|net|org)\b))")
# Drawn as nothing where no other character comes before: joiners, fillers, variation selectors
# (Unicode's Default_Ignorable_Code_Point, as far as `plain` lets it pass), and two blank symbols.
_LEADING_INVISIBLE = re.compile(
    r"^[\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2065\u2800\u3164\ufe00-\ufe0f"
    r"\uffa0\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]+"
)
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ZERO_WIDTH_SPACE = "\u200b"


def single_line(text: str | None, limit: int = MAX_NAME) -> str:
    """`text` on one line, at most `limit` characters, for places without markdown (labels).

    Empty where nothing could be seen of it.
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in text or ""
        if character.isspace() or not _is_control(character)
    )
    kept = " ".join(_LEADING_INVISIBLE.sub("", kept).split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def safe(text: str | None, limit: int = MAX_NAME) -> str:
    """`text` on one line, at most `limit` characters before escaping, for places with markdown."""
    return escape(single_line(text, limit))


def escape(text: str) -> str:
    """`text` with markdown, mentions, links and invites broken, and right-to-left kept apart."""
    escaped = _URL_OR_INVITE.sub(rf"\1{_ZERO_WIDTH_SPACE}\2", text).replace(
        "@", f"@{_ZERO_WIDTH_SPACE}"
    )
    escaped = _LIST_MARKER.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", escaped))
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return escaped


def _is_control(character: str) -> bool:
    """Controls, bidi overrides and the like; the joiner of emoji families stays.

    So does the one that Persian words are spelled with, which joins nothing.
    """
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and (
        character not in "\u200c\u200d"
    )
