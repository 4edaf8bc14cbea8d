"""Texts from outside cannot ping, link, format or break out of their line."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.text.escape import safe, single_line

HOSTILE_TEXTS = st.lists(
    st.sampled_from(
        ["@everyone", "@here", "<@1>", "<#2>", "<:a:3>", "</x:4>", "**", "__", "||", "`", "```",
         "/play", "[a](http://b.test)", "https://x.test", "discord.gg/abc", "discord.com/invite/a",
         "\n", "\r\n# ", "> ", "-# ", "\u202e", "\u200f", "שלום", "سلام", "\\", "~~", "🏳️‍🌈",
         "- ", "1. "]
    )
    | st.text(max_size=8),
    max_size=12,
).map("".join)  # fmt: skip


@given(HOSTILE_TEXTS)
def test_no_markup_mention_or_address_survives(text: str) -> None:
    escaped = safe(text)
    assert "\n" not in escaped
    assert not re.search(r"@(everyone|here|\d|!|&)", escaped)
    assert not re.search(r"\w://", escaped)
    assert not re.search(r"discord\.(gg|com)", escaped)
    assert not re.search(r"(?<![\w/\\])/\w", escaped)
    unescaped = re.sub(r"\\.", "", escaped)
    assert not re.search(r"[\\*_~`|>#\[\]()<]", unescaped)
    assert not re.match(r"\u2068?(\d+\.|[-+] )", escaped)


@given(HOSTILE_TEXTS, st.integers(min_value=1, max_value=120))
def test_label_is_one_line_within_limit(text: str, limit: int) -> None:
    label = single_line(text, limit)
    assert len(label) <= limit
    assert label == " ".join(label.split())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", label)


# Characters that render as nothing, of every kind that a name can contain.
INVISIBLE_CHARACTERS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c\u200d\u200e\u2028"
    "\u202e\u2060\u2064\u2065\u206f\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff8"
    "\U0001d159\U0001d173\U000e0001\U000e007f\U000e0100\U000e01ef \t\n\0"
)
EMOJI = ("👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🏴‍☠️", "❤️‍🔥", "❤️", "1️⃣", "🇨🇭", "☕︎", "👋🏿")


@given(st.text(alphabet=INVISIBLE_CHARACTERS))
def test_invisible_name_is_none(text: str) -> None:
    assert single_line(text) == safe(text) == ""


@given(
    st.text(alphabet=f"{INVISIBLE_CHARACTERS}a👩", max_size=150),
    st.integers(min_value=2, max_value=120),
)
def test_partly_visible_name_is_shown(text: str, limit: int) -> None:
    label = single_line(text, limit)
    assert label[:1] == next((character for character in text if character in "a👩"), "")


@given(
    st.lists(st.sampled_from(EMOJI), min_size=1, max_size=6), st.sampled_from(("", " ", " and "))
)
def test_emoji_sequences_are_preserved(emoji: list[str], between: str) -> None:
    assert single_line(between.join(emoji)) == between.join(emoji)


@given(
    HOSTILE_TEXTS | st.text(alphabet=f"{INVISIBLE_CHARACTERS}a👩", max_size=150),
    st.integers(1, 120),
)
def test_single_line_is_idempotent(text: str, limit: int) -> None:
    assert single_line(single_line(text, limit), limit) == single_line(text, limit)


PLAIN_CHARACTERS = st.characters(categories=["L", "N"], exclude_characters=INVISIBLE_CHARACTERS)


@given(st.text(alphabet=PLAIN_CHARACTERS, max_size=50))
def test_plain_words_are_unchanged(text: str) -> None:
    assert safe(text).strip("\u2068\u2069") == text


def test_ordinary_names_are_unchanged() -> None:
    assert safe("Dr. Who – It's 5 o'clock, again?") == "Dr. Who – It's 5 o'clock, again?"
    assert safe(None) == safe("") == ""


def test_long_names_end_in_an_ellipsis() -> None:
    assert single_line("word " * 100, 20) == "word word word word…"


def test_persian_spelling_is_preserved() -> None:
    assert single_line("می\u200cخواهم") == "می\u200cخواهم"
    assert single_line("\u200c\u200c") == ""
