"""What there is to play: searched for, looked up, and opened."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Mapping
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from bot.errors import Rejected, Unknown
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Audiobook, Episode, Named, Playlist, Show, Track
from bot.spotify.uris import KINDS, Kind, Uri
from sandbox.faults import Fault
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.catalogue import Album as Release
from sandbox.spotify.catalogue import invent_id

from .calls import NOTHING, one_of, playlist, uri_of, whole
from .clients import Clients


def shelve(pretend: Pretend, name: str, **changed: Any) -> Release:
    """Another record in the catalogue, of this world alone."""
    catalogue, id_ = pretend.world.catalogue, invent_id(name)
    record = replace(next(iter(catalogue.albums.values())), id=id_, name=name, **changed)
    pretend.world.catalogue = replace(catalogue, albums={**catalogue.albums, id_: record})
    return record


# ---- search


@pytest.mark.parametrize("kind", KINDS)
async def test_a_search_finds_each_kind(pretend: Pretend, spotify: Spotify, kind: Kind) -> None:
    found = await spotify.catalogue.search("a", kind)
    items = getattr(found, f"{kind}s")
    assert items
    assert all(item.uri.kind == kind and item.name for item in items)
    assert all(not getattr(found, f"{other}s") for other in KINDS if other != kind)
    assert len(pretend.calls) == 1


async def test_it_finds_several_kinds_in_one_call(pretend: Pretend, spotify: Spotify) -> None:
    found = await spotify.catalogue.search("lantern", *KINDS)
    assert found.tracks
    assert found.albums
    assert len(found.tracks) <= 10
    assert len(pretend.calls) == 1


async def test_it_goes_on_where_the_last_page_ended(spotify: Spotify) -> None:
    both = (await spotify.catalogue.search("a", "track", limit=6)).tracks
    first = (await spotify.catalogue.search("a", "track", limit=3)).tracks
    second = (await spotify.catalogue.search("a", "track", limit=3, offset=3)).tracks
    assert first + second == both
    assert (await spotify.catalogue.search("a", "track", offset=1000)).tracks == []


async def test_filters_narrow_it(pretend: Pretend, spotify: Spotify) -> None:
    track = pretend.catalogue.stock[0]
    found = await spotify.catalogue.search(f"isrc:{track.isrc}", "track")
    assert [one.name for one in found.tracks] == [track.name]
    by = await spotify.catalogue.search(f'artist:"{track.artists[0].name}"', "track")
    assert all(
        track.artists[0].name in [artist.name for artist in one.artists or []] for one in by.tracks
    )


async def test_nothing_is_found_for_what_is_not_there(spotify: Spotify) -> None:
    found = await spotify.catalogue.search("xyzzyplugh", *KINDS)
    assert not any(getattr(found, f"{kind}s") for kind in KINDS)


async def test_nulls_are_left_out_of_a_search(pretend: Pretend, spotify: Spotify) -> None:
    before = (await spotify.catalogue.search("a", "track")).tracks
    pretend.nulls("/search", every=3)
    assert (await spotify.catalogue.search("a", "track")).tracks == [
        one for n, one in enumerate(before, 1) if n % 3
    ]


async def test_doubles_unknown_kinds_and_missing_pages_are_left_out_too(
    pretend: Pretend, spotify: Spotify
) -> None:
    before = (await spotify.catalogue.search("a", "track")).tracks
    body = json.loads(pretend.recording.exchanges[-1].response_body)
    items: list[dict[str, Any]] = body["tracks"]["items"]
    odd = [{**items[0], "type": "hologram"}, {**items[0], "id": None}, 7, "text", [], items[0]]
    body |= {"tracks": {**body["tracks"], "items": [*odd, *items]}, "albums": None, "shows": {}}
    del body["shows"]
    pretend.faults.add(Fault("/search", status=200, body=json.dumps(body)))
    found = await spotify.catalogue.search("a", "track", "album", "show")
    assert (found.tracks, found.albums, found.shows) == (before, [], [])


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("a", {"limit": 11}),
        ("a", {"limit": 0}),
        ("a", {"offset": 1001}),
        ("a" * 251, {}),
        (" ", {}),
    ],
)
async def test_spotify_has_limits_for_a_search(
    spotify: Spotify, query: str, asked: dict[str, int]
) -> None:
    with pytest.raises(Rejected):
        await spotify.catalogue.search(query, "track", **asked)


# ---- one item


@pytest.mark.parametrize("kind", KINDS)
async def test_an_item_of_each_kind(pretend: Pretend, spotify: Spotify, kind: Kind) -> None:
    uri = one_of(pretend, kind)
    item = await spotify.catalogue.item(uri)
    thing = pretend.playlists[uri.id] if kind == "playlist" else pretend.catalogue.find(str(uri))
    assert thing is not None
    assert (item.uri, item.name) == (uri, thing.name)
    assert [call.path for call in pretend.calls] == [f"{kind}s/{uri.id}"]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_id_of_nothing_is_unknown(spotify: Spotify, kind: Kind) -> None:
    with pytest.raises(Unknown):
        await spotify.catalogue.item(Uri(kind, NOTHING))


async def test_the_items_say_what_is_shown_of_them(pretend: Pretend, spotify: Spotify) -> None:
    track, album, show, episode, book = [
        await spotify.catalogue.item(one_of(pretend, kind))
        for kind in ("track", "album", "show", "episode", "audiobook")
    ]
    assert isinstance(track, Track)
    assert track.album is not None
    assert track.artists
    assert track.duration_ms
    assert track.external_ids is not None
    assert track.external_ids.isrc
    assert isinstance(album, Album)
    assert (bool(album.images), bool(album.release_date), bool(album.total_tracks)) == (True,) * 3
    assert isinstance(show, Show)
    assert (bool(show.publisher), show.total_episodes) == (True, 5)
    assert isinstance(episode, Episode)
    assert episode.show is not None
    assert episode.show.name == show.name
    assert isinstance(book, Audiobook)
    assert [author.name for author in book.authors or []] != []


@pytest.mark.parametrize("left", [[None], []], ids=["null", "absent"])
@pytest.mark.parametrize("shape", get_args(Item), ids=lambda shape: shape.kind)
async def test_all_but_its_id_may_be_null_or_absent(
    pretend: Pretend, spotify: Spotify, shape: type[Named], left: list[None]
) -> None:
    uri = one_of(pretend, shape.kind)
    fields = {one.encode_name: nothing for one in msgspec.structs.fields(shape) for nothing in left}
    body = fields | {"type": uri.kind, "id": uri.id}
    pretend.faults.add(Fault(uri.id, status=200, body=json.dumps(body)))
    item = await spotify.catalogue.item(uri)
    assert (item.uri, item.name) == (uri, None)


@pytest.mark.parametrize("old_names", [False, True])
async def test_a_playlist_tells_its_length_to_who_may_open_it(
    pretend: Pretend, spotify: Spotify, old_names: bool
) -> None:
    pretend.world.old_names = old_names
    for name, total in (("Harbour Evenings", 44), ("Potluck", 20), ("Grace's Mornings", None)):
        item = await spotify.catalogue.item(uri_of(playlist(pretend, name).uri))
        assert isinstance(item, Playlist)
        assert (item.name, item.total) == (name, total)


async def test_an_empty_playlist_has_no_images(pretend: Pretend, spotify: Spotify) -> None:
    empty = pretend.world.add_playlist("Empty", "ada")
    item = await spotify.catalogue.item(uri_of(empty.uri))
    assert isinstance(item, Playlist)
    assert (item.images, item.total) == (None, 0)


@pytest.mark.parametrize("name", ["Today's Brightest Lanterns", "Grace's Secrets"])
async def test_editorial_and_private_playlists_are_unknown(
    pretend: Pretend, spotify: Spotify, name: str
) -> None:
    pretend.world.add_playlist("Grace's Secrets", "grace", public=False)
    with pytest.raises(Unknown):
        await spotify.catalogue.item(uri_of(playlist(pretend, name).uri))


# ---- what an item holds


async def test_an_albums_tracks_in_order(pretend: Pretend, spotify: Spotify) -> None:
    long = shelve(pretend, "Long", tracks=list(pretend.catalogue.stock[:95]))
    tracks = spotify.catalogue.album_tracks(uri_of(long.uri))
    names = [track.name async for track in tracks if track]
    assert names == [track.name for track in long.tracks]
    assert (tracks.total, len(pretend.calls)) == (95, 2)


async def test_an_artists_albums_by_tens_newest_first(pretend: Pretend, spotify: Spotify) -> None:
    artist = pretend.catalogue.stock[0].artists[0]
    for year in range(1990, 2015):
        shelve(pretend, f"Of {year}", artists=(artist,), released=str(year))
    albums = [one async for one in spotify.catalogue.artist_albums(uri_of(artist.uri)) if one]
    dates = [one.release_date or "" for one in albums]
    assert len(dates) >= 25
    assert dates == sorted(dates, reverse=True)
    assert [call.query["offset"] for call in pretend.calls] == ["0", "10", "20"]


async def test_records_on_which_an_artist_is_a_guest_are_asked_for(
    pretend: Pretend, spotify: Spotify
) -> None:
    artist, other = (pretend.catalogue.stock[n].artists[0] for n in (0, -1))
    song = replace(pretend.catalogue.stock[0], artists=(artist, other))
    shelve(pretend, "Hers", artists=(other,), tracks=[song])
    uri = uri_of(artist.uri)
    own = [one.name async for one in spotify.catalogue.artist_albums(uri) if one]
    groups = "appears_on"
    guest = [one.name async for one in spotify.catalogue.artist_albums(uri, groups=groups) if one]
    assert "Hers" not in own
    assert "Hers" in guest
    assert not set(own) & set(guest)


async def test_a_shows_episodes_newest_first(pretend: Pretend, spotify: Spotify) -> None:
    show = next(iter(pretend.catalogue.shows.values()))
    names = [one.name async for one in spotify.catalogue.show_episodes(uri_of(show.uri)) if one]
    assert names == [episode.name for episode in reversed(show.episodes)]


async def test_an_audiobooks_chapters_in_order(pretend: Pretend, spotify: Spotify) -> None:
    book = next(iter(pretend.catalogue.audiobooks.values()))
    chapters = spotify.catalogue.audiobook_chapters(uri_of(book.uri))
    read = [(one.chapter_number, one.name) async for one in chapters if one]
    assert read == [(chapter.number, chapter.name) for chapter in book.chapters]


@pytest.mark.parametrize("kind", ["album", "artist", "show", "audiobook"])
async def test_what_an_unknown_one_holds_is_unknown(spotify: Spotify, kind: Kind) -> None:
    unknown = Uri(kind, NOTHING)
    inside: Mapping[Kind, AsyncIterable[object]] = {
        "album": spotify.catalogue.album_tracks(unknown),
        "artist": spotify.catalogue.artist_albums(unknown),
        "show": spotify.catalogue.show_episodes(unknown),
        "audiobook": spotify.catalogue.audiobook_chapters(unknown),
    }
    with pytest.raises(Unknown):
        await whole(inside[kind])


async def test_an_app_without_a_user_reads_it_all(pretend: Pretend, client: Clients) -> None:
    spotify = client(account=None, scopes=())
    assert (await spotify.catalogue.search("lantern", "track")).tracks
    own = await spotify.catalogue.item(one_of(pretend, "playlist"))
    assert isinstance(own, Playlist)
    assert own.total is None
