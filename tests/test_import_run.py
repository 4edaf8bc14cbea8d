"""An exported library comes back into an empty account as it was, whatever fails meanwhile."""

from __future__ import annotations

from itertools import product
from typing import get_args

from bot.library.import_journal import BatchOrder
from bot.library.import_steps import Choice, Scope, count_calls, make_steps
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault, FaultAction
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Account, Spotify
from sandbox.spotify.accounts import SaveOrder
from sandbox.spotify.playlists import Playlist
from tests.imported_library import everything, exported, importable, importer, library_of, wipe

WRITES = r"(PUT|POST|DELETE) .*/(me/library|me/playlists|playlists/\w+/items)"


async def test_an_exported_library_comes_back_as_it_was(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    async with importer(harness) as it:
        steps = everything(await it.look(file))
        calls = len(spotify.calls)
        await it.apply(steps)
        # What the user was told, and one look at the playlists before.
        assert len(spotify.calls) - calls == count_calls(steps).total() + 1
    assert library_of(ada) == before


async def test_lost_answers_and_failures_double_and_lose_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(150)
    uris = [uri for uri, _ in ada.liked if "local" not in uri]
    spotify.state.add_playlist("Long", "ada", *uris * 2, uris[0], public=False)
    before, file = importable(library_of(ada)), await exported(linked_user)
    wipe(ada)
    async with importer(harness) as it:
        steps = everything(await it.look(file))
        actions: tuple[FaultAction, ...] = ("reset", "answer")
        for action, runs_first in product(actions, (True, False)):
            fault = Fault(WRITES, probability=0.12, times=None, action=action)
            fault.runs_first = runs_first
            spotify.faults.add(fault)
        await it.apply(steps)
        spotify.faults.clear()
        assert it.runs > 1
    assert library_of(ada) == before


async def test_the_order_of_likes_comes_back_however_spotify_lists_one_second() -> None:
    for order in get_args(SaveOrder):
        async with run_harness() as harness:
            linked_user = await harness.link_account("ada")
            ada = harness.spotify.accounts["ada"]
            ada.save(*(track.uri for track in harness.spotify.catalogue.regular_tracks[:70]))
            before = importable(library_of(ada))
            file = await exported(linked_user, "liked-songs")
            wipe(ada)
            ada.batch_order = order
            async with importer(harness, pause=harness.clock.advance) as it:
                await it.apply(everything(await it.look(file)))
                learned = it.journal.order
            assert library_of(ada).saved["track"] == before.saved["track"], order
            assert learned == (BatchOrder.MIXED if order == "by ID" else BatchOrder(order))


async def test_undo_removes_what_the_import_added_and_nothing_else(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    file = await exported(linked_user)
    for kind in ("track", "album", "artist"):
        del ada.saved_items(kind)[::2]
    mine = [each for each in ada.playlists if each and each.owner == "ada"]
    del mine[0].items[::2]
    ada.playlists.remove(mine[1])
    before = importable(library_of(ada))
    async with importer(harness) as it:
        steps = everything(await it.look(file))
        await it.apply(steps)
        assert importable(library_of(ada)) != before
        spotify.faults.add(Fault(WRITES, runs_first=True, action="reset", times=3))
        await it.undo(steps)
    assert importable(library_of(ada)) == before


async def test_undo_leaves_what_was_added_to_a_new_playlist_since(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    songs = [track.uri for track in spotify.catalogue.regular_tracks[:4]]
    spotify.state.add_playlist("Quay", "ada", *songs[:3], public=False)
    file = await exported(linked_user, "Quay")
    async with importer(harness) as it:
        steps = make_steps(await it.look(file), Choice(Scope.ALL, merge=False))
        await it.apply(steps)
        copy = _newest(ada)
        await linked_user.run(f"/playlist add what:{songs[3]} to:{copy.uri}")
        await it.undo(steps)
        assert [item.uri for item in copy.items] == songs[3:]
    assert copy in ada.playlists


async def test_refused_songs_are_left_out_and_the_others_keep_their_order(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    songs = [track.uri for track in spotify.catalogue.regular_tracks[:30]]
    spotify.state.add_playlist("Quay", "ada", *songs, *songs[::-1], public=False)
    file = await exported(linked_user, "Quay")
    for uri in (songs[3], songs[20]):
        del spotify.catalogue.tracks[uri.rsplit(":", 1)[1]]
    left = [uri for uri in songs if uri not in (songs[3], songs[20])]
    async with importer(harness) as it:
        await it.apply(make_steps(await it.look(file), Choice(Scope.ALL, merge=False)))
        assert sorted(it.journal.step(0).refused) == sorted([songs[3], songs[20]] * 2)
    assert [item.uri for item in _newest(ada).items] == [*left, *left[::-1]]


def _newest(account: Account) -> Playlist:
    playlist = account.playlists[0]
    assert playlist is not None
    return playlist
