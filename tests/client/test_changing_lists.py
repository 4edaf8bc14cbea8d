"""Playlists and albums that change while they are read: whole, or LibraryChanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from bot.errors import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.paging import PAGE
from sandbox.spotify import Account, Entry, Playlist, generated_uri
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.catalogue import invent_id

from .calls import uri_of
from .changing import Changing

each_way = pytest.mark.parametrize("flights", [1, 4, 16])


# ---- what is in a playlist: in any order, and as often as one likes


class Listed:
    """A playlist of Ada's with so many entries; those that are put in are others."""

    def __init__(self, pretend: Pretend, many: int) -> None:
        self.playlist = pretend.world.add_playlist("Long", "ada")
        self._numbers = count()
        self.playlist.items[:] = self._fresh(many)
        self.changing = Changing(pretend, "GET /v1/playlists/", self._now)

    def _now(self) -> Iterator[str]:
        return (entry.uri for entry in self.playlist.items if entry.uri)

    def _fresh(self, many: int) -> list[Entry]:
        return [Entry(generated_uri(next(self._numbers)), 1_000.0) for _ in range(many)]

    def put(self, many: int, at: int | None = None) -> None:
        self.playlist.put(self._fresh(many), at)

    def take(self, start: int, many: int) -> int:
        """Take so many out; how many."""
        gone = self.playlist.items[start : start + many]
        self.playlist.remove({entry.uri for entry in gone if entry.uri})
        return len(gone)

    def swap(self, one: int, other: int) -> None:
        items = self.playlist.items
        items[one], items[other] = items[other], items[one]
        self.playlist.edited()

    def replace(self) -> None:
        self.playlist.items[:] = self._fresh(120)
        self.playlist.edited()


EDITS: dict[str, Callable[[Listed], object]] = {
    "one added at the end": lambda it: it.put(1),
    "a page added at the end": lambda it: it.put(PAGE),
    "one put at the top": lambda it: it.put(1, 0),
    "one put in between": lambda it: it.put(1, 60),
    "a page put at the top": lambda it: it.put(60, 0),
    "the first taken out": lambda it: it.take(0, 1),
    "one in the middle taken out": lambda it: it.take(60, 1),
    "a page taken out": lambda it: it.take(0, 60),
    "everything taken out": lambda it: it.take(0, 120),
    "one moved up": lambda it: it.playlist.move(110, 1, 0),
    "one moved down": lambda it: it.playlist.move(0, 1, 120),
    "many moved up": lambda it: it.playlist.move(70, 50, 0),
    "two that change places below": lambda it: it.swap(100, 80),
    "everything replaced": lambda it: it.replace(),
    "one taken out, one added": lambda it: it.put(it.take(3, 1)),
    "one put in, one taken out below": lambda it: it.put(it.take(119, 1), 3),
}


@each_way
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
async def test_a_playlist_that_is_edited_comes_whole_or_not_at_all(
    pretend: Pretend, spotify: Spotify, edit: Callable[[Listed], object], flights: int
) -> None:
    for call in range(1, 5):
        it = Listed(pretend, 120)
        it.changing.before_call(call, lambda: edit(it))
        listed = spotify.playlists.items(uri_of(it.playlist.uri), flights=flights)
        try:
            came = [str(entry.item.uri) async for entry in listed if entry and entry.item]
        except LibraryChanged:
            continue
        finally:
            it.changing.over()
        it.changing.check(came, in_order=False)
        assert came in (list(it.changing.start), list(it.changing.end))
        assert listed.read == listed.total == len(came)


async def test_a_playlist_of_one_page_is_one_call(pretend: Pretend, spotify: Spotify) -> None:
    it = Listed(pretend, PAGE)
    listed = [one async for one in spotify.playlists.items(uri_of(it.playlist.uri))]
    assert len(listed) == PAGE
    assert len(pretend.calls) == 1


async def test_a_playlist_of_one_song_a_hundred_times(pretend: Pretend, spotify: Spotify) -> None:
    it = Listed(pretend, 0)
    it.playlist.items[:] = [Entry(generated_uri(1), 1_000.0)] * 130
    listed = spotify.playlists.items(uri_of(it.playlist.uri))
    assert len([one async for one in listed if one and one.item]) == 130
    it.changing.before_call(2, lambda: it.playlist.put([Entry(generated_uri(1), 1_000.0)]))
    with pytest.raises(LibraryChanged):
        _ = [one async for one in spotify.playlists.items(uri_of(it.playlist.uri))]


# ---- one's playlists


@pytest.fixture
def mine(pretend: Pretend, ada: Account) -> Changing:
    """Ada has 120 playlists."""
    ada.playlists.clear()
    for number in range(120):
        pretend.world.add_playlist(f"Playlist {number}", "ada")
    return Changing(
        pretend, "GET /v1/me/playlists$", lambda: [one.uri for one in ada.playlists if one]
    )


def _moved(playlists: list[Playlist | None], start: int, to: int) -> None:
    playlists.insert(to, playlists.pop(start))


@each_way
@pytest.mark.parametrize(
    ("start", "to"), [(0, 119), (10, 20), (70, 10), (110, 80), (49, 50), (48, 0), (100, 0)]
)
async def test_a_playlist_is_dragged_to_another_place(
    spotify: Spotify, ada: Account, mine: Changing, flights: int, start: int, to: int
) -> None:
    before = list(ada.playlists)
    for call in (1, 2):
        mine.before_call(call, lambda: _moved(ada.playlists, start, to))
        listed = spotify.playlists.mine(flights=flights)
        try:
            came = [str(one.uri) async for one in listed if one]
        except LibraryChanged:
            continue
        finally:
            mine.over()
            ada.playlists[:] = before
        mine.check(came, in_order=False)


@each_way
@pytest.mark.parametrize("gone", [0, 1, 60])
@pytest.mark.parametrize("added", [0, 1, 7])
async def test_playlists_come_and_go(
    pretend: Pretend, spotify: Spotify, ada: Account, flights: int, gone: int, added: int
) -> None:
    for call in (1, 2, 3):
        ada.playlists.clear()
        for number in range(120):
            pretend.world.add_playlist(f"Playlist {number}", "ada")
        it = Changing(
            pretend, "GET /v1/me/playlists$", lambda: [one.uri for one in ada.playlists if one]
        )
        it.before_call(
            call,
            lambda: ada.playlists.__delitem__(slice(gone)),
            lambda: [pretend.world.add_playlist("New", "ada") for _ in range(added)],
        )
        listed = spotify.playlists.mine(flights=flights)
        try:
            came = [str(one.uri) async for one in listed if one]
        except LibraryChanged:
            assert gone, "nothing was lost"
            continue
        finally:
            it.over()
        it.check(came)
        it.check_top(came, listed.changed)


# ---- albums, as liked songs


@pytest.fixture
def albums(pretend: Pretend, ada: Account) -> list[str]:
    """Ada has saved 120 albums; these are ten more."""
    model = next(iter(pretend.catalogue.albums.values()))
    made = [replace(model, id=invent_id("album", str(number))) for number in range(130)]
    catalogue = pretend.world.catalogue
    shelf = {album.id: album for album in made}
    pretend.world.catalogue = replace(catalogue, albums={**catalogue.albums, **shelf})
    ada.albums[:] = [(album.uri, 1_000_000.0 - n) for n, album in enumerate(made[:120])]
    return [album.uri for album in made[120:]]


@each_way
async def test_albums_that_change(
    pretend: Pretend, spotify: Spotify, ada: Account, albums: list[str], flights: int
) -> None:
    before = list(ada.albums)
    for call in (1, 2, 3):
        for added, gone in ((1, 0), (10, 0), (0, 1), (0, 60), (1, 1), (10, 10)):
            ada.albums[:] = before
            it = Changing(pretend, "GET /v1/me/albums$", lambda: [uri for uri, _ in ada.albums])
            it.before_call(
                call,
                lambda: ada.drop(*(uri for uri, _ in before[:gone])),
                lambda: ada.keep(*albums[:added]),
            )
            listed = spotify.library.albums(flights=flights)
            came = [str(entry.album.uri) async for entry in listed if entry and entry.album]
            it.over()
            it.check(came)
            it.check_top(came, listed.changed)
