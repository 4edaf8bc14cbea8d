"""The files with the entries of a list: cut short anywhere, they cost only the calls left."""

from __future__ import annotations

import random
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot.errors.spotify import LibraryChanged
from bot.library.export_lists import ExportList, LibrarySection
from bot.library.spool import SpooledList, spool
from bot.spotify import Spotify
from sandbox.fault_injection import Fault
from sandbox.spotify import Account, PlaylistItem, generated_uri
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.list_faults import WrongTotals
from tests.spotify_client.client_calls import to_uri
from tests.spotify_client.liked_songs import set_liked_songs
from tests.spotify_client.test_followed_artists_change import sample_artist_uri

LIKED = ExportList(LibrarySection.LIKED)


class _NoProgress:
    stop_requested = False

    def begin(self, _task: str) -> None:
        pass

    async def __call__(self, _done: int, _expected: int) -> None:
        pass


async def _read(spotify: Spotify, source: ExportList, path: Path) -> SpooledList:
    work: Any = _NoProgress()
    spooled = await spool(spotify, source, path, work, Event())
    assert spooled is not None
    return spooled


async def _playlist(fake: FakeSpotify, spotify: Spotify) -> ExportList:
    """Ada's playlist of 400 entries, most of them several times."""
    playlist = fake.state.add_playlist("Long", "ada")
    playlist.items[:] = [PlaylistItem(generated_uri(n % 70), 1_000.0) for n in range(400)]
    found = await spotify.playlists.get(to_uri(playlist.uri))
    return ExportList(LibrarySection.PLAYLIST, found)


async def test_list_cut_anywhere_is_read_on(
    fake: FakeSpotify, spotify: Spotify, ada: Account, tmp_path: Path
) -> None:
    set_liked_songs(ada, 400)
    path = tmp_path / "list"
    rng = random.Random(1)
    artists = ExportList(LibrarySection.ARTISTS)
    for source in (LIKED, await _playlist(fake, spotify), artists):
        path.unlink(missing_ok=True)
        lines = list((await _read(spotify, source, path)).lines())
        whole = path.read_bytes()
        all_calls = len(fake.calls)
        for _ in range(12):
            cut = rng.randrange(len(whole))
            path.write_bytes(whole[:cut] + bytes(rng.randrange(3)))
            before = len(fake.calls)
            spooled = await _read(spotify, source, path)
            assert list(spooled.lines()) == lines
            assert (spooled.count, spooled.missing, spooled.complete) == (len(lines), 0, True)
            left = len(lines) * (1 - cut / len(whole)) / 49
            assert len(fake.calls) - before <= left + 4, "the first page again, and a page cut"
        assert len(fake.calls) < all_calls * 12


async def test_what_was_read_before_an_error_is_kept(
    fake: FakeSpotify, spotify: Spotify, ada: Account, tmp_path: Path
) -> None:
    expected = set_liked_songs(ada, 1_000)
    path = tmp_path / "list"
    refused = Fault("GET /v1/me/tracks$", status=404, times=1, after=14)
    fake.faults.add(refused)
    with pytest.raises(Exception, match="404"):
        await _read(spotify, LIKED, path)
    before = len(fake.calls)
    spooled = await _read(spotify, LIKED, path)
    assert [line.count(b"spotify:track:") > 0 for line in spooled.lines()] == [True] * 1_000
    assert spooled.count == len(expected)
    assert len(fake.calls) - before <= 7 + 1 + 3, "the rest, the first page, and some in flight"


async def test_liked_songs_that_moved_since_are_read_on_and_are_what_the_list_is_now(
    fake: FakeSpotify, spotify: Spotify, ada: Account, tmp_path: Path
) -> None:
    """Songs were added at the top and removed anywhere, between the two readings.

    What was removed is found with a few calls for each place, or the file says that it may be
    there.
    """
    path = tmp_path / "list"
    rng = random.Random(2)
    cases = [(1, 0), (3, 2), (60, 0), (0, 30), (5, 1), (0, 1), (2, 2), (5, 120), (0, 400)]
    for added, removed in cases:
        path.unlink(missing_ok=True)
        set_liked_songs(ada, 400)
        await _read(spotify, LIKED, path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        for index in sorted(rng.sample(range(400), removed), reverse=True):
            del ada.liked[index]
        now = ada.clock()
        new = [generated_uri(1_000 + number) for number in range(added)]
        ada.liked[:0] = [(uri, now - number) for number, uri in enumerate(new)]
        before = len(fake.calls)
        spooled = await _read(spotify, LIKED, path)
        calls = len(fake.calls) - before
        lines = [line.decode() for line in spooled.lines()]
        assert spooled.count == len(lines)
        for uri, _ in ada.liked:
            assert sum(uri in line for line in lines) == 1
        assert spooled.is_current == (len(lines) == len(ada.liked)), (added, removed)
        assert spooled.is_current or removed > 5
        assert calls <= 14 + 2 * min(removed, 20), (added, removed)


async def test_count_that_is_wrong_removes_nothing(
    fake: FakeSpotify, spotify: Spotify, ada: Account, tmp_path: Path
) -> None:
    set_liked_songs(ada, 400)
    for total in (310, 399, 1):
        fake.rules.clear()
        fake.on("GET .*/me/tracks", WrongTotals([total]), times=None)
        spooled = await _read(spotify, LIKED, tmp_path / f"list-{total}")
        assert (spooled.count, spooled.is_current) == (400, True), total


async def test_artists_that_were_unfollowed_meanwhile_are_left_out(
    fake: FakeSpotify, spotify: Spotify, ada: Account, tmp_path: Path
) -> None:
    source, path = ExportList(LibrarySection.ARTISTS), tmp_path / "list"
    ada.artists[:] = [(sample_artist_uri(fake, number), 1_000.0) for number in range(120)]
    await _read(spotify, source, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    gone = sorted(ada.saved_uris("artist"))[:3]
    ada.remove(*gone)
    spooled = await _read(spotify, source, path)
    text = b"".join(spooled.lines()).decode()
    assert spooled.count == len(ada.saved_uris("artist"))
    assert not any(uri in text for uri in gone)


async def test_playlist_that_changed_since_is_noticed(
    fake: FakeSpotify, spotify: Spotify, tmp_path: Path
) -> None:
    source = await _playlist(fake, spotify)
    path = tmp_path / "list"
    await _read(spotify, source, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert source.playlist is not None
    uri = source.playlist.require_uri()
    await spotify.playlists.reorder(uri, 0, 10)
    with pytest.raises(LibraryChanged):
        await _read(spotify, source, path)
    path.unlink()
    changed = ExportList(LibrarySection.PLAYLIST, await spotify.playlists.get(uri))
    assert (await _read(spotify, changed, path)).count == 400
