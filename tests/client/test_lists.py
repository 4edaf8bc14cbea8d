"""Every list as Spotify really sends it: with nulls, and with things of unknown kinds."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from typing import Any, Protocol

import pytest

from bot.spotify import Spotify
from bot.spotify.models import Part
from sandbox.faults import Fault
from sandbox.spotify import Spotify as Pretend

from .calls import one_of, whole

Json = dict[str, Any]


class Listed(Protocol):
    """What every sequence of the client has."""

    total: int | None
    read: int
    changed: bool

    @property
    def missing(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[Part | None]: ...


Make = Callable[[Spotify, Pretend], Listed]

# Name → how the list is made, and where its first page comes from.
LISTS: Mapping[str, tuple[Make, str]] = {
    "album_tracks": (lambda s, it: s.catalogue.album_tracks(one_of(it, "album")), "albums/"),
    "artist_albums": (lambda s, it: s.catalogue.artist_albums(one_of(it, "artist")), "artists/"),
    "show_episodes": (lambda s, it: s.catalogue.show_episodes(one_of(it, "show")), "shows/"),
    "chapters": (lambda s, it: s.catalogue.audiobook_chapters(one_of(it, "audiobook")), "/chapter"),
    "top_tracks": (lambda s, _: s.profile.top_tracks(), "me/top/tracks"),
    "top_artists": (lambda s, _: s.profile.top_artists(), "me/top/artists"),
    "liked": (lambda s, _: s.library.tracks(), "me/tracks"),
    "albums": (lambda s, _: s.library.albums(), "me/albums"),
    "shows": (lambda s, _: s.library.shows(), "me/shows"),
    "episodes": (lambda s, _: s.library.episodes(), "me/episodes"),
    "audiobooks": (lambda s, _: s.library.audiobooks(), "me/audiobooks"),
    "artists": (lambda s, _: s.library.artists(), "me/following"),
    "mine": (lambda s, _: s.playlists.mine(), "me/playlists"),
    "items": (lambda s, it: s.playlists.items(one_of(it, "playlist")), "/items"),
}

each_list = pytest.mark.parametrize(("make", "path"), LISTS.values(), ids=LISTS.keys())


@pytest.fixture(autouse=True)
def _tidied(pretend: Pretend) -> None:
    """One page of each, and no nulls but those that a test orders."""
    ada = pretend.accounts["ada"]
    ada.playlists[:] = [one for one in ada.playlists if one]
    del ada.liked[50:]


async def identities(entries: Listed) -> list[Hashable]:
    """What tells the entries apart; None for those that are None."""
    return [entry and entry.identity async for entry in entries]


async def alter(
    pretend: Pretend, spotify: Spotify, make: Make, path: str, change: Callable[[Json], object]
) -> list[Hashable]:
    """Answer the list as it is, but with a `change` to its last entry; the entries until now."""
    before = await identities(make(spotify, pretend))
    answer = next(one for one in pretend.recording.exchanges if path in one.path)
    body = json.loads(answer.response_body)
    change(body.get("artists", body)["items"][-1])
    pretend.faults.add(Fault(path, status=200, body=json.dumps(body), times=None))
    return before


@each_list
async def test_a_list_comes_whole_and_in_order(
    pretend: Pretend, spotify: Spotify, make: Make, path: str
) -> None:
    entries = make(spotify, pretend)
    read = await whole(entries)
    assert read
    assert None not in read
    assert (entries.total, entries.read, entries.missing) == (len(read), len(read), 0)
    assert not entries.changed
    assert all(path in f"{one.path}/" for one in pretend.calls)


@each_list
async def test_nulls_are_none_and_count(
    pretend: Pretend, spotify: Spotify, make: Make, path: str
) -> None:
    before = await identities(make(spotify, pretend))
    pretend.nulls(path, every=2)
    entries = make(spotify, pretend)
    read = await identities(entries)
    assert read == [None if n % 2 else one for n, one in enumerate(before)]
    assert (entries.read, entries.missing) == (len(before), 0)


@each_list
async def test_an_empty_list_is_empty(
    pretend: Pretend, spotify: Spotify, make: Make, path: str
) -> None:
    page = {"items": [], "total": 0, "next": None}
    pretend.faults.add(
        Fault(path, status=200, body=json.dumps({**page, "artists": page}), times=None)
    )
    entries = make(spotify, pretend)
    assert await whole(entries) == []
    assert (entries.total, entries.read, entries.missing) == (0, 0, 0)


@each_list
async def test_what_has_another_shape_is_none_and_all_else_comes(
    pretend: Pretend, spotify: Spotify, make: Make, path: str
) -> None:
    def change(entry: Json) -> None:
        entry["name" if "name" in entry else "added_at"] = {"of": "another shape"}

    before = await alter(pretend, spotify, make, path, change)
    assert await identities(make(spotify, pretend)) == [*before[:-1], None]


@pytest.mark.parametrize("name", ["album_tracks", "show_episodes", "top_tracks"])
async def test_a_thing_of_an_unknown_kind_is_none(
    pretend: Pretend, spotify: Spotify, name: str
) -> None:
    make, path = LISTS[name]
    before = await alter(pretend, spotify, make, path, lambda entry: entry.update(type="hologram"))
    assert await identities(make(spotify, pretend)) == [*before[:-1], None]


@pytest.mark.parametrize(("name", "inside"), [("liked", "track"), ("items", "item")])
async def test_an_entry_with_one_inside_is_none_too(
    pretend: Pretend, spotify: Spotify, name: str, inside: str
) -> None:
    make, path = LISTS[name]
    kind = {"type": "hologram"}
    before = await alter(pretend, spotify, make, path, lambda entry: entry[inside].update(kind))
    assert await identities(make(spotify, pretend)) == [*before[:-1], None]
