"""Playlists and albums that change while they are read: complete, or LibraryChanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from bot.errors.spotify import LibraryChanged
from bot.spotify import Spotify
from bot.spotify.paging import PAGE_SIZE
from sandbox.spotify import Account, Playlist, PlaylistItem, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.catalogue import make_id
from tests.spotify_client.changing_list import ChangingList
from tests.spotify_client.client_calls import to_uri

each_concurrency = pytest.mark.parametrize("flights", [1, 4, 16])


# ---- what is in a playlist: in any order, and as often as one likes


class ChangingPlaylist:
    """A playlist of Ada's with this many entries; added entries are new ones."""

    def __init__(self, fake: FakeSpotify, many: int) -> None:
        self.playlist = fake.state.add_playlist("Long", "ada")
        self._numbers = count()
        self.playlist.items[:] = self._new_entries(many)
        self.changing = ChangingList(fake, "GET /v1/playlists/", self._current_uris)

    def _current_uris(self) -> Iterator[str]:
        return (entry.uri for entry in self.playlist.items if entry.uri)

    def _new_entries(self, many: int) -> list[PlaylistItem]:
        return [PlaylistItem(generated_uri(next(self._numbers)), 1_000.0) for _ in range(many)]

    def insert_entries(self, many: int, at: int | None = None) -> None:
        self.playlist.insert(self._new_entries(many), at)

    def remove_entries(self, start: int, many: int) -> int:
        """Remove this many entries; returns their number."""
        gone = self.playlist.items[start : start + many]
        self.playlist.remove({entry.uri for entry in gone if entry.uri})
        return len(gone)

    def swap_entries(self, first: int, other: int) -> None:
        items = self.playlist.items
        items[first], items[other] = items[other], items[first]
        self.playlist.new_snapshot()

    def replace_entries(self) -> None:
        self.playlist.items[:] = self._new_entries(120)
        self.playlist.new_snapshot()


EDITS: dict[str, Callable[[ChangingPlaylist], object]] = {
    "one added at the end": lambda it: it.insert_entries(1),
    "a page added at the end": lambda it: it.insert_entries(PAGE_SIZE),
    "one put at the top": lambda it: it.insert_entries(1, 0),
    "one put in between": lambda it: it.insert_entries(1, 60),
    "a page put at the top": lambda it: it.insert_entries(60, 0),
    "the first taken out": lambda it: it.remove_entries(0, 1),
    "one in the middle taken out": lambda it: it.remove_entries(60, 1),
    "a page taken out": lambda it: it.remove_entries(0, 60),
    "everything taken out": lambda it: it.remove_entries(0, 120),
    "one moved up": lambda it: it.playlist.move(110, 1, 0, it.playlist.snapshot_id),
    "one moved down": lambda it: it.playlist.move(0, 1, 120, it.playlist.snapshot_id),
    "many moved up": lambda it: it.playlist.move(70, 50, 0, it.playlist.snapshot_id),
    "two that change places below": lambda it: it.swap_entries(100, 80),
    "everything replaced": lambda it: it.replace_entries(),
    "one taken out, one added": lambda it: it.insert_entries(it.remove_entries(3, 1)),
    "one put in, one taken out below": lambda it: it.insert_entries(it.remove_entries(119, 1), 3),
}


@each_concurrency
@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
async def test_edited_playlist_is_read_completely_or_raises(
    fake: FakeSpotify, spotify: Spotify, edit: Callable[[ChangingPlaylist], object], flights: int
) -> None:
    for call in range(1, 5):
        it = ChangingPlaylist(fake, 120)
        it.changing.edit_before_call(call, lambda: edit(it))
        listed = spotify.playlists.items(to_uri(it.playlist.uri), concurrency=flights)
        try:
            came = [str(entry.item.uri) async for entry in listed if entry and entry.item]
        except LibraryChanged:
            continue
        finally:
            it.changing.stop_edits()
        it.changing.check(came, in_order=False)
        assert came in (list(it.changing.start), list(it.changing.end))
        assert listed.read_count == listed.total == len(came)


async def test_one_page_playlist_takes_one_call(fake: FakeSpotify, spotify: Spotify) -> None:
    it = ChangingPlaylist(fake, PAGE_SIZE)
    listed = [entry async for entry in spotify.playlists.items(to_uri(it.playlist.uri))]
    assert len(listed) == PAGE_SIZE
    assert len(fake.calls) == 1


async def test_playlist_of_one_repeated_song(fake: FakeSpotify, spotify: Spotify) -> None:
    it = ChangingPlaylist(fake, 0)
    it.playlist.items[:] = [PlaylistItem(generated_uri(1), 1_000.0)] * 130
    listed = spotify.playlists.items(to_uri(it.playlist.uri))
    assert len([entry async for entry in listed if entry and entry.item]) == 130
    it.changing.edit_before_call(
        2, lambda: it.playlist.insert([PlaylistItem(generated_uri(1), 1_000.0)])
    )
    with pytest.raises(LibraryChanged):
        _ = [entry async for entry in spotify.playlists.items(to_uri(it.playlist.uri))]


# ---- one's playlists


@pytest.fixture
def own_playlists(fake: FakeSpotify, ada: Account) -> ChangingList:
    """Ada has 120 playlists."""
    ada.playlists.clear()
    for number in range(120):
        fake.state.add_playlist(f"Playlist {number}", "ada")
    return ChangingList(
        fake,
        "GET /v1/me/playlists$",
        lambda: [playlist.uri for playlist in ada.playlists if playlist],
    )


def _move_playlist(playlists: list[Playlist | None], start: int, to: int) -> None:
    playlists.insert(to, playlists.pop(start))


@each_concurrency
@pytest.mark.parametrize(
    ("start", "to"), [(0, 119), (10, 20), (70, 10), (110, 80), (49, 50), (48, 0), (100, 0)]
)
async def test_moving_a_playlist_while_reading(
    spotify: Spotify, ada: Account, own_playlists: ChangingList, flights: int, start: int, to: int
) -> None:
    before = list(ada.playlists)
    for call in (1, 2):
        own_playlists.edit_before_call(call, lambda: _move_playlist(ada.playlists, start, to))
        listed = spotify.playlists.mine(concurrency=flights)
        try:
            came = [str(playlist.uri) async for playlist in listed if playlist]
        except LibraryChanged:
            continue
        finally:
            own_playlists.stop_edits()
            ada.playlists[:] = before
        own_playlists.check(came, in_order=False)


@each_concurrency
@pytest.mark.parametrize("gone", [0, 1, 60])
@pytest.mark.parametrize("added", [0, 1, 7])
async def test_adding_and_removing_playlists_while_reading(
    fake: FakeSpotify, spotify: Spotify, ada: Account, flights: int, gone: int, added: int
) -> None:
    for call in (1, 2, 3):
        ada.playlists.clear()
        for number in range(120):
            fake.state.add_playlist(f"Playlist {number}", "ada")
        it = ChangingList(
            fake,
            "GET /v1/me/playlists$",
            lambda: [playlist.uri for playlist in ada.playlists if playlist],
        )
        it.edit_before_call(
            call,
            lambda: ada.playlists.__delitem__(slice(gone)),
            lambda: [fake.state.add_playlist("New", "ada") for _ in range(added)],
        )
        listed = spotify.playlists.mine(concurrency=flights)
        try:
            came = [str(playlist.uri) async for playlist in listed if playlist]
        except LibraryChanged:
            assert gone, "nothing was lost"
            continue
        finally:
            it.stop_edits()
        it.check(came)
        it.check_additions(came, listed.changed)


# ---- albums, as liked songs


@pytest.fixture
def albums(fake: FakeSpotify, ada: Account) -> list[str]:
    """Let Ada save 120 albums; returns ten others."""
    model = next(iter(fake.catalogue.albums.values()))
    made = [replace(model, id=make_id("album", str(number))) for number in range(130)]
    catalogue = fake.state.catalogue
    shelf = {album.id: album for album in made}
    fake.state.catalogue = replace(catalogue, albums={**catalogue.albums, **shelf})
    ada.albums[:] = [(album.uri, 1_000_000.0 - n) for n, album in enumerate(made[:120])]
    return [album.uri for album in made[120:]]


@each_concurrency
async def test_changing_saved_albums_while_reading(
    fake: FakeSpotify, spotify: Spotify, ada: Account, albums: list[str], flights: int
) -> None:
    before = list(ada.albums)
    for call in (1, 2, 3):
        for added, gone in ((1, 0), (10, 0), (0, 1), (0, 60), (1, 1), (10, 10)):
            ada.albums[:] = before
            it = ChangingList(fake, "GET /v1/me/albums$", lambda: [uri for uri, _ in ada.albums])
            it.edit_before_call(
                call,
                lambda: ada.remove(*(uri for uri, _ in before[:gone])),
                lambda: ada.save(*albums[:added]),
            )
            listed = spotify.library.albums(concurrency=flights)
            came = [str(entry.album.uri) async for entry in listed if entry and entry.album]
            it.stop_edits()
            it.check(came)
            it.check_additions(came, listed.changed)
