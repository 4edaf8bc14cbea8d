"""/save saves the current item; /export sends every liked song, or an error and no file."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import math
import zipfile

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors.login import NeedsLogin
from bot.errors.spotify import (
    BackgroundBudgetExceeded,
    OwnAppQuotaExceeded,
    QuotaExceeded,
    RateLimited,
    ShareExceeded,
    SpotifyDown,
)
from bot.library.job_waits import JobWaits, WaitReason
from bot.spotify.api_client import MAX_ATTEMPTS
from bot.spotify.paging import PAGE_SIZE
from sandbox.discord import Discord, Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import EndlessNext, FewerEntries, Filler, Spotify, WrongTotals
from tests.login_state_machine.held_responses import HeldResponse, ResponseHold, released_at_exit


async def test_save_saves_current_item(spotify: Spotify, linked_user: UserClient) -> None:
    ada = spotify.accounts["ada"]
    track = spotify.catalogue.regular_tracks[77]
    ada.remove(track.uri)
    ada.player.play(track.uri)
    reply = await linked_user.run("/save")
    assert "Added" in reply.text
    assert track.uri.rpartition(":")[2] in reply.text
    assert ada.liked[0][0] == track.uri


async def test_save_reply_follows_sharing_setting(linked_user: UserClient) -> None:
    assert (await linked_user.run("/save")).ephemeral
    await (await linked_user.run("/settings")).press("Make public")
    assert not (await linked_user.run("/save")).ephemeral


async def test_save_error_is_private(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    await (await linked_user.run("/settings")).press("Make public")
    spotify.accounts["ada"].player.device = None
    reply = await (await linked_user.run("/save")).wait_for("Nothing is playing")
    assert reply.ephemeral
    assert not discord.user_client("grace", "music").messages()


async def test_save_with_nothing_playing(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].player.device = None
    assert "Nothing is playing" in (await linked_user.run("/save")).text


async def test_local_file_cannot_be_saved(spotify: Spotify, linked_user: UserClient) -> None:
    before = list(spotify.accounts["ada"].liked)
    spotify.accounts["ada"].player.play(next(iter(spotify.catalogue.local)))
    assert "can’t be saved" in (await linked_user.run("/save")).text
    assert spotify.accounts["ada"].liked == before


async def test_json_export_contains_every_liked_song_in_order(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("Here are your")
    _assert_complete(reply.files["liked-songs.json"], spotify)
    assert reply.ephemeral


async def test_csv_export_has_exportify_columns_and_no_formulas(
    spotify: Spotify, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/export what:liked-songs format:csv")
    await reply.wait_for("Here are your")
    raw = reply.files["liked-songs.csv"]
    # Importers take no byte order mark.
    assert raw.startswith(b'"Track URI","Track Name","Artist URI(s)"')
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["Track URI"] for row in rows] == [u for u, _ in spotify.accounts["ada"].liked]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]
    assert any("=HYPERLINK(" in row["Track Name"] for row in rows)
    assert all(row["Added At"].endswith("Z") for row in rows)
    assert all(row["Track Duration (ms)"].isdigit() for row in rows)


async def test_large_export_shows_progress_and_is_complete(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(1_000)
    expected = len(spotify.accounts["ada"].liked)
    spotify.faults.add(held := HeldResponse("GET .*/me/tracks", after=9))
    command = asyncio.create_task(linked_user.run("/export what:liked-songs format:csv"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        harness.clock.advance(3)
        reply = await (await command).wait_for(f"of {expected:,} liked songs")
    await reply.wait_for(f"Here are your {expected:,} liked songs")
    rows = csv.reader(io.StringIO(reply.files["liked-songs.csv"].decode(), newline=""))
    assert len(list(rows)) == 1 + expected


class _LongNamesFault(Fault):
    """Gives every track in the response many artists with very long names."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        assert isinstance(response, web.Response)
        page = json.loads(response.text or "")
        for entry in page["items"]:
            entry["track"]["artists"] = [{"name": "so long " * 250}] * 56
        return web.json_response(page)


async def test_export_over_discord_limit_is_zipped(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(100)
    spotify.faults.add(_LongNamesFault("GET .*/me/tracks", times=None))
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("Here are your")
    archive = zipfile.ZipFile(io.BytesIO(reply.files["liked-songs.json.zip"]))
    content = archive.read("liked-songs.json")
    assert len(content) > 10 * 1024 * 1024
    assert len(json.loads(content)["tracks"]) == len(ada.liked)


async def test_export_is_sent_again_after_dismissed_reply(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    export, first_page = _start_export(spotify, linked_user)
    async with released_at_exit(first_page) as hold:
        await hold.response_ready.wait()
        waiting = discord.state.find_message(linked_user.messages()[-1]["id"])
        assert waiting is not None
        discord.state.delete_message(waiting)
    reply = await export
    await reply.wait_for("Here are your")
    assert reply.message["id"] != waiting.id
    assert reply.ephemeral
    _assert_complete(reply.files["liked-songs.json"], spotify)


async def test_export_after_interaction_expiry_is_sent_by_direct_message(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    export, first_page = _start_export(spotify, linked_user)
    async with released_at_exit(first_page) as hold:
        await hold.response_ready.wait()
        harness.clock.advance(15 * 60)
    message = await harness.discord.user_client("ada", "dm").wait_for_message("Here are your")
    export.cancel()
    (file,) = message["attachments"]
    async with aiohttp.ClientSession() as http, http.get(file["url"]) as response:
        _assert_complete(await response.read(), spotify)


def _start_export(spotify: Spotify, user: UserClient) -> tuple[asyncio.Task[Reply], ResponseHold]:
    """Start an export; returns it and the hold on its first page."""
    held = HeldResponse("GET .*/me/tracks")
    spotify.faults.add(held)
    return asyncio.create_task(user.run("/export what:liked-songs format:json")), held.hold


def _assert_complete(content: bytes, spotify: Spotify) -> None:
    document = json.loads(content)
    assert document["tonearm"] == 1
    uris = [entry["uri"] for entry in document["tracks"]]
    assert uris == [uri for uri, _ in spotify.accounts["ada"].liked]


async def test_export_waits_for_the_end_of_an_outage(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    outage = Fault("GET .*/me/tracks", status=503, body="upstream error", times=MAX_ATTEMPTS)
    spotify.faults.add(outage)
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("isn’t responding properly. I’ll try again")
    harness.clock.advance(10)
    await reply.wait_for("Here are your")
    _assert_complete(reply.files["liked-songs.json"], spotify)


def test_outage_without_progress_ends_a_job() -> None:
    """It waits ten minutes in all, and begins again when it got further."""
    waits, down = JobWaits(), SpotifyDown()
    assert waits.after(down, 0)[1] == 5
    delays = [waits.after(down, 1)[1] for _ in range(7)]
    assert delays == [5, 10, 20, 40, 80, 160, 320]
    with pytest.raises(SpotifyDown):
        waits.after(down, 1)
    for error, reason in {
        RateLimited(7.0): WaitReason.RATE,
        QuotaExceeded(7.0): WaitReason.QUOTA,
        OwnAppQuotaExceeded(7.0): WaitReason.OWN_QUOTA,
        ShareExceeded(7.0, 500): WaitReason.SHARE,
        BackgroundBudgetExceeded(7.0): WaitReason.BACKGROUND,
    }.items():
        assert waits.after(error, 1) == (reason, 7)
    for other in (BackgroundBudgetExceeded(math.inf), NeedsLogin()):
        with pytest.raises(type(other)):
            waits.after(other, 1)


async def test_flickering_count_is_reported_with_the_complete_file(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    ada.like_generated(650 - len(ada.liked))
    for totals, note in (
        ([lambda total: total - 1, lambda total: total + 1], "between 649 and 651; these are all"),
        ([653], "counts 3 more than it gave me"),
        ([None], ""),
    ):
        spotify.rules.clear()
        before = len(spotify.calls)
        spotify.on("GET .*/me/tracks", WrongTotals(totals, seed=1), times=None)
        reply = await linked_user.run("/export what:liked-songs format:json")
        await reply.wait_for("Here are your 650 liked songs")
        assert note in reply.text
        _assert_complete(reply.files["liked-songs.json"], spotify)
        assert len(spotify.calls) - before <= 650 // PAGE_SIZE + 8


async def test_export_of_a_list_without_an_end_says_so(
    spotify: Spotify, linked_user: UserClient
) -> None:
    expected = len(spotify.accounts["ada"].liked)
    spotify.on("GET .*/me/tracks", EndlessNext(Filler.LAST_PAGE), times=None)
    spotify.on("GET .*/me/tracks", WrongTotals([None]), times=None)
    before = len(spotify.calls)
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for(f"Here are your {expected} liked songs")
    assert "so there may be more" in reply.text
    assert len(spotify.calls) - before <= expected // PAGE_SIZE + 10


async def test_counted_songs_that_are_not_listed_are_not_called_none(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.on("GET .*/me/tracks", FewerEntries(slice(0)), times=None)
    for command in ("/export what:liked-songs format:json", "/play what:liked"):
        reply = await (await linked_user.run(command)).wait_for("Spotify answered")
        assert "no liked songs" not in reply.text


async def test_empty_library_is_reported(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].liked.clear()
    assert (
        "no liked songs yet" in (await linked_user.run("/export what:liked-songs format:csv")).text
    )


@pytest.mark.parametrize("kind", ["json", "csv"])
async def test_entries_without_track_are_counted(
    spotify: Spotify, linked_user: UserClient, kind: str
) -> None:
    body = json.dumps(
        {
            "items": [None, {"added_at": None, "track": None}, _local_entry()],
            "total": 3,
            "limit": 50,
            "offset": 0,
            "next": None,
        }
    )
    spotify.faults.add(
        Fault("me/tracks", status=200, body=body, headers={"Content-Type": "application/json"})
    )
    reply = await linked_user.run(f"/export what:liked-songs format:{kind}")
    await reply.wait_for("Here is your 1 liked song")
    assert "lists 2 more" in reply.text


def _local_entry() -> dict[str, object]:
    return {"added_at": None, "track": {"type": "track", "id": None, "uri": "spotify:local:::x:1"}}
