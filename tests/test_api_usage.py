"""API usage is counted, stored and erased with a user's own app; exports have a budget."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.spotify.rate_limiter import DAY, HOUR
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness
from sandbox.spotify import App, Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.login_steps import authorize_login
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app

RETRY_AFTER_S = 48_925
SEARCH_ENDPOINT = "GET /v1/search$"
LIKED_ENDPOINT = "GET /v1/me/tracks$"


def query_database(harness: Harness, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(harness.settings.database)) as db:
        return list(db.execute(sql))


def database_bytes(harness: Harness) -> bytes:
    """The contents of all files of the database."""
    folder = harness.settings.database.parent
    return b"".join(file.read_bytes() for file in sorted(folder.glob("*.sqlite3*")))


def api_usage(harness: Harness) -> dict[tuple[bool, str], int]:
    """(user-owned app?, endpoint group) → calls of the last 24 hours, as the bot reports them."""
    assert harness.bot is not None
    usage = harness.bot.services.quota.report().usage
    return {(row.user_owned, row.group): row.commands + row.background for row in usage}


async def run_maintenance(harness: Harness) -> None:
    """Run the bot's periodic task, which writes the counts."""
    assert harness.bot is not None
    await harness.bot.run_maintenance()


async def test_usage_survives_restarts(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    for _ in range(3):
        await linked_user.run("/devices")
    await linked_user.run("/search lantern")
    before = api_usage(harness)
    assert before[False, "playback"] == 3
    assert before[False, "search"] == 1
    await harness.restart()
    assert api_usage(harness) == before
    await linked_user.run("/devices")
    await harness.restart()
    assert api_usage(harness) == before | {(False, "playback"): 4}
    harness.clock.advance(DAY + HOUR)
    assert api_usage(harness) == {}
    await run_maintenance(harness)
    assert query_database(harness, "SELECT * FROM spent") == []


async def test_calls_are_counted_without_a_write_each(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/devices")
    await run_maintenance(harness)
    with closing(sqlite3.connect(harness.settings.database)) as db:

        def version() -> int:
            """A number that changes with each transaction of another connection."""
            (number,) = db.execute("PRAGMA data_version").fetchone()
            return int(number)

        before = version()
        spotify.accounts["ada"].player.resume()
        for command in ("/devices", "/search lantern", "/search harbour", "/pause", "/devices"):
            await linked_user.run(command)
        assert version() == before
        await run_maintenance(harness)
        assert version() != before
    total = {group: calls for (_, group), calls in api_usage(harness).items()}
    totals = "SELECT endpoints, sum(commands + background) FROM spent GROUP BY endpoints"
    assert dict(query_database(harness, totals)) == total
    assert total["playback"] == 4


async def test_exhausted_quota_is_stored_at_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """The bot may be killed, so it does not wait for its shutdown to write this."""
    spotify.add_quota(SEARCH_ENDPOINT, calls=0, retry_after=RETRY_AFTER_S)
    await linked_user.run("/search lantern")
    assert harness.bot is not None
    await harness.bot.services.store.set_meta("some other write", "queued behind the first")
    ((client_id, group, until),) = query_database(
        harness, "SELECT client_id, endpoints, until FROM exhausted"
    )
    assert (client_id, group) == (spotify.client_id, "search")
    assert until == pytest.approx(harness.clock() + RETRY_AFTER_S, abs=60)


# ---- erasure


async def test_user_owned_app_is_forgotten_on_unlink(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    mallory = await link_with_own_app(harness)
    spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern=SEARCH_ENDPOINT)
    await mallory.run("/search lantern")
    await mallory.run("/now")
    await linked_user.run("/now")
    await run_maintenance(harness)
    assert USER_CLIENT_ID.encode() in database_bytes(harness)
    assert {user_owned for user_owned, _ in api_usage(harness)} == {True, False}
    remaining = {key: calls for key, calls in api_usage(harness).items() if not key[0]}
    await (await mallory.run("/unlink")).press("Unlink and erase")
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == remaining
    await run_maintenance(harness)
    await harness.restart()
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == remaining
    await link_with_own_app(harness)
    assert "Songs for" in (await mallory.run("/search lantern")).text


async def test_app_of_two_users_is_kept_until_both_unlink(
    harness: Harness, spotify: Spotify
) -> None:
    mallory, linus = (
        await link_with_own_app(harness),
        await link_with_own_app(harness, user="linus"),
    )
    spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern=SEARCH_ENDPOINT)
    await mallory.run("/search lantern")
    await (await mallory.run("/unlink")).press("Unlink and erase")
    assert "in 14 hours" in (await linus.run("/search lantern")).text
    await (await linus.run("/unlink")).press("Unlink and erase")
    await run_maintenance(harness)
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)


class DelayedServerError(HeldResponse):
    """A held response that becomes a 502 when it is released."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        await super().apply(request, handler)
        return web.Response(status=502)


@pytest.mark.parametrize("kind", [HeldResponse, DelayedServerError], ids=["429", "502"])
async def test_response_after_unlink_stores_nothing(
    harness: Harness, spotify: Spotify, kind: type[HeldResponse]
) -> None:
    mallory = await link_with_own_app(harness)
    if kind is HeldResponse:
        spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern=SEARCH_ENDPOINT)
    spotify.faults.add(held := kind(SEARCH_ENDPOINT))
    searching = asyncio.create_task(mallory.run("/search lantern"))
    async with released_at_exit(held.hold) as hold:
        await hold.response_ready.wait()
        await (await mallory.run("/unlink")).press("Unlink and erase")
    await searching
    await run_maintenance(harness)
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == {}
    await harness.stop()
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)


async def test_app_without_completed_link_is_forgotten(harness: Harness, spotify: Spotify) -> None:
    """A user who logs in with their app but never enters the code leaves no trace of it."""
    mallory = harness.discord.user_client("mallory")
    spotify.apps[USER_CLIENT_ID] = App(USER_CLIENT_ID, allowed_accounts={"mallory"})
    spotify.register_redirect_uri(
        f"{harness.settings.public_url}/callback", client_id=USER_CLIENT_ID
    )
    await authorize_login(
        harness.find_login_offer(await mallory.run(f"/link client_id:{USER_CLIENT_ID}")), "mallory"
    )
    harness.clock.advance(601)
    await run_maintenance(harness)
    await harness.stop()
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)


# ---- the budget of exports


async def test_exports_stop_at_daily_share() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="100") as harness:
        linked_user = await harness.link_account("ada")
        harness.spotify.accounts["ada"].like_generated(1_900)
        reply = await linked_user.run("/export what:liked-songs format:csv")
        await reply.wait_for("Here are your")
        pages = len(harness.spotify.calls_to("GET", "me/tracks"))
        await harness.restart()
        reply = await linked_user.run("/export what:liked-songs format:csv")
        await reply.wait_for("I’ll go on by myself")
        assert pages < len(harness.spotify.calls_to("GET", "me/tracks")) <= 75
        assert "Added" in (await linked_user.run("/save")).text
        assert "Ada's Laptop" in (await linked_user.run("/now")).text
        harness.clock.advance(DAY + HOUR)
        await harness.discord.user_client("ada", "dm").wait_for_message("Here are your")


async def test_quota_exhausted_during_export_is_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(1_000)
    spotify.add_quota(LIKED_ENDPOINT, calls=5, retry_after=RETRY_AFTER_S)
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("I’ll go on by myself")
    assert not reply.files
    pages = len(spotify.calls_to("GET", "me/tracks"))
    assert pages <= 5 + 4, "the quota, and the requests that were already in flight"
    reply = await linked_user.run("/export what:liked-songs format:json")
    await reply.wait_for("I’ll go on by myself")
    assert len(spotify.calls_to("GET", "me/tracks")) == pages
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
