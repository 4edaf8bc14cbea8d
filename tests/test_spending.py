"""What was spent at Spotify is counted, remembered, and forgotten with those who brought an app."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.spotify.gate import DAY, HOUR
from sandbox.discord import Seat
from sandbox.spotify import App, Spotify
from sandbox.stage import Stage, stage
from tests.linking.slow import HeldBack, held_back
from tests.logins import agree
from tests.own_apps import OWN, link_with

THIRTEEN_HOURS = 48_925
SEARCH = "GET /v1/search$"
LIKED = "GET /v1/me/tracks$"


def rows(it: Stage, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(it.settings.database)) as db:
        return list(db.execute(sql))


def stored(it: Stage) -> bytes:
    """All that stands in the database's files."""
    folder = it.settings.database.parent
    return b"".join(file.read_bytes() for file in sorted(folder.glob("*.sqlite3*")))


def spent(it: Stage) -> dict[tuple[bool, str], int]:
    """(app that was brought?, group) → calls of the last 24 hours, as the bot says."""
    assert it.bot is not None
    usage = it.bot.quota.spending().usage
    return {(used.brought, used.group): used.commands + used.background for used in usage}


async def round_made(it: Stage) -> None:
    """A minute is over, and all that was to be written is."""
    assert it.bot is not None
    await it.bot.go_round()


async def test_what_was_spent_survives_restarts(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    for _ in range(3):
        await linked.run("/devices")
    await linked.run("/search lantern")
    before = spent(stage)
    assert before[False, "playback"] == 3
    assert before[False, "search"] == 1
    await stage.restart()
    assert spent(stage) == before
    await linked.run("/devices")
    await stage.restart()
    assert spent(stage) == before | {(False, "playback"): 4}
    stage.clock.advance(DAY + HOUR)
    assert spent(stage) == {}
    await round_made(stage)
    assert rows(stage, "SELECT * FROM spent") == []


async def test_calls_are_counted_without_a_write_each(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await linked.run("/devices")
    await round_made(stage)
    with closing(sqlite3.connect(stage.settings.database)) as db:

        def version() -> int:
            """Another number after each transaction of others."""
            (found,) = db.execute("PRAGMA data_version").fetchone()
            return int(found)

        begun = version()
        spotify.accounts["ada"].player.resume()
        for command in ("/devices", "/search lantern", "/search harbour", "/pause", "/devices"):
            await linked.run(command)
        assert version() == begun
        await round_made(stage)
        assert version() != begun
    total = {group: calls for (_, group), calls in spent(stage).items()}
    sums = "SELECT endpoints, sum(commands + background) FROM spent GROUP BY endpoints"
    assert dict(rows(stage, sums)) == total
    assert total["playback"] == 4


async def test_it_is_written_down_at_once(stage: Stage, spotify: Spotify, linked: Seat) -> None:
    """Not only when the bot stops: it may be killed."""
    spotify.quota(SEARCH, calls=0, retry_after=THIRTEEN_HOURS)
    await linked.run("/search lantern")
    assert stage.bot is not None
    await stage.bot.store.note("some other write", "which stands in line behind that one")
    ((client_id, group, until),) = rows(stage, "SELECT client_id, endpoints, until FROM exhausted")
    assert (client_id, group) == (spotify.client_id, "search")
    assert until == pytest.approx(stage.clock() + THIRTEEN_HOURS, abs=60)


# ---- what is forgotten


async def test_an_app_of_ones_own_is_forgotten_with_the_link(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    mallory = await link_with(stage)
    spotify.rate_limit(THIRTEEN_HOURS, quota=True, match=SEARCH)
    await mallory.run("/search lantern")
    await mallory.run("/now")
    await linked.run("/now")
    await round_made(stage)
    assert OWN.encode() in stored(stage)
    assert {brought for brought, _ in spent(stage)} == {True, False}
    kept = {key: calls for key, calls in spent(stage).items() if not key[0]}
    await (await mallory.run("/unlink")).press("Unlink and erase")
    assert OWN.encode() not in stored(stage)
    assert spent(stage) == kept
    await round_made(stage)
    await stage.restart()
    assert OWN.encode() not in stored(stage)
    assert spent(stage) == kept
    await link_with(stage)
    assert "Songs for" in (await mallory.run("/search lantern")).text


async def test_an_app_that_two_people_brought_is_kept_for_the_other(
    stage: Stage, spotify: Spotify
) -> None:
    mallory, linus = await link_with(stage), await link_with(stage, user="linus")
    spotify.rate_limit(THIRTEEN_HOURS, quota=True, match=SEARCH)
    await mallory.run("/search lantern")
    await (await mallory.run("/unlink")).press("Unlink and erase")
    assert "in 14 hours" in (await linus.run("/search lantern")).text
    await (await linus.run("/unlink")).press("Unlink and erase")
    await round_made(stage)
    assert OWN.encode() not in stored(stage)


class LateError(HeldBack):
    """The true answer is lost on its way."""

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        await super().commit(request, handler)
        return web.Response(status=502)


@pytest.mark.parametrize("kind", [HeldBack, LateError], ids=["429", "502"])
async def test_an_answer_that_comes_after_the_end_brings_nothing_back(
    stage: Stage, spotify: Spotify, kind: type[HeldBack]
) -> None:
    mallory = await link_with(stage)
    if kind is HeldBack:
        spotify.rate_limit(THIRTEEN_HOURS, quota=True, match=SEARCH)
    spotify.faults.add(late := kind(SEARCH))
    searching = asyncio.create_task(mallory.run("/search lantern"))
    async with held_back(late.pause) as pause:
        await pause.arrived.wait()
        await (await mallory.run("/unlink")).press("Unlink and erase")
    await searching
    await round_made(stage)
    assert OWN.encode() not in stored(stage)
    assert spent(stage) == {}
    await stage.stop()
    assert OWN.encode() not in stored(stage)


async def test_an_app_that_came_to_no_link_is_forgotten(stage: Stage, spotify: Spotify) -> None:
    """Somebody logs in with it, and never types the code."""
    mallory = stage.discord.seat("mallory")
    spotify.apps[OWN] = App(OWN, allow_list={"mallory"})
    spotify.register(f"{stage.settings.public_url}/callback", client_id=OWN)
    await agree(stage.offer(await mallory.run(f"/link client_id:{OWN}")), "mallory")
    stage.clock.advance(601)
    await round_made(stage)
    await stage.stop()
    assert OWN.encode() not in stored(stage)


# ---- exports have a share


async def test_an_export_that_takes_too_much_is_refused_and_commands_go_on() -> None:
    async with stage(SPOTIFY_DAILY_CALLS="100", OPERATOR_CONTACT="ada@example.org") as it:
        linked = await it.link("ada")
        it.spotify.accounts["ada"].like_many(5_000)
        reply = await linked.run("/export format:csv")
        await reply.until("That takes")
        assert "this app may spend 75 a day on exports. Ask whoever runs this bot" in reply.text
        assert "/setup" in reply.text
        assert not reply.files
        assert len(it.spotify.calls_of("GET", "me/tracks")) == 1
        assert "Saved" in (await linked.run("/save")).text


async def test_exports_stop_at_their_share_until_the_day_is_over() -> None:
    async with stage(SPOTIFY_DAILY_CALLS="100") as it:
        linked = await it.link("ada")
        it.spotify.accounts["ada"].like_many(1_900)
        reply = await linked.run("/export format:csv")
        await reply.until("Here are your")
        asked = len(it.spotify.calls_of("GET", "me/tracks"))
        await it.restart()
        reply = await linked.run("/export format:csv")
        await reply.until("has spent what it may on exports")
        assert reply.text.endswith("Try again in 25 hours.")
        assert len(it.spotify.calls_of("GET", "me/tracks")) == asked + 1
        assert "Saved" in (await linked.run("/save")).text
        assert "Ada's Laptop" in (await linked.run("/now")).text
        it.clock.advance(DAY + HOUR)
        reply = await linked.run("/export format:csv")
        await reply.until("Here are your")


async def test_a_quota_that_ends_in_the_middle_of_an_export_is_said(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["ada"].like_many(1_000)
    spotify.quota(LIKED, calls=5, retry_after=THIRTEEN_HOURS)
    reply = await linked.run("/export format:json")
    await reply.until("has used up what Spotify allows it of this in a day")
    assert "in 14 hours" in reply.text
    assert not reply.files
    asked = len(spotify.calls_of("GET", "me/tracks"))
    assert asked <= 5 + 4
    reply = await linked.run("/export format:json")
    await reply.until("in 14 hours")
    assert len(spotify.calls_of("GET", "me/tracks")) == asked
    assert "Ada's Laptop" in (await linked.run("/now")).text
