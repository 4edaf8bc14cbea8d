"""/save and /export: what is kept is what Spotify says, all of it or nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.discord import Discord, Reply, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, Pause, held_back


async def test_save_keeps_what_is_playing(spotify: Spotify, linked: Seat) -> None:
    ada = spotify.accounts["ada"]
    track = spotify.catalogue.stock[77]
    ada.drop(track.uri)
    ada.player.start(track.uri)
    reply = await linked.run("/save")
    assert "Saved" in reply.text
    assert track.uri.rpartition(":")[2] in reply.text
    assert ada.liked[0][0] == track.uri


async def test_who_sees_that_it_was_saved_is_as_its_user_wants(linked: Seat) -> None:
    assert (await linked.run("/save")).ephemeral
    await (await linked.run("/settings")).press("Share them")
    assert not (await linked.run("/save")).ephemeral


async def test_what_is_not_saved_is_said_privately(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    await (await linked.run("/settings")).press("Share them")
    spotify.accounts["ada"].player.device = None
    reply = await (await linked.run("/save")).until("Nothing is playing")
    assert reply.ephemeral
    assert not discord.seat("grace", "music").messages()


async def test_save_with_nothing_playing(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.device = None
    assert "Nothing is playing" in (await linked.run("/save")).text


async def test_a_local_file_cannot_be_saved(spotify: Spotify, linked: Seat) -> None:
    before = list(spotify.accounts["ada"].liked)
    spotify.accounts["ada"].player.start(next(iter(spotify.catalogue.local)))
    assert "cannot be saved" in (await linked.run("/save")).text
    assert spotify.accounts["ada"].liked == before


async def test_the_json_export_holds_every_liked_song_in_order(
    spotify: Spotify, linked: Seat
) -> None:
    reply = await linked.run("/export format:json")
    await reply.until("Here are your")
    _is_whole(reply.files["liked-songs.json"], spotify)
    assert reply.ephemeral


async def test_the_csv_export_is_exportifys_and_harmless(spotify: Spotify, linked: Seat) -> None:
    reply = await linked.run("/export format:csv")
    await reply.until("Here are your")
    raw = reply.files["liked-songs.csv"]
    assert raw.startswith(b'"Track URI","Track Name","Artist URI(s)"')
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert [row["Track URI"] for row in rows] == [u for u, _ in spotify.accounts["ada"].liked]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]
    assert any("=HYPERLINK(" in row["Track Name"] for row in rows)
    assert all(row["Added At"].endswith("Z") for row in rows)
    assert all(row["Track Duration (ms)"].isdigit() for row in rows)


async def test_a_large_library_shows_progress_and_arrives_whole(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["ada"].like_many(1_000)
    expected = len(spotify.accounts["ada"].liked)
    said: list[str] = []
    reply = await linked.run("/export format:csv")
    said.append(reply.text)
    await reply.until("Here are your")
    assert f"Here are your {expected:,} liked songs" in reply.text
    assert any(f"of {expected:,}" in text for text in said)
    rows = csv.reader(io.StringIO(reply.files["liked-songs.csv"].decode(), newline=""))
    assert len(list(rows)) == 1 + expected


class _LongNames(Fault):
    """Every name in the answer is as long as a book."""

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        page = json.loads(answer.text or "")
        for entry in page["items"]:
            entry["track"]["name"] = "so long " * 14_000
        return web.json_response(page)


async def test_an_export_beyond_discords_limit_is_zipped(spotify: Spotify, linked: Seat) -> None:
    ada = spotify.accounts["ada"]
    ada.like_many(100)
    spotify.faults.add(_LongNames("GET .*/me/tracks", times=None))
    reply = await linked.run("/export format:json")
    await reply.until("Here are your")
    archive = zipfile.ZipFile(io.BytesIO(reply.files["liked-songs.json.zip"]))
    whole = archive.read("liked-songs.json")
    assert len(whole) > 10 * 1024 * 1024
    assert len(json.loads(whole)["liked_songs"]) == len(ada.liked)


async def test_an_export_whose_reply_was_dismissed_is_delivered_anew(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    exporting, first_page = _begin_export(spotify, linked)
    async with held_back(first_page) as pause:
        await pause.arrived.wait()
        waiting = discord.world.find(linked.messages()[-1]["id"])
        assert waiting is not None
        discord.world.remove(waiting)
    reply = await exporting
    await reply.until("Here are your")
    assert reply.message["id"] != waiting.id
    assert reply.ephemeral
    _is_whole(reply.files["liked-songs.json"], spotify)


async def test_an_export_that_took_too_long_for_its_reply_comes_by_direct_message(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    exporting, first_page = _begin_export(spotify, linked)
    async with held_back(first_page) as pause:
        await pause.arrived.wait()
        stage.clock.advance(15 * 60)
    message = await stage.discord.seat("ada", "dm").until("Here are your")
    exporting.cancel()
    (file,) = message["attachments"]
    async with aiohttp.ClientSession() as http, http.get(file["url"]) as found:
        _is_whole(await found.read(), spotify)


async def test_an_export_that_nobody_can_be_given_any_more_is_no_bug(
    stage: Stage, spotify: Spotify, linked: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    stage.discord.closed_dms.add("ada")
    exporting, first_page = _begin_export(spotify, linked)
    async with held_back(first_page) as pause:
        await pause.arrived.wait()
        stage.clock.advance(15 * 60)
    await stage.stop()  # as soon as the export is over
    exporting.cancel()
    assert "/export: the reply is gone" in caplog.text
    assert "Traceback" not in caplog.text


def _begin_export(spotify: Spotify, seat: Seat) -> tuple[asyncio.Task[Reply], Pause]:
    """An export that is under way, and what holds back its first page."""
    slow = HeldBack("GET .*/me/tracks")
    spotify.faults.add(slow)
    return asyncio.create_task(seat.run("/export format:json")), slow.pause


def _is_whole(content: bytes, spotify: Spotify) -> None:
    document = json.loads(content)
    assert document["tonearm"] == 1
    songs = [song["uri"] for song in document["liked_songs"]]
    assert songs == [uri for uri, _ in spotify.accounts["ada"].liked]


async def test_spotify_down_in_the_middle_leaves_a_sentence_and_no_file(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["ada"].like_many(500)
    down = Fault("GET .*/me/tracks", status=503, body="upstream error", times=None)
    spotify.faults.add(Fault("GET .*/me/tracks", status=200, times=0))
    reply = await linked.run("/export format:json")
    spotify.faults.add(down)
    await reply.until("not answering properly")
    assert "Reading" not in reply.text
    assert not reply.files


async def test_nothing_liked_is_said(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].liked.clear()
    assert "no liked songs yet" in (await linked.run("/export format:csv")).text


@pytest.mark.parametrize("kind", ["json", "csv"])
async def test_entries_without_a_song_are_counted(
    spotify: Spotify, linked: Seat, kind: str
) -> None:
    body = json.dumps(
        {
            "items": [None, {"added_at": None, "track": None}, _nameless()],
            "total": 3,
            "limit": 50,
            "offset": 0,
            "next": None,
        }
    )
    spotify.faults.add(
        Fault("me/tracks", status=200, body=body, headers={"Content-Type": "application/json"})
    )
    reply = await linked.run(f"/export format:{kind}")
    await reply.until("Here is your 1 liked song")
    assert "lists 2 more" in reply.text


def _nameless() -> dict[str, object]:
    return {"added_at": None, "track": {"type": "track", "id": None, "uri": "spotify:local:::x:1"}}
