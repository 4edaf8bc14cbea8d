"""With an earlier export, only what is new is read, and the result is as complete as without."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.library.earlier_export import read_earlier
from bot.library.earlier_lists import EarlierExport
from bot.library.export_lists import json_of, open_list, select_lists
from bot.library.since import take_over
from bot.spotify import Spotify as Session
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from sandbox.spotify.accounts import Account
from sandbox.spotify.playlists import Playlist, PlaylistItem

ROUNDS = 10
Lists = dict[str, list[Any]]


async def _session(harness: Harness) -> Session:
    assert harness.bot is not None
    user_id = int(harness.discord.state.users["ada"].id)
    return await harness.bot.services.sessions.session(user_id, background=True)


async def _earlier(user: UserClient, folder: Path, options: str = "") -> EarlierExport:
    """An export of now, as its user has it."""
    reply = await user.run(f"/export format:json {options}")
    await reply.wait_for("Here")
    (content,) = reply.files.values()
    folder.mkdir()
    path = folder / "export.json"
    path.write_bytes(content)
    return read_earlier([path], folder)


@dataclass
class _Result:
    lists: Lists
    calls: int


async def _read(harness: Harness, what: str, earlier: EarlierExport | None) -> _Result:
    """All lists by name, with what Spotify says of each entry, and the number of calls."""
    session = await _session(harness)
    before = len(harness.spotify.traffic.exchanges)
    lists: Lists = {}
    user = earlier.origin.user if earlier else None
    for source in (await select_lists(session, what, user=user)).lists:
        if earlier is not None:
            source = await take_over(session, source, earlier)
        reader = open_list(session, source)
        lists[source.name] = [json.loads(json_of(entry)) async for entry in reader]
    return _Result(lists, len(harness.spotify.traffic.exchanges) - before)


def _own(account: Account) -> list[Playlist]:
    return [p for p in account.playlists if p and p.is_open_to("ada")]


async def test_two_calls_if_nothing_changed_and_one_for_each_changed_playlist(
    harness: Harness, spotify: Spotify, linked_user: UserClient, tmp_path: Path
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(500)
    earlier = await _earlier(linked_user, tmp_path / "earlier")
    for what, calls in (("liked-songs", 1), ("playlists", 1), ("everything", 7)):
        cold = await _read(harness, what, None)
        since = await _read(harness, what, earlier)
        assert since.lists == cold.lists, what
        assert since.calls == calls < cold.calls, what
    for playlist in _own(ada)[:2]:
        playlist.insert([PlaylistItem(spotify.catalogue.regular_tracks[5].uri, harness.clock())])
    ada.like(*(track.uri for track in spotify.catalogue.regular_tracks[-3:]))
    since = await _read(harness, "playlists", earlier)
    assert since.lists == (await _read(harness, "playlists", None)).lists
    assert since.calls == 1 + 2
    since = await _read(harness, "liked-songs", earlier)
    assert since.lists == (await _read(harness, "liked-songs", None)).lists
    assert since.calls == 1


async def test_whatever_changed_the_result_is_complete(tmp_path: Path) -> None:
    """Songs are liked, unliked, and liked again, deep down as well; playlists are edited."""
    async with run_harness(SPOTIFY_DAILY_CALLS="100000") as harness:
        await _change_and_compare(harness, await harness.link_account("ada"), tmp_path)


async def _change_and_compare(harness: Harness, linked_user: UserClient, tmp_path: Path) -> None:
    spotify, rng = harness.spotify, random.Random(1)
    ada = spotify.accounts["ada"]
    ada.like_generated(150)
    tracks = [track.uri for track in spotify.catalogue.regular_tracks]
    albums = [album.uri for album in spotify.catalogue.albums.values()]
    artists = [f"spotify:artist:{artist.id}" for artist in spotify.catalogue.artists.values()]
    earlier = await _earlier(linked_user, tmp_path / "earlier")
    costs = {"since": 0, "cold": 0}

    def change() -> None:
        harness.clock.advance(1)
        playlist = rng.choice(_own(ada))
        liked = [uri for uri, _ in ada.liked]
        again = rng.choice(liked)
        match rng.randrange(8):
            case 0:
                ada.like(*rng.sample(tracks, rng.choice((1, 3, 60))))
            case 1:
                ada.remove(*rng.sample(liked, rng.choice((1, 2))))
            case 2:
                ada.remove(*liked[: rng.randrange(70)])
            case 3:
                ada.remove(again)
                ada.like(again)
            case 4:
                playlist.insert([PlaylistItem(rng.choice(tracks), harness.clock())], 0)
            case 5:
                playlist.move(0, 1, len(playlist.items), playlist.snapshot_id)
            case 6:
                ada.save(rng.choice(albums))
            case 7:
                ada.remove(rng.choice(albums))
                artist = rng.choice(artists)
                (ada.remove if artist in ada.saved_uris("artist") else ada.save)(artist)

    for number in range(ROUNDS):
        for _ in range(rng.randrange(4)):
            change()
        cold = await _read(harness, "everything", None)
        since = await _read(harness, "everything", earlier)
        assert since.lists == cold.lists, number
        costs["since"] += since.calls
        costs["cold"] += cold.calls
        if number % 4 == 3:
            earlier = await _earlier(linked_user, tmp_path / str(number))
    assert costs["since"] < 0.7 * costs["cold"]
