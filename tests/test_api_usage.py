"""What was spent at Spotify is counted, remembered, and forgotten with those who brought an app."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.spotify.limits import DAY, HOUR
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness
from sandbox.spotify import App, Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.login_steps import authorize_login
from tests.user_owned_app import USER_CLIENT_ID, link_with_own_app

RETRY_AFTER_S = 48_925
SEARCH_ENDPOINT = "GET /v1/search$"
LIKED_ENDPOINT = "GET /v1/me/tracks$"


def query_database(it: Harness, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(it.settings.database)) as db:
        return list(db.execute(sql))


def database_bytes(it: Harness) -> bytes:
    """All that stands in the database's files."""
    folder = it.settings.database.parent
    return b"".join(file.read_bytes() for file in sorted(folder.glob("*.sqlite3*")))


def api_usage(it: Harness) -> dict[tuple[bool, str], int]:
    """(app that was brought?, group) → calls of the last 24 hours, as the bot says."""
    assert it.bot is not None
    usage = it.bot.services.quota.report().usage
    return {(used.user_owned, used.group): used.commands + used.background for used in usage}


async def run_maintenance(it: Harness) -> None:
    """A minute is over, and all that was to be written is."""
    assert it.bot is not None
    await it.bot.run_maintenance()


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
            """Another number after each transaction of others."""
            (found,) = db.execute("PRAGMA data_version").fetchone()
            return int(found)

        begun = version()
        spotify.accounts["ada"].player.resume()
        for command in ("/devices", "/search lantern", "/search harbour", "/pause", "/devices"):
            await linked_user.run(command)
        assert version() == begun
        await run_maintenance(harness)
        assert version() != begun
    total = {group: calls for (_, group), calls in api_usage(harness).items()}
    sums = "SELECT endpoints, sum(commands + background) FROM spent GROUP BY endpoints"
    assert dict(query_database(harness, sums)) == total
    assert total["playback"] == 4


async def test_exhausted_quota_is_stored_at_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Not only when the bot stops: it may be killed."""
    spotify.add_quota(SEARCH_ENDPOINT, calls=0, retry_after=RETRY_AFTER_S)
    await linked_user.run("/search lantern")
    assert harness.bot is not None
    await harness.bot.services.store.set_meta(
        "some other write", "which stands in line behind that one"
    )
    ((client_id, group, until),) = query_database(
        harness, "SELECT client_id, endpoints, until FROM exhausted"
    )
    assert (client_id, group) == (spotify.client_id, "search")
    assert until == pytest.approx(harness.clock() + RETRY_AFTER_S, abs=60)


# ---- what is forgotten


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
    assert {brought for brought, _ in api_usage(harness)} == {True, False}
    kept = {key: calls for key, calls in api_usage(harness).items() if not key[0]}
    await (await mallory.run("/unlink")).press("Unlink and erase")
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == kept
    await run_maintenance(harness)
    await harness.restart()
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == kept
    await link_with_own_app(harness)
    assert "Songs for" in (await mallory.run("/search lantern")).text


async def test_app_of_two_users_is_kept_for_the_other(harness: Harness, spotify: Spotify) -> None:
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


class DelayedRateLimit(HeldResponse):
    """The true answer is lost on its way."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        await super().apply(request, handler)
        return web.Response(status=502)


@pytest.mark.parametrize("kind", [HeldResponse, DelayedRateLimit], ids=["429", "502"])
async def test_response_after_unlink_stores_nothing(
    harness: Harness, spotify: Spotify, kind: type[HeldResponse]
) -> None:
    mallory = await link_with_own_app(harness)
    if kind is HeldResponse:
        spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern=SEARCH_ENDPOINT)
    spotify.faults.add(late := kind(SEARCH_ENDPOINT))
    searching = asyncio.create_task(mallory.run("/search lantern"))
    async with released_at_exit(late.hold) as pause:
        await pause.response_ready.wait()
        await (await mallory.run("/unlink")).press("Unlink and erase")
    await searching
    await run_maintenance(harness)
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)
    assert api_usage(harness) == {}
    await harness.stop()
    assert USER_CLIENT_ID.encode() not in database_bytes(harness)


async def test_app_without_completed_link_is_forgotten(harness: Harness, spotify: Spotify) -> None:
    """Somebody logs in with it, and never types the code."""
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


# ---- exports have a share


async def test_oversized_export_is_refused_and_commands_work() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="100", OPERATOR_CONTACT="ada@example.org") as it:
        linked_user = await it.link_account("ada")
        it.spotify.accounts["ada"].like_generated(5_000)
        reply = await linked_user.run("/export format:csv")
        await reply.wait_for("That takes")
        assert "this app may spend 75 a day on exports. Ask whoever runs this bot" in reply.text
        assert "/setup" in reply.text
        assert not reply.files
        assert len(it.spotify.calls_to("GET", "me/tracks")) == 1
        assert "Saved" in (await linked_user.run("/save")).text


async def test_exports_stop_at_daily_share() -> None:
    async with run_harness(SPOTIFY_DAILY_CALLS="100") as it:
        linked_user = await it.link_account("ada")
        it.spotify.accounts["ada"].like_generated(1_900)
        reply = await linked_user.run("/export format:csv")
        await reply.wait_for("Here are your")
        asked = len(it.spotify.calls_to("GET", "me/tracks"))
        await it.restart()
        reply = await linked_user.run("/export format:csv")
        await reply.wait_for("has spent what it may on exports")
        assert reply.text.endswith("Try again in 25 hours.")
        assert len(it.spotify.calls_to("GET", "me/tracks")) == asked + 1
        assert "Saved" in (await linked_user.run("/save")).text
        assert "Ada's Laptop" in (await linked_user.run("/now")).text
        it.clock.advance(DAY + HOUR)
        reply = await linked_user.run("/export format:csv")
        await reply.wait_for("Here are your")


async def test_quota_exhausted_during_export_is_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].like_generated(1_000)
    spotify.add_quota(LIKED_ENDPOINT, calls=5, retry_after=RETRY_AFTER_S)
    reply = await linked_user.run("/export format:json")
    await reply.wait_for("has used up what Spotify allows it of this in a day")
    assert "in 14 hours" in reply.text
    assert not reply.files
    asked = len(spotify.calls_to("GET", "me/tracks"))
    assert asked <= 5 + 4
    reply = await linked_user.run("/export format:json")
    await reply.wait_for("in 14 hours")
    assert len(spotify.calls_to("GET", "me/tracks")) == asked
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
