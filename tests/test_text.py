"""Nothing that came from outside pings, links or breaks out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.ui.text import plain, safe

HOSTILE = st.lists(
    st.sampled_from(
        ["@everyone", "@here", "<@1>", "<#2>", "<:a:3>", "</x:4>", "**", "__", "||", "`", "```",
         "[a](http://b.test)", "https://x.test", "discord.gg/abc", "discord.com/invite/a", "\n",
         "\r\n# ", "> ", "- ", "1. ", "-# ", "\u202e", "\u200f", "שלום", "سلام", "\\", "~~", "🏳️‍🌈"]
    )
    | st.text(max_size=8),
    max_size=12,
).map("".join)  # fmt: skip


@given(HOSTILE)
def test_no_markup_mention_or_address_survives(text: str) -> None:
    shown = safe(text)
    assert "\n" not in shown
    assert not re.search(r"@(everyone|here|\d|!|&)", shown)
    assert not re.search(r"\w://", shown)
    assert not re.search(r"discord\.(gg|com)", shown)
    unescaped = re.sub(r"\\.", "", shown)
    assert not re.search(r"[\\*_~`|>#\[\]()<]", unescaped)
    assert not re.match(r"\u2068?(\d+\.|[-+] )", shown)


@given(HOSTILE, st.integers(min_value=1, max_value=120))
def test_a_label_is_one_line_within_its_limit(text: str, limit: int) -> None:
    label = plain(text, limit)
    assert len(label) <= limit
    assert label == " ".join(label.split())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", label)


# What is drawn as nothing: of every kind that can be in a name.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c\u200d\u200e\u2028"
    "\u202e\u2060\u2064\u2065\u206f\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff8"
    "\U0001d159\U0001d173\U000e0001\U000e007f\U000e0100\U000e01ef \t\n\0"
)
EMOJI = ("👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🏴‍☠️", "❤️‍🔥", "❤️", "1️⃣", "🇨🇭", "☕︎", "👋🏿")


@given(st.text(alphabet=UNSEEN))
def test_a_name_of_which_nothing_can_be_seen_is_none(text: str) -> None:
    assert plain(text) == safe(text) == ""


@given(st.text(alphabet=f"{UNSEEN}a👩", max_size=150), st.integers(min_value=2, max_value=120))
def test_a_name_of_which_something_can_be_seen_shows_it(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert shown[:1] == next((character for character in text if character in "a👩"), "")


@given(
    st.lists(st.sampled_from(EMOJI), min_size=1, max_size=6), st.sampled_from(("", " ", " and "))
)
def test_emoji_stay_whole(emoji: list[str], between: str) -> None:
    assert plain(between.join(emoji)) == between.join(emoji)


@given(HOSTILE | st.text(alphabet=f"{UNSEEN}a👩", max_size=150), st.integers(1, 120))
def test_what_is_plain_stays_so(text: str, limit: int) -> None:
    assert plain(plain(text, limit), limit) == plain(text, limit)


WORDS = st.characters(categories=["L", "N"], exclude_characters=UNSEEN)


@given(st.text(alphabet=WORDS, max_size=50))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert safe(text).strip("\u2068\u2069") == text


def test_ordinary_names_are_not_touched() -> None:
    assert safe("Dr. Who – It's 5 o'clock, again?") == "Dr. Who – It's 5 o'clock, again?"
    assert safe(None) == safe("") == ""


def test_long_names_end_in_an_ellipsis() -> None:
    assert plain("word " * 100, 20) == "word word word word…"


def test_persian_keeps_its_spelling() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("\u200c\u200c") == ""
