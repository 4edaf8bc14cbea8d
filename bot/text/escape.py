"""Escapes text from outside: a track's name must not contain a ping, link, invite or markup."""

from __future__ import annotations

import re
import unicodedata

from bot.text.clip import clip

MAX_NAME = 100

# The characters of Discord's markdown and mentions. Discord hides the backslash before them. A list
# marker has a meaning only at the start of a line.
_MARKUP = re.compile(r"([\\*_~`|>#\[\]()<])")
# The start of a command's name, which `bot.interactions.mentions` would make a mention.
_COMMAND = re.compile(r"(?<![\w/])/(?=\w)")
_LIST_MARKER = re.compile(r"^(\d*)([-+.])")
# Discord finds URLs and invites in spite of backslashes, so a zero-width space breaks them.
_URL_OR_INVITE = re.compile(r"(?i)(\w)(://|\.(?=(?:gg|com|link|me|io|dev|app|net|org)\b))")
# Characters that are invisible at the start of a text: joiners, fillers, variation selectors
# (Unicode's Default_Ignorable_Code_Point, without those that `_is_control` removes), two blanks.
_LEADING_INVISIBLE = re.compile(
    r"^[\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2065\u2800\u3164\ufe00-\ufe0f"
    r"\uffa0\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]+"
)
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ZERO_WIDTH_SPACE = "\u200b"


def single_line(text: str | None, limit: int = MAX_NAME) -> str:
    """`text` on one line, at most `limit` characters, for places without markdown (labels).

    Empty if no character of it would be visible.
    """
    text = text or ""
    if not (text.isascii() and text.isprintable()):  # most names have nothing to remove
        visible = (
            " " if character.isspace() else character
            for character in text
            if character.isspace() or not _is_control(character)
        )
        text = _LEADING_INVISIBLE.sub("", "".join(visible))
    return clip(" ".join(text.split()), limit)


def safe(text: str | None, limit: int = MAX_NAME) -> str:
    """`text` on one line, at most `limit` characters before escaping, for places with markdown."""
    return escape(single_line(text, limit))


def bold(name: str | None) -> str:
    """The name in bold markdown, escaped; `Untitled` if no character of it would be visible."""
    return f"**{safe(name) or 'Untitled'}**"


def escape(text: str) -> str:
    """`text` without working markdown, mentions, links or invites; right-to-left is isolated."""
    escaped = _URL_OR_INVITE.sub(rf"\1{_ZERO_WIDTH_SPACE}\2", text).replace(
        "@", f"@{_ZERO_WIDTH_SPACE}"
    )
    escaped = _COMMAND.sub(r"\\/", _MARKUP.sub(r"\\\1", escaped))
    escaped = _LIST_MARKER.sub(r"\1\\\2", escaped)
    if not text.isascii() and any(
        unicodedata.bidirectional(character) in ("R", "AL") for character in text
    ):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return escaped


def _is_control(character: str) -> bool:
    """Whether to remove a control, bidi override or the like.

    Two are needed: the joiner of emoji families, and the non-joiner of Persian spelling.
    """
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and (
        character not in "\u200c\u200d"
    )
