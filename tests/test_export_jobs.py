"""An export goes on after restarts and spent quotas, and its file reaches its owner once."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import math
import random
import zipfile
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from bot.library.stored_jobs import MAX_AGE
from bot.notifications.jobs import EDIT_INTERVAL
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.export_jobs import job_folders, job_rows, kill, wait_until_erased, wait_until_over
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LIKED = "/export what:liked-songs format:csv"
TRACKS = "GET .*/me/tracks"
WAITING = "I’ll go on by myself"


def _calls(spotify: Spotify) -> int:
    return len(spotify.calls_to("GET", "me/tracks"))


def _direct(harness: Harness) -> UserClient:
    return harness.discord.user_client("ada", "dm")


async def _uris(message: dict[str, Any]) -> list[str]:
    """The URIs in the attached CSV, which may be zipped."""
    (file,) = message["attachments"]
    async with aiohttp.ClientSession() as http, http.get(file["url"]) as response:
        content = await response.read()
    if file["filename"].endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("liked-songs.csv")
    return [row["Track URI"] for row in csv.DictReader(io.StringIO(content.decode(), newline=""))]


def _liked(spotify: Spotify) -> list[str]:
    return [uri for uri, _ in spotify.accounts["ada"].liked]


async def test_export_waits_for_a_spent_quota_and_survives_restarts(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Nothing is read twice but what was in flight, and one direct message takes over."""
    ada = spotify.accounts["ada"]
    ada.like_generated(3_000 - len(ada.liked))
    spotify.add_quota(TRACKS, calls=30, retry_after=20 * HOUR)
    reply = await (await linked_user.run(LIKED)).wait_for(WAITING)
    assert "of 3,000 liked songs" in reply.text
    assert "of about 6" in reply.text
    await harness.restart()
    assert _calls(spotify) <= 30 + 4
    harness.clock.advance(14 * MINUTE)
    await reply.wait_for("it goes on in a direct message")
    direct = _direct(harness)
    shown = await direct.wait_for_message(WAITING)
    await harness.restart()
    assert _calls(spotify) <= 30 + 4
    harness.clock.advance(20 * HOUR)
    message = await direct.wait_for_message("Here are your 3,000 liked songs")
    assert await _uris(message) == _liked(spotify)
    assert _calls(spotify) <= 3_000 // 49 + 16
    await wait_until_erased(harness)
    assert shown["id"] not in [each["id"] for each in direct.messages()]
    assert len(direct.messages()) == 1


async def test_killed_export_goes_on_where_it_was(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(2_000)
    spotify.faults.add(held := HeldResponse(TRACKS, after=25))
    command = asyncio.create_task(linked_user.run(LIKED))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        harness.clock.advance(3)  # after which the progress is shown
        reply = await command
        paths = [path for folder in job_folders(harness) for path in folder.rglob("*")]
        files = [path for path in paths if path.is_file()]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
        await kill(harness)
    await reply.wait_for("Here are your 2,060 liked songs")
    assert _calls(spotify) <= 2_060 // 49 + 10
    await wait_until_erased(harness)


async def test_songs_that_are_removed_behind_the_export_are_not_in_its_file(
    spotify: Spotify, linked_user: UserClient
) -> None:
    """The files are being written by then; a place that loses songs costs a few more calls."""
    ada = spotify.accounts["ada"]
    ada.like_generated(1_000)
    spotify.faults.add(held := HeldResponse(TRACKS, after=15))
    async with released_at_exit(held.hold) as hold:
        command = asyncio.create_task(linked_user.run("/export what:liked-songs format:zip"))
        await hold.response_ready.wait()
        ada.remove(*(uri for uri, _ in (*ada.liked[3:5], *ada.liked[200:203])))
        ada.like(spotify.catalogue.regular_tracks[-1].uri)
    reply = await (await command).wait_for("Here are your 1,056 liked songs")
    archive = zipfile.ZipFile(io.BytesIO(reply.files["liked-songs.zip"]))
    document = json.loads(archive.read("library.json"))
    new, *old = _liked(spotify)
    assert [song["uri"] for song in document["tracks"]] == [*old, new]
    text = io.StringIO(archive.read("liked-songs.csv").decode("utf-8-sig"), newline="")
    assert [row["Track URI"] for row in csv.DictReader(text)] == [*old, new]
    assert _calls(spotify) <= 1_060 // 49 + 20


async def test_earlier_reply_says_that_the_export_goes_on_in_a_newer_one(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Else it would wait for ever, with a button and a time that are over."""
    spotify.accounts["ada"].like_generated(300)
    spotify.faults.add(held := HeldResponse(TRACKS, after=2))
    replies = [asyncio.create_task(linked_user.run(LIKED))]
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        replies.append(asyncio.create_task(linked_user.run("/export what:albums")))
        first = await replies[0]
        await first.wait_for("goes on in my reply to your newer command")
        assert "Stop" not in first.text
    second = await replies[1]
    await second.wait_for("Here are your 360 liked songs")
    assert "use your newer command once more" in second.text, "it asked for albums"
    assert "newer command" in first.text
    await wait_until_erased(harness)


async def test_export_says_why_and_until_when_it_waits(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """A restart in between does not make it guess."""
    spotify.accounts["ada"].like_generated(240)
    waits: dict[str, Callable[[], object]] = {
        "asks me to wait": lambda: spotify.add_rate_limit(120, pattern=TRACKS),
        "limit for today is used up": lambda: spotify.add_quota(TRACKS, calls=3, retry_after=700),
        "isn’t responding properly": lambda: spotify.faults.add(Fault(TRACKS, status=500, times=8)),
    }
    for why, begin in waits.items():
        begin()
        reply = await (await linked_user.run(LIKED)).wait_for(why)
        until = job_rows(harness)[0]["resume_at"]
        assert f"<t:{math.ceil(until)}:R>" in reply.text
        before = _calls(spotify)
        await harness.restart()
        await reply.user_client.changes.wait_until(lambda: why in reply.text)
        assert _calls(spotify) == before, why
        harness.clock.advance(until - harness.clock())
        await reply.wait_for("Here are your 300 liked songs")
        await wait_until_over(harness)
        spotify.faults.clear()


async def test_export_larger_than_the_daily_share_takes_two_days() -> None:
    """It says so first, and leaves the rest of the limit to commands."""
    async with run_harness(SPOTIFY_DAILY_CALLS="100") as harness:
        ada = await harness.link_account("ada")
        library = harness.spotify.accounts["ada"]
        library.like_generated(6_000 - len(library.liked))
        reply = await ada.run(LIKED)
        assert "so this takes about 2 days" in reply.text
        await reply.wait_for(WAITING)
        assert _calls(harness.spotify) == 75
        assert "Added" in (await ada.run("/save")).text
        harness.clock.advance(DAY + HOUR)
        message = await _direct(harness).wait_for_message("Here are your 6,001 liked songs")
        saved_meanwhile, *liked = _liked(harness.spotify)
        assert await _uris(message) == [*liked, saved_meanwhile]


async def test_stop_and_unlink_end_an_export_that_waits(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    harness.clock.skipped = EDIT_INTERVAL
    direct = _direct(harness)
    for step in ("Stop", "Stop after a restart", "/unlink"):
        spotify.add_quota(TRACKS, calls=0, retry_after=20 * HOUR)
        await (await linked_user.run(LIKED)).wait_for(WAITING)
        assert job_folders(harness)
        harness.clock.advance(15 * MINUTE)
        shown = await direct.wait_for_message(WAITING)
        if "restart" in step:
            await harness.restart()
        if step == "/unlink":
            await (await linked_user.run("/unlink")).press("Unlink")
        else:
            await direct.press(shown, "Stop")
        await direct.wait_for_message(
            lambda message, shown=shown: (  # type: ignore[misc]
                message["id"] == shown["id"] and "Stopped. Nothing is kept" in message["content"]
            )
        )
        assert not job_folders(harness)
        assert not job_rows(harness)
        harness.clock.advance(21 * HOUR)


async def test_file_that_cannot_be_delivered_is_kept_for_two_days(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    harness.clock.skipped = EDIT_INTERVAL
    harness.discord.closed_dms.add("ada")
    for fetched in (True, False):
        spotify.add_quota(TRACKS, calls=1, retry_after=HOUR)
        reply = await (await linked_user.run(LIKED)).wait_for(WAITING)
        harness.clock.advance(14 * MINUTE)
        await reply.wait_for("I can’t send you direct messages")
        shown = await linked_user.run(LIKED)
        await shown.wait_for(WAITING)
        harness.clock.advance(HOUR)
        await wait_until_over(harness)
        assert [job["done"] for job in job_rows(harness)] == [1]
        calls = _calls(spotify)
        await harness.restart()
        harness.clock.advance(MAX_AGE - HOUR if fetched else MAX_AGE + HOUR)
        assert harness.bot is not None
        await harness.bot.run_maintenance()
        assert bool(job_folders(harness)) == bool(job_rows(harness)) == fetched
        if fetched:
            reply = await (await linked_user.run(LIKED)).wait_for("Here are your")
            assert reply.files
            assert _calls(spotify) == calls
            await wait_until_erased(harness)


async def test_lost_login_ends_an_export_with_its_sentence(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_quota(TRACKS, calls=1, retry_after=HOUR)
    await (await linked_user.run(LIKED)).wait_for(WAITING)
    spotify.state.tokens.revoke_consents("ada")
    harness.clock.advance(2 * HOUR)
    message = await _direct(harness).wait_for_message("again")
    assert "Your Spotify login has ended" in message["content"]
    assert "Link" in json.dumps(message["components"])
    assert not job_folders(harness)
    assert not job_rows(harness)


class _NoPauses(random.Random):
    """Lets the bot repeat calls at once."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


@pytest.mark.slow
async def test_failures_two_restarts_and_a_spent_quota_lose_nothing() -> None:
    """50,000 songs while a fifth of all calls fails."""
    async with run_harness(rng=_NoPauses(), SPOTIFY_DAILY_CALLS="100000") as harness:
        ada = await harness.link_account("ada")
        spotify, library = harness.spotify, harness.spotify.accounts["ada"]
        library.like_generated(50_000 - len(library.liked))
        spotify.faults.add(Fault(TRACKS, status=502, times=None, probability=0.2))
        spotify.add_quota(TRACKS, calls=700, retry_after=HOUR)
        await ada.run(LIKED)
        direct, restarts = _direct(harness), [200, 500]
        while not any(each["attachments"] for each in direct.messages()):
            version = harness.discord.changes.version
            if restarts and _calls(spotify) > restarts[0]:
                del restarts[0]
                await harness.restart()
            wait = max((job["resume_at"] for job in job_rows(harness)), default=0) - harness.clock()
            if wait > 0:
                harness.clock.advance(wait)
            else:
                await harness.discord.changes.wait_for_change(version)
        assert not restarts
        assert await _uris(direct.messages()[-1]) == _liked(spotify)
        await wait_until_erased(harness)
