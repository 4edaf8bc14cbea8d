"""Every list with entries as Spotify really sends them: nulls and unknown kinds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from typing import Any, Protocol

import pytest

from bot.spotify import Spotify
from bot.spotify.api_model import ApiModel
from bot.spotify.catalogue_item import CatalogueItem
from bot.spotify.uris import Kind
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import any_uri, collect

Json = dict[str, Any]


class EntryList(Protocol):
    """The common interface of the client's lists."""

    read_count: int
    complete: bool

    @property
    def total(self) -> int | None: ...

    @property
    def changed(self) -> bool: ...

    @property
    def missing(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[ApiModel | None]: ...


ListFactory = Callable[[Spotify, FakeSpotify], EntryList]

# Name → how the list is made, and where its first page comes from.
LIST_FACTORIES: Mapping[str, tuple[ListFactory, str]] = {
    "album_tracks": (lambda s, it: s.catalogue.album_tracks(any_uri(it, Kind.ALBUM)), "albums/"),
    "artist_albums": (
        lambda s, it: s.catalogue.artist_albums(any_uri(it, Kind.ARTIST)),
        "artists/",
    ),
    "show_episodes": (lambda s, it: s.catalogue.show_episodes(any_uri(it, Kind.SHOW)), "shows/"),
    "chapters": (
        lambda s, it: s.catalogue.audiobook_chapters(any_uri(it, Kind.AUDIOBOOK)),
        "/chapter",
    ),
    "top_tracks": (lambda s, _: s.profile.top_tracks(), "me/top/tracks"),
    "top_artists": (lambda s, _: s.profile.top_artists(), "me/top/artists"),
    "liked": (lambda s, _: s.library.tracks(), "me/tracks"),
    "albums": (lambda s, _: s.library.albums(), "me/albums"),
    "shows": (lambda s, _: s.library.shows(), "me/shows"),
    "episodes": (lambda s, _: s.library.episodes(), "me/episodes"),
    "audiobooks": (lambda s, _: s.library.audiobooks(), "me/audiobooks"),
    "artists": (lambda s, _: s.library.artists(), "me/following"),
    "mine": (lambda s, _: s.playlists.mine(), "me/playlists"),
    "items": (lambda s, it: s.playlists.items(any_uri(it, Kind.PLAYLIST)), "/items"),
}

each_list = pytest.mark.parametrize(
    ("make", "path"), LIST_FACTORIES.values(), ids=LIST_FACTORIES.keys()
)


@pytest.fixture(autouse=True)
def _single_pages_without_nulls(fake: FakeSpotify) -> None:
    """Lists of one page, with nulls only if a test adds them."""
    ada = fake.accounts["ada"]
    ada.playlists[:] = [playlist for playlist in ada.playlists if playlist]
    del ada.liked[50:]


async def identities(entries: EntryList) -> list[Hashable]:
    """The entries' identities; None for a null."""
    return [entry and entry.identity async for entry in entries]


async def alter_last_entry(
    fake: FakeSpotify,
    spotify: Spotify,
    make: ListFactory,
    path: str,
    change: Callable[[Json], object],
    *,
    replacement: object = None,
) -> list[Hashable]:
    """Let the list's last entry have a `change`; returns the entries before it.

    replacement  takes the place of the last entry, unless it is None
    """
    before = await identities(make(spotify, fake))
    answer = next(exchange for exchange in fake.traffic.exchanges if path in exchange.path)
    body = json.loads(answer.response_body)
    items = body.get("artists", body)["items"]
    change(items[-1])
    if replacement is not None:
        items[-1] = replacement
    fake.faults.add(Fault(path, status=200, body=json.dumps(body), times=None))
    return before


@each_list
async def test_list_is_complete_and_in_order(
    fake: FakeSpotify, spotify: Spotify, make: ListFactory, path: str
) -> None:
    entries = make(spotify, fake)
    read = await collect(entries)
    assert read
    assert None not in read
    assert (entries.total, entries.read_count, entries.missing) == (len(read), len(read), 0)
    assert entries.complete
    assert not entries.changed
    assert all(path in f"{call.path}/" for call in fake.calls)


@each_list
async def test_nulls_are_none_and_are_counted(
    fake: FakeSpotify, spotify: Spotify, make: ListFactory, path: str
) -> None:
    before = await identities(make(spotify, fake))
    fake.inject_nulls(path, every=2)
    entries = make(spotify, fake)
    read = await identities(entries)
    assert read == [None if n % 2 else entry for n, entry in enumerate(before)]
    assert (entries.read_count, entries.missing) == (len(before), 0)


@each_list
async def test_empty_list(
    fake: FakeSpotify, spotify: Spotify, make: ListFactory, path: str
) -> None:
    page = {"items": [], "total": 0, "next": None}
    fake.faults.add(Fault(path, status=200, body=json.dumps({**page, "artists": page}), times=None))
    entries = make(spotify, fake)
    assert await collect(entries) == []
    assert (entries.total, entries.read_count, entries.missing) == (0, 0, 0)


@each_list
async def test_malformed_field_is_absent_and_its_entry_is_read(
    fake: FakeSpotify, spotify: Spotify, make: ListFactory, path: str
) -> None:
    def change(entry: Json) -> None:
        entry["name" if "name" in entry else "added_at"] = {"of": "another shape"}

    before = await alter_last_entry(fake, spotify, make, path, change)
    last = before[-1]
    expected = (last[0], None) if isinstance(last, tuple) else last
    assert await identities(make(spotify, fake)) == [*before[:-1], expected]


@each_list
async def test_entry_that_is_no_object_is_none_and_others_are_read(
    fake: FakeSpotify, spotify: Spotify, make: ListFactory, path: str
) -> None:
    before = await alter_last_entry(fake, spotify, make, path, lambda _: None, replacement=7)
    assert await identities(make(spotify, fake)) == [*before[:-1], None]


@pytest.mark.parametrize("name", ["album_tracks", "show_episodes", "top_tracks"])
async def test_uri_decides_what_an_entry_is(fake: FakeSpotify, spotify: Spotify, name: str) -> None:
    """An entry of another kind than its list keeps its name, and has no ID to act on."""
    make, path = LIST_FACTORIES[name]
    before = await alter_last_entry(
        fake, spotify, make, path, lambda entry: entry.update(type="hologram")
    )
    assert await identities(make(spotify, fake)) == before
    fake.faults.clear()
    await alter_last_entry(
        fake, spotify, make, path, lambda entry: entry.update(uri="spotify:hologram:1")
    )
    *others, last = await collect(make(spotify, fake))
    assert len(others) == len(before) - 1
    assert isinstance(last, CatalogueItem)
    assert last.name
    assert last.uri is None


@pytest.mark.parametrize(("name", "inside"), [("items", "item")])
async def test_entry_containing_unknown_kind_is_none(
    fake: FakeSpotify, spotify: Spotify, name: str, inside: str
) -> None:
    make, path = LIST_FACTORIES[name]
    kind = {"type": "hologram", "uri": "spotify:hologram:1"}
    before = await alter_last_entry(
        fake, spotify, make, path, lambda entry: entry[inside].update(kind)
    )
    assert await identities(make(spotify, fake)) == [*before[:-1], None]
