"""The catalogue: search, single items, and their contents."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Mapping
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from bot.errors.spotify import BadRequest, NotFound
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.catalogue_item import CatalogueItem
from bot.spotify.models import Album, Audiobook, Episode, Playlist, Show, Track
from bot.spotify.uris import Kind, Uri
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.catalogue import Album as Release
from sandbox.spotify.catalogue import make_id
from tests.spotify_client.client_calls import UNKNOWN_ID, any_uri, collect, playlist_named, to_uri
from tests.spotify_client.client_factory import ClientFactory


def add_album(fake: FakeSpotify, name: str, **changed: Any) -> Release:
    """Add another album to this test's catalogue."""
    catalogue, id_ = fake.state.catalogue, make_id(name)
    record = replace(next(iter(catalogue.albums.values())), id=id_, name=name, **changed)
    fake.state.catalogue = replace(catalogue, albums={**catalogue.albums, id_: record})
    return record


# ---- search


@pytest.mark.parametrize("kind", Kind)
async def test_search_finds_each_kind(fake: FakeSpotify, spotify: Spotify, kind: Kind) -> None:
    found = await spotify.catalogue.search("a", kind)
    items = getattr(found, f"{kind}s")
    assert items
    assert all(item.uri.kind == kind and item.name for item in items)
    assert all(not getattr(found, f"{other}s") for other in Kind if other != kind)
    assert len(fake.calls) == 1


async def test_search_finds_many_kinds_in_one_call(fake: FakeSpotify, spotify: Spotify) -> None:
    found = await spotify.catalogue.search("lantern", *Kind)
    assert found.tracks
    assert found.albums
    assert len(found.tracks) <= 10
    assert len(fake.calls) == 1


async def test_search_continues_after_previous_page(spotify: Spotify) -> None:
    both = (await spotify.catalogue.search("a", Kind.TRACK, limit=6)).tracks
    first = (await spotify.catalogue.search("a", Kind.TRACK, limit=3)).tracks
    second = (await spotify.catalogue.search("a", Kind.TRACK, limit=3, offset=3)).tracks
    assert [*first, *second] == [*both]
    assert not (await spotify.catalogue.search("a", Kind.TRACK, offset=1000)).tracks


async def test_search_filters_narrow_results(fake: FakeSpotify, spotify: Spotify) -> None:
    track = fake.catalogue.regular_tracks[0]
    found = await spotify.catalogue.search(f"isrc:{track.isrc}", Kind.TRACK)
    assert [each.name for each in found.tracks] == [track.name]
    by = await spotify.catalogue.search(f'artist:"{track.artists[0].name}"', Kind.TRACK)
    assert all(
        track.artists[0].name in [artist.name for artist in each.artists or []]
        for each in by.tracks
    )


async def test_search_without_matches_is_empty(spotify: Spotify) -> None:
    found = await spotify.catalogue.search("xyzzyplugh", *Kind)
    assert not any(getattr(found, f"{kind}s") for kind in Kind)


async def test_search_skips_nulls(fake: FakeSpotify, spotify: Spotify) -> None:
    before = (await spotify.catalogue.search("a", Kind.TRACK)).tracks
    fake.inject_nulls("/search", every=3)
    found = (await spotify.catalogue.search("a", Kind.TRACK)).tracks
    assert [*found] == [entry for n, entry in enumerate(before, 1) if n % 3]
    assert found.unreadable == len(before) // 3


async def test_search_skips_duplicates_unknown_kinds_and_missing_pages(
    fake: FakeSpotify, spotify: Spotify
) -> None:
    before = (await spotify.catalogue.search("a", Kind.TRACK)).tracks
    body = json.loads(fake.traffic.exchanges[-1].response_body)
    items: list[dict[str, Any]] = body["tracks"]["items"]
    unknown = {**items[0], "type": "hologram", "uri": "spotify:hologram:x"}
    odd = [unknown, {**items[0], "id": None, "uri": None}, 7, "text", [], items[0]]
    body |= {"tracks": {**body["tracks"], "items": [*odd, *items]}, "albums": None, "shows": {}}
    del body["shows"]
    fake.faults.add(Fault("/search", status=200, body=json.dumps(body)))
    found = await spotify.catalogue.search("a", Kind.TRACK, Kind.ALBUM, Kind.SHOW)
    assert [*found.tracks] == [*before]
    assert not found.albums
    assert not found.shows
    unreadable = (found.tracks.unreadable, found.albums.unreadable, found.shows.unreadable)
    assert unreadable == (5, 1, 1)


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
async def test_search_beyond_spotify_limits_is_rejected(
    spotify: Spotify, query: str, asked: dict[str, int]
) -> None:
    with pytest.raises(BadRequest):
        await spotify.catalogue.search(query, Kind.TRACK, **asked)


# ---- one item


@pytest.mark.parametrize("kind", Kind)
async def test_item_of_each_kind(fake: FakeSpotify, spotify: Spotify, kind: Kind) -> None:
    uri = any_uri(fake, kind)
    item = await spotify.catalogue.item(uri)
    thing = fake.playlists[uri.id] if kind == "playlist" else fake.catalogue.find_item(str(uri))
    assert thing is not None
    assert (item.uri, item.name) == (uri, thing.name)
    assert [call.path for call in fake.calls] == [f"{kind}s/{uri.id}"]


@pytest.mark.parametrize("kind", Kind)
async def test_unknown_id_is_not_found(spotify: Spotify, kind: Kind) -> None:
    with pytest.raises(NotFound):
        await spotify.catalogue.item(Uri(kind, UNKNOWN_ID))


async def test_items_have_displayed_fields(fake: FakeSpotify, spotify: Spotify) -> None:
    track, album, show, episode, book = [
        await spotify.catalogue.item(any_uri(fake, kind))
        for kind in (Kind.TRACK, Kind.ALBUM, Kind.SHOW, Kind.EPISODE, Kind.AUDIOBOOK)
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
async def test_every_field_except_id_may_be_null_or_absent(
    fake: FakeSpotify, spotify: Spotify, shape: type[CatalogueItem], left: list[None]
) -> None:
    uri = any_uri(fake, shape.kind)
    fields = {
        field.encode_name: nothing for field in msgspec.structs.fields(shape) for nothing in left
    }
    body = fields | {"type": uri.kind, "id": uri.id}
    fake.faults.add(Fault(uri.id, status=200, body=json.dumps(body)))
    item = await spotify.catalogue.item(uri)
    assert (item.uri, item.name) == (uri, None)


@pytest.mark.parametrize("old_names", [False, True])
async def test_playlist_length_is_shown_to_users_with_access(
    fake: FakeSpotify, spotify: Spotify, old_names: bool
) -> None:
    fake.state.legacy_field_names = old_names
    for name, total in (("Harbour Evenings", 44), ("Potluck", 20), ("Grace's Mornings", None)):
        item = await spotify.catalogue.item(to_uri(playlist_named(fake, name).uri))
        assert isinstance(item, Playlist)
        assert (item.name, item.total) == (name, total)


async def test_empty_playlist_has_no_images(fake: FakeSpotify, spotify: Spotify) -> None:
    empty = fake.state.add_playlist("Empty", "ada")
    item = await spotify.catalogue.item(to_uri(empty.uri))
    assert isinstance(item, Playlist)
    assert (item.images, item.total) == (None, 0)


@pytest.mark.parametrize("name", ["Today's Brightest Lanterns", "Grace's Secrets"])
async def test_editorial_and_private_playlists_are_not_found(
    fake: FakeSpotify, spotify: Spotify, name: str
) -> None:
    fake.state.add_playlist("Grace's Secrets", "grace", public=False)
    with pytest.raises(NotFound):
        await spotify.catalogue.item(to_uri(playlist_named(fake, name).uri))


# ---- what an item holds


async def test_album_tracks_are_in_order(fake: FakeSpotify, spotify: Spotify) -> None:
    long = add_album(fake, "Long", tracks=list(fake.catalogue.regular_tracks[:95]))
    tracks = spotify.catalogue.album_tracks(to_uri(long.uri))
    names = [track.name async for track in tracks if track]
    assert names == [track.name for track in long.tracks]
    assert (tracks.total, len(fake.calls)) == (95, 2)


async def test_artist_albums_come_in_tens_newest_first(fake: FakeSpotify, spotify: Spotify) -> None:
    artist = fake.catalogue.regular_tracks[0].artists[0]
    for year in range(1990, 2015):
        add_album(fake, f"Of {year}", artists=(artist,), released=str(year))
    albums = [album async for album in spotify.catalogue.artist_albums(to_uri(artist.uri)) if album]
    dates = [album.release_date or "" for album in albums]
    assert len(dates) >= 25
    assert dates == sorted(dates, reverse=True)
    assert [call.query["offset"] for call in fake.calls] == ["0", "9", "18"]  # they overlap


async def test_artist_albums_include_guest_appearances_on_request(
    fake: FakeSpotify, spotify: Spotify
) -> None:
    artist, other = (fake.catalogue.regular_tracks[n].artists[0] for n in (0, -1))
    song = replace(fake.catalogue.regular_tracks[0], artists=(artist, other))
    add_album(fake, "Hers", artists=(other,), tracks=[song])
    uri = to_uri(artist.uri)
    own = [album.name async for album in spotify.catalogue.artist_albums(uri) if album]
    groups = "appears_on"
    guest = [
        album.name async for album in spotify.catalogue.artist_albums(uri, groups=groups) if album
    ]
    assert "Hers" not in own
    assert "Hers" in guest
    assert not set(own) & set(guest)


async def test_show_episodes_are_newest_first(fake: FakeSpotify, spotify: Spotify) -> None:
    show = next(iter(fake.catalogue.shows.values()))
    names = [
        episode.name
        async for episode in spotify.catalogue.show_episodes(to_uri(show.uri))
        if episode
    ]
    assert names == [episode.name for episode in reversed(show.episodes)]


async def test_audiobook_chapters_are_in_order(fake: FakeSpotify, spotify: Spotify) -> None:
    book = next(iter(fake.catalogue.audiobooks.values()))
    chapters = spotify.catalogue.audiobook_chapters(to_uri(book.uri))
    assert [chapter.name async for chapter in chapters if chapter] == [
        chapter.name for chapter in book.chapters
    ]


@pytest.mark.parametrize("kind", [Kind.ALBUM, Kind.ARTIST, Kind.SHOW, Kind.AUDIOBOOK])
async def test_children_of_unknown_item_are_not_found(spotify: Spotify, kind: Kind) -> None:
    unknown = Uri(kind, UNKNOWN_ID)
    inside: Mapping[Kind, AsyncIterable[object]] = {
        Kind.ALBUM: spotify.catalogue.album_tracks(unknown),
        Kind.ARTIST: spotify.catalogue.artist_albums(unknown),
        Kind.SHOW: spotify.catalogue.show_episodes(unknown),
        Kind.AUDIOBOOK: spotify.catalogue.audiobook_chapters(unknown),
    }
    with pytest.raises(NotFound):
        await collect(inside[kind])


async def test_app_token_reads_whole_catalogue(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    spotify = make_client(account=None, scopes=())
    assert (await spotify.catalogue.search("lantern", Kind.TRACK)).tracks
    own = await spotify.catalogue.item(any_uri(fake, Kind.PLAYLIST))
    assert isinstance(own, Playlist)
    assert own.total is None
