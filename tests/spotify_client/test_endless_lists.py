"""Lists whose `next` never ends, and wrong pages in every list: each reading ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.spotify import Spotify
from bot.spotify.cursor_paging import FollowedArtists
from bot.spotify.paging import PAGE_SIZE
from sandbox.spotify import (
    Account,
    EndlessNext,
    FewerEntries,
    Filler,
    IgnoredOffset,
    NoNext,
    PlaylistItem,
    WrongTotals,
    generated_uri,
)
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.catalogue import Artist, make_id
from sandbox.spotify.rules import Changed
from tests.spotify_client.client_calls import to_uri
from tests.spotify_client.liked_songs import LIKED_SONGS_CALL, read_uris, set_liked_songs

# Pages of a list that the count does not bound: see `paging`.
MAX_PAGES = 250
SPARE_CALLS = 12

LISTS: Mapping[str, str] = {
    "liked songs": "GET /v1/me/tracks$",
    "own playlists": "GET /v1/me/playlists$",
    "playlist": "GET /v1/playlists/.*/items$",
    "album": "GET /v1/albums/.*/tracks$",
}
FOLLOWED_ARTISTS_CALL = "GET /v1/me/following$"
LENGTHS = (0, 1, PAGE_SIZE, 99, 120, 148)


def _make_list(fake: FakeSpotify, spotify: Spotify, name: str, length: int) -> Any:
    """A list of this length, and its client."""
    ada = fake.accounts["ada"]
    match name:
        case "liked songs":
            set_liked_songs(ada, length)
            return spotify.library.tracks()
        case "own playlists":
            ada.playlists.clear()
            for number in range(length):
                fake.state.add_playlist(f"Playlist {number}", "ada")
            return spotify.playlists.mine()
        case "playlist":
            playlist = fake.state.add_playlist("Long", "ada")
            playlist.items[:] = [PlaylistItem(generated_uri(n), 1_000.0) for n in range(length)]
            return spotify.playlists.items(to_uri(playlist.uri))
    album = next(iter(fake.catalogue.albums.values()))
    ids = [generated_uri(number).rpartition(":")[2] for number in range(length)]
    tracks = [track for id_ in ids if (track := fake.catalogue.find_track(id_))]
    album = replace(album, id=make_id("album", str(length)), tracks=tracks)
    catalogue = fake.state.catalogue
    fake.state.catalogue = replace(catalogue, albums={**catalogue.albums, album.id: album})
    return spotify.catalogue.album_tracks(to_uri(album.uri))


@pytest.mark.parametrize("filler", Filler)
@pytest.mark.parametrize("name", LISTS)
async def test_list_without_an_end(
    fake: FakeSpotify, spotify: Spotify, name: str, filler: Filler
) -> None:
    """With a true count, the list is complete, and the number of invented entries is bounded."""
    for length in LENGTHS if filler != Filler.NEW_ENTRIES else (120,):
        fake.rules.clear()
        before = len(fake.calls)
        listed = _make_list(fake, spotify, name, length)
        fake.on(LISTS[name], EndlessNext(filler), times=None)
        entries = [entry async for entry in listed]
        calls = len(fake.calls) - before
        if filler == Filler.NEW_ENTRIES:
            assert not listed.complete
            assert calls <= MAX_PAGES
            continue
        identities = [entry.identity for entry in entries if entry]
        assert len(identities) == len(set(identities)) == length
        assert listed.complete or filler == Filler.NULLS
        assert calls <= length // (PAGE_SIZE - 1) + SPARE_CALLS


@pytest.mark.parametrize("name", LISTS)
async def test_list_without_an_end_or_a_count(
    fake: FakeSpotify, spotify: Spotify, name: str
) -> None:
    for filler in (Filler.NOTHING, Filler.LAST_PAGE, Filler.FIRST_PAGE):
        fake.rules.clear()
        before = len(fake.calls)
        listed = _make_list(fake, spotify, name, 120)
        fake.on(LISTS[name], EndlessNext(filler), times=None)
        fake.on(LISTS[name], WrongTotals([None]), times=None)
        entries = [entry async for entry in listed]
        assert len({entry.identity for entry in entries if entry}) == len(entries) == 120
        assert not listed.complete, "nothing says that this was the end"
        assert len(fake.calls) - before <= 120 // (PAGE_SIZE - 1) + SPARE_CALLS


@pytest.mark.parametrize("name", LISTS)
async def test_every_page_is_the_first_one(fake: FakeSpotify, spotify: Spotify, name: str) -> None:
    listed = _make_list(fake, spotify, name, 120)
    fake.on(LISTS[name], IgnoredOffset(), times=None)
    entries = [entry async for entry in listed]
    assert len(entries) == PAGE_SIZE
    assert listed.missing == 120 - PAGE_SIZE
    assert not listed.complete
    assert len(fake.calls) <= SPARE_CALLS


@pytest.mark.parametrize("name", LISTS)
async def test_one_wrong_page_of_each_list(fake: FakeSpotify, spotify: Spotify, name: str) -> None:
    for fault in (
        NoNext(),
        FewerEntries(slice(0)),
        FewerEntries(slice(1)),
        FewerEntries(slice(30)),
    ):
        for page in range(4):
            fake.rules.clear()
            before = len(fake.calls)
            listed = _make_list(fake, spotify, name, 148)
            fake.on(LISTS[name], fault, after=page)
            fake.on(
                LISTS[name], WrongTotals([lambda total: total, lambda total: total + 1]), times=None
            )
            entries = [entry async for entry in listed]
            assert len({entry.identity for entry in entries if entry}) == len(entries) == 148
            assert len(fake.calls) - before <= 4 + SPARE_CALLS


async def test_liked_songs_in_short_pages(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    """Every page has fewer entries than requested."""
    expected = set_liked_songs(ada, 300)
    fake.on(LIKED_SONGS_CALL, FewerEntries(slice(20)), times=None)
    assert await read_uris(spotify.library.tracks()) == expected
    assert len(fake.calls) <= 300 // 19 + SPARE_CALLS


async def test_list_longer_than_its_count(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    expected = set_liked_songs(ada, 650)
    for total in (0, 1, 50, 60, None):
        fake.rules.clear()
        fake.on(LIKED_SONGS_CALL, WrongTotals([total]), times=None)
        listed = spotify.library.tracks()
        assert await read_uris(listed) == expected
        assert listed.complete


async def test_next_on_another_origin_is_not_followed(
    fake: FakeSpotify, spotify: Spotify, ada: Account
) -> None:
    expected = set_liked_songs(ada, 120)
    fake.state.origin = "https://evil.test"
    assert await read_uris(spotify.library.tracks()) == expected


# ---- followed artists, who come by cursor


def _follow(fake: FakeSpotify, count: int) -> list[str]:
    artists = [
        Artist(make_id("artist", str(number)), f"Artist {number}") for number in range(count)
    ]
    catalogue = fake.state.catalogue
    known = {artist.id: artist for artist in artists}
    fake.state.catalogue = replace(catalogue, artists={**catalogue.artists, **known})
    fake.accounts["ada"].artists[:] = [(artist.uri, 1_000.0) for artist in artists]
    return [artist.uri for artist in artists]


async def _read_artists(fake: FakeSpotify, spotify: Spotify) -> tuple[FollowedArtists, list[str]]:
    listed = spotify.library.artists()
    return listed, [str(artist.uri) async for artist in listed if artist]


async def test_counts_of_followed_artists_that_flicker(fake: FakeSpotify, spotify: Spotify) -> None:
    for count in (0, 1, 49, 50, 51, 100, 149):
        for totals in ([lambda it: it - 1, lambda it: it + 1], [0], [None, 10**9], [3, "x", 500]):
            fake.rules.clear()
            before = len(fake.calls)
            expected = _follow(fake, count)
            fake.on(FOLLOWED_ARTISTS_CALL, WrongTotals(totals), times=None)
            listed, read = await _read_artists(fake, spotify)
            assert read == expected
            assert not listed.moved
            assert len(fake.calls) - before <= count // PAGE_SIZE + 5


async def test_cursors_without_an_end(fake: FakeSpotify, spotify: Spotify) -> None:
    """Cursors in a cycle, constant cursors, and cursors of pages without artists."""
    expected = _follow(fake, 120)
    first_page = [uri.rpartition(":")[2] for uri in expected[:PAGE_SIZE]]
    for cursor in (first_page[-1], first_page[0]):
        for total in (120, None):
            fake.rules.clear()
            before = len(fake.calls)

            def change(answer: Any, cursor: str = cursor, total: int | None = total) -> Any:
                page = answer["artists"]
                page["cursors"]["after"] = page["cursors"]["after"] or cursor
                page["total"] = total
                return answer

            fake.on(FOLLOWED_ARTISTS_CALL, Changed(change), times=None)
            listed, read = await _read_artists(fake, spotify)
            assert read == expected
            assert listed.complete == (total == 120)
            assert len(fake.calls) - before <= 3 + 8


async def test_artists_that_never_end(fake: FakeSpotify, spotify: Spotify) -> None:
    _follow(fake, 120)
    pages = iter(range(10_000))

    def change(answer: Any) -> Any:
        page, number = answer["artists"], next(pages)
        page["items"] = [
            {"type": "artist", "id": f"{number:011}{n:011}", "name": "Another"} for n in range(50)
        ]
        page["cursors"]["after"] = page["items"][-1]["id"]
        return answer

    fake.on(FOLLOWED_ARTISTS_CALL, Changed(change), times=None)
    artists = {uri: uri for uri in (f"{n:011}{49:011}" for n in range(10_000))}
    fake.accounts["ada"].artists[:] = [(f"spotify:artist:{uri}", 1_000.0) for uri in artists]
    listed, _ = await _read_artists(fake, spotify)
    assert not listed.complete
    assert len(fake.calls) <= MAX_PAGES


async def test_cursor_that_ends_too_early(fake: FakeSpotify, spotify: Spotify) -> None:
    expected = _follow(fake, 149)

    def change(answer: Any) -> Any:
        answer["artists"]["cursors"] = None
        return answer

    for times in (1, None):
        fake.rules.clear()
        fake.on(FOLLOWED_ARTISTS_CALL, Changed(change), times=times)
        _, read = await _read_artists(fake, spotify)
        assert read == expected
