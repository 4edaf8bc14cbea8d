"""With an earlier export, only what is new is read, and the result is as complete as without."""

from __future__ import annotations

import io
import json
import random
import zipfile
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
from tests.export_jobs import wait_until_erased, wait_until_over

ROUNDS = 10
WAITING = "I’ll go on by myself"
Lists = dict[str, list[Any]]


async def _session(harness: Harness) -> Session:
    assert harness.bot is not None
    user_id = int(harness.discord.state.users["ada"].id)
    return await harness.bot.services.sessions.session(user_id, background=True)


async def _earlier(user: UserClient, folder: Path) -> EarlierExport:
    """An export of now, as its user has it."""
    reply = await user.run("/export format:json")
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


async def test_export_goes_on_from_a_file_and_from_the_last_message(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    reply = await linked_user.run("/export what:everything")
    whole = (await reply.wait_for("Here’s your library")).files["library.zip"]
    reply = await linked_user.run("/export since_last:true")
    await reply.wait_for("There’s no export of yours in our direct messages")
    ada.like(spotify.catalogue.regular_tracks[-1].uri)

    harness.clock.advance(5)

    async def since(option: str, expected_calls: int) -> bytes:
        before = len(spotify.traffic.exchanges)
        reply = await linked_user.run(f"/export format:json {option}", {"mine.zip": whole})
        await reply.wait_for("are from your earlier export")
        assert len(spotify.traffic.exchanges) - before == expected_calls
        document = json.loads(reply.files["library.json"])
        assert [song["uri"] for song in document["tracks"]] == [uri for uri, _ in ada.liked]
        return reply.files["library.json"]

    first = await since("since:mine.zip", 7)
    document = json.loads(first)
    assert document["lists"][0]["read_at"] < document["exported_at"]

    # What waits for a quota comes by direct message.
    spotify.add_quota("GET .*/me/shows", calls=0, retry_after=3600.0)
    reply = await (await linked_user.run("/export format:json")).wait_for(WAITING)
    harness.clock.advance(3600)
    dm = harness.discord.user_client("ada", "dm")
    await dm.wait_for_message("Here’s your library")
    await wait_until_over(harness)
    await since("since_last:true", 7)


async def test_export_since_goes_on_after_a_restart(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(300)
    reply = await linked_user.run("/export what:everything")
    whole = (await reply.wait_for("Here’s your library")).files["library.zip"]
    ada.like(*(track.uri for track in spotify.catalogue.regular_tracks[-70:]))
    harness.clock.advance(5)
    own = _own(ada)[0]
    own.insert([PlaylistItem(spotify.catalogue.regular_tracks[3].uri, harness.clock())])
    spotify.add_quota("GET .*/me/shows", calls=0, retry_after=600.0)
    reply = await linked_user.run("/export since:mine.zip", {"mine.zip": whole})
    await reply.wait_for(WAITING)
    await harness.restart()
    harness.clock.advance(600)
    await reply.wait_for("Here’s your library")
    document = json.loads(
        zipfile.ZipFile(io.BytesIO(reply.files["library.zip"])).read("library.json")
    )
    assert [song["uri"] for song in document["tracks"]] == [uri for uri, _ in ada.liked]
    playlists = {each["uri"]: each["items"] for each in document["playlists"]}
    assert [item.get("uri") for item in playlists[own.uri]] == [item.uri for item in own.items]
    assert document["lists"][0]["read_at"] < document["exported_at"]


async def test_file_to_go_on_from_that_cannot_be_used_says_what_is_wrong(
    harness: Harness, linked_user: UserClient
) -> None:
    files: dict[str, bytes] = {}
    for command in ("format:zip", "format:json", "what:liked-songs format:csv"):
        reply = await (await linked_user.run(f"/export {command}")).wait_for("Here")
        files |= reply.files
    archive, plain = files["library.zip"], files["library.json"]
    middle = archive.index(b"library.json") + 100
    cases = {
        archive[: len(archive) // 2]: "ends in the middle",
        archive[:-10]: "ends in the middle",
        archive[:middle] + bytes(2_000) + archive[middle + 2_000 :]: "damaged",
        plain[: len(plain) // 2]: "The end of that file is missing",
        plain.replace(b'"tonearm": 1', b'"tonearm": 2', 1): "from a newer Tonearm",
        json.dumps(json.loads(plain)).encode(): "just as it was",
        files["liked-songs.csv"]: "That file is CSV, which doesn’t say enough",
        b"https://open.spotify.com/track/" + b"1" * 22: "That file is a list of links",
        b'{"tracks": [], "albums": [], "other": []}': "That file is Spotify’s own download",
        b"": "empty",
        b"Rar!": "zip archives only",
        b"Dear diary": "I can’t use that file",
        b"\x89PNG\r\n\x1a\n": "I can’t use that file",
    }
    for content, words in cases.items():
        reply = await linked_user.run("/export since:odd", {"odd": content})
        await reply.wait_for(words)
        assert not reply.files
    # One that is of no use here is no error, and is not passed over in silence.
    whole = {"mine.json": plain}
    reply = await linked_user.run("/export what:top since:mine.json", whole)
    await reply.wait_for("Nothing in your earlier export was of use")
    future = {"odd": plain.replace(b'"exported_at": "2', b'"exported_at": "9', 1)}
    reply = await linked_user.run("/backup diff since:odd", future)
    await reply.wait_for("since your earlier export")
    await wait_until_erased(harness)
