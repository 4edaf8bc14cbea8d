"""No text before or after a link changes its target."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors.content import UnreadableLink
from bot.spotify.links import contains_link, find_links
from bot.spotify.uris import Kind, Uri

ID = "4uLU6hMCjMI75M1A2tKUQC"
TARGETS = {
    f"https://open.spotify.com/track/{ID}": Uri(Kind.TRACK, ID),
    f"http://open.spotify.com:80/intl-pt-BR/album/{ID}": Uri(Kind.ALBUM, ID),
    f"HTTPS://OPEN.SPOTIFY.COM/user/some%20body/playlist/{ID}": Uri(Kind.PLAYLIST, ID),
    f"https://play.spotify.com/embed/artist/{ID}": Uri(Kind.ARTIST, ID),
    f"spotify:show:{ID}": Uri(Kind.SHOW, ID),
    f"spotify:user:some:playlist:{ID}": Uri(Kind.PLAYLIST, ID),
    f"spotify://episode/{ID}": Uri(Kind.EPISODE, ID),
    f"https%3A%2F%2Fopen.spotify.com%2Ftrack%2F{ID}": Uri(Kind.TRACK, ID),
    f"open.spotify.com/audiobook/{ID}": Uri(Kind.AUDIOBOOK, ID),
}
LINKS = st.sampled_from(sorted(TARGETS))
# Any characters, also unassigned ones and lone surrogates, with many of those around links.
MARKUP = (
    "*_|`~<>()[]{}\\/\"'.,;:!?-&#%=@+\u200b\u200e\u00ad\ufeff\u2066。、」』“”»\U0001f3b5\ufe0f "
)
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from(MARKUP)))
# What may follow an ID: nothing that could be a digit of it, also if it is percent-encoded.
AFTER = ANY_TEXT.filter(lambda text: not re.match("[0-9A-Za-z%]", text))
SUB_PAGES = st.text(st.sampled_from("abcXYZ019/-_.~%"), max_size=40).map(lambda page: f"/{page}")
PARAMETERS = st.tuples(
    st.sampled_from(["?", "&", "#", "/?", "?si="]),
    st.text(st.sampled_from("abcXYZ019&=-_.~%"), max_size=40),
).map("".join)


def _has_link(text: str) -> bool:
    return (
        re.search(r"(?i)h(tt|xx)ps?[:;/]|www\.|\.[a-z]+/|[a-z0-9]{22}|spotify|spoti\.fi", text)
        is not None
    )


@given(ANY_TEXT, LINKS, AFTER)
def test_any_text_around_link_leaves_its_item(before: str, link: str, after: str) -> None:
    assume(not _has_link(before) and not _has_link(after))
    # A bare host could be the end of another one.
    separator = " " if link.startswith("open.") else ""
    separator = "\n" if link.startswith("https%") else separator
    assert find_links(f"{before}{separator}{link}{after}") == [TARGETS[link]]


@given(
    LINKS, SUB_PAGES | PARAMETERS, st.sampled_from(["", ")", "**", ">", "\u200b", "\u3002", " x"])
)
def test_any_sub_page_or_parameter_leaves_the_item(link: str, rest: str, after: str) -> None:
    if "%3A" in link:
        rest = quote(rest, safe="")
    assert find_links(link + rest + after) == [TARGETS[link]]


@given(st.sampled_from([link for link in sorted(TARGETS) if "%3A" not in link]), st.data())
def test_invisible_characters_in_link_change_nothing(link: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, len(link)), max_size=4))
    invisible = data.draw(st.sampled_from("\u200b\u200e\u00ad\ufeff\u2060\u200d\ufe0f"))
    text = "".join((invisible if n in places else "") + char for n, char in enumerate(link))
    assert find_links(text) == [TARGETS[link]]


@given(
    st.lists(LINKS, min_size=1, max_size=5),
    st.sampled_from([" ", "\n", ", ", "|", ") (", "、", "。"]),
)
def test_links_round_trip_in_order(links: list[str], between: str) -> None:
    assert find_links(between.join(links)) == list(dict.fromkeys(TARGETS[link] for link in links))
    uris = [TARGETS[link] for link in links]
    assert find_links(between.join(str(uri) for uri in uris)) == list(dict.fromkeys(uris))
    assert find_links(between.join(uri.link for uri in uris)) == list(dict.fromkeys(uris))


@given(ANY_TEXT)
def test_text_without_link_has_none(text: str) -> None:
    assume(not _has_link(text))
    assert find_links(text) == []
    assert not contains_link(text)


@given(
    ANY_TEXT, st.sampled_from(["https://", "spotify:track:", "open.spotify.com/", "spotify.link/"])
)
def test_no_text_raises_anything_but_an_unreadable_link(text: str, start: str) -> None:
    with suppress(UnreadableLink):
        find_links(f"{text}{start}{text}")


def test_long_texts_are_read_in_linear_time() -> None:
    parts = ("https://", "open.spotify.com/", "spotify:track:", "spotify:search:!", "\u200b", "h")
    started = time.process_time()
    for part in (
        *parts,
        "https://open.spotify.com/intl-a/",
        "spotify:user:a:",
        "https%3A",
        "_" * 9,
    ):
        with suppress(UnreadableLink):
            find_links(part * 1_500)
        with suppress(UnreadableLink):
            find_links("https://open.spotify.com/" + part * 1_500)
    assert time.process_time() - started < 6
