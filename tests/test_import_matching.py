"""Which of Spotify's songs an entry of a file means: certain, likely, or none."""

from __future__ import annotations

import unicodedata

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.library.matching import WantedSong, rank, searches
from bot.spotify.catalogue import MAX_QUERY
from bot.spotify.models import Album, Artist, ExternalIds, Track

_LENGTH = 200_000


def _track(title: str, *artists: str, isrc: str = "") -> Track:
    return Track(
        id="0" * 22,
        name=title,
        artists=[Artist(name=name) for name in artists],
        album=Album(name="Lantern Weather"),
        duration_ms=_LENGTH,
        external_ids=ExternalIds(isrc=isrc) if isrc else None,
        raw_uri=f"spotify:track:{'0' * 22}",
    )


# A file's title, artists, length and ISRC; Spotify's song; whether it is the one (None: another).
_CASES: list[tuple[WantedSong, Track, bool | None]] = [
    (WantedSong(title="Quay", artists="Ada"), _track("Quay", "Ada"), True),
    (WantedSong(title="QUAY (feat. Bo)", artists="ada"), _track("Quay", "Ada", "Bo"), True),
    (WantedSong(title="Quay", artists="Ada & Bo"), _track("Quay (with Bo)", "Ada", "Bo"), True),
    (WantedSong(title="Anos", artists="Ines"), _track("Años", "Inés"), True),
    (WantedSong(title="Ada - Quay"), _track("Quay", "Ada"), True),
    (WantedSong(title="Quay", artists="Ada"), _track("Quay - Remastered 2011", "Ada"), True),
    (WantedSong(title="東京", artists="椎名"), _track("東京", "椎名"), True),
    (WantedSong(title="Quay", artists="Ada"), _track("Quay (Live)", "Ada"), False),
    (WantedSong(title="Quay (Acoustic)", artists="Ada"), _track("Quay", "Ada"), False),
    (WantedSong(title="Quay", artists="Ada", duration_ms=140_000), _track("Quay", "Ada"), False),
    (WantedSong(title="Quay"), _track("Quay", "Ada"), False),
    (WantedSong(title="Quay", artists="Ada"), _track("Quay", "Karaoke Kings"), None),
    (WantedSong(title="東京", artists="椎名"), _track("大阪", "椎名"), None),
    (WantedSong(title="!!!", artists="Ada"), _track("???", "Ada"), None),
    (
        WantedSong(title="Kai", artists="A.", isrc="GB-AYE-69-00001"),
        _track("Quay", "Ada", isrc="GBAYE6900001"),
        True,
    ),
]


def test_likely_songs_are_asked_about_and_others_are_left_out() -> None:
    for wanted, track, expected in _CASES:
        found = rank(wanted, [track])
        assert [candidate.sure for candidate in found] == (
            [] if expected is None else [expected]
        ), (wanted.title, wanted.artists, track.name)


def test_the_best_candidate_comes_first() -> None:
    live, album, other = _track("Quay (Live)", "Ada"), _track("Quay", "Ada"), _track("Kelp", "Ada")
    found = rank(WantedSong(title="Quay", artists="Ada"), [live, other, album])
    assert [candidate.title for candidate in found] == ["Quay", "Quay (Live)"]


def test_of_several_releases_the_one_of_the_album_comes_first_and_one_that_plays() -> None:
    def release(album: str, playable: bool) -> Track:
        track = _track("Quay", "Ada", isrc="GBAYE6900001")
        return msgspec.structs.replace(track, album=Album(name=album), is_playable=playable)

    best, other, gone = release("Kelp", True), release("Hits", True), release("Kelp", False)
    wanted = WantedSong(title="Quay", artists="Ada", album="kelp", isrc="GBAYE6900001")
    found = rank(wanted, [gone, other, best], by_isrc=True)
    assert [candidate.album for candidate in found] == ["Kelp", "Hits", "Kelp"]
    assert all(candidate.sure for candidate in found)


_TITLES = st.text(min_size=1, max_size=300)


@given(_TITLES, _TITLES, _TITLES)
def test_a_search_has_words_and_no_filter(title: str, artists: str, isrc: str) -> None:
    for query in searches(WantedSong(title=title, artists=artists, isrc=isrc)):
        assert 0 < len(query.strip()) <= MAX_QUERY
        assert ":" not in query or query.startswith("isrc:")
        assert not any(unicodedata.category(char) == "Cc" for char in query)


_LATIN = st.characters(max_codepoint=0x24F, categories=["Ll", "Lu", "Nd"])


@given(st.text(_LATIN, min_size=3, max_size=40))
def test_a_title_is_found_in_any_case_and_without_accents(title: str) -> None:
    assume(title.casefold() not in ("live", "remix", "acoustic", "demo", "mix", "edit", "cover"))
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", title) if not unicodedata.combining(char)
    )
    for written in (title, title.upper(), title.swapcase(), plain):
        (found,) = rank(WantedSong(title=written, artists="Ada"), [_track(title, "ADA")])
        assert found.sure, written
