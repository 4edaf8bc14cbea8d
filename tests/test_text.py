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


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=50))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert safe(text).strip("\u2068\u2069") == text


def test_ordinary_names_are_not_touched() -> None:
    assert safe("Dr. Who – It's 5 o'clock, again?") == "Dr. Who – It's 5 o'clock, again?"
    assert safe(None) == safe("") == ""


def test_long_names_end_in_an_ellipsis() -> None:
    assert plain("word " * 100, 20) == "word word word word…"
