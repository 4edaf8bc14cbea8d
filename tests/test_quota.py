"""Exhausted quotas and rate limits: replies, persistence, and which calls they block."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.user_owned_app import link_with_own_app

RETRY_AFTER_S = 48_925
SEARCH_ENDPOINT = "GET /v1/search$"


@contextmanager
def assert_prompt() -> Iterator[None]:
    """The block takes less than three seconds, so it does not wait for the limit."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    yield
    assert loop.time() - start < 3


# ---- a quota that is exhausted for thirteen hours


@pytest.mark.parametrize("reason", [True, False], ids=["with a reason", "without"])
async def test_exhausted_quota_is_reported_and_other_calls_work(
    spotify: Spotify, linked_user: UserClient, reason: bool
) -> None:
    spotify.add_rate_limit(RETRY_AFTER_S, quota=reason, pattern=SEARCH_ENDPOINT)
    for command in ("/search lantern", "/search harbour", "/play lantern", "/search lantern"):
        with assert_prompt():
            text = (await linked_user.run(command)).text
        assert text == (
            "This bot has used up its daily limit with Spotify for this kind of request. Try again "
            "in 14 hours. Other commands may still work."
        )
    assert len(spotify.calls_to("GET", "search")) == 1
    spotify.accounts["ada"].player.resume()
    assert "Paused" in (await linked_user.run("/pause")).text
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    track = spotify.catalogue.regular_tracks[3]
    assert "Playing" in (await linked_user.run(f"/play {track.uri}")).text


async def test_exhausted_quota_persists_over_restarts_until_it_ends(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_quota(SEARCH_ENDPOINT, calls=0, retry_after=RETRY_AFTER_S)
    assert "in 14 hours" in (await linked_user.run("/search lantern")).text
    await harness.restart()
    assert "in 14 hours" in (await linked_user.run("/search lantern")).text
    harness.clock.advance(40_000)
    assert "in 3 hours" in (await linked_user.run("/search lantern")).text
    await harness.restart()
    assert "in 3 hours" in (await linked_user.run("/search lantern")).text
    harness.clock.advance(8_000)
    assert "in 16 minutes" in (await linked_user.run("/search lantern")).text
    assert len(spotify.calls_to("GET", "search")) == 1
    harness.clock.advance(925)
    assert "Songs for" in (await linked_user.run("/search lantern")).text
    await harness.restart()
    assert "Songs for" in (await linked_user.run("/search lantern")).text


async def test_quota_blocks_only_its_endpoint_group(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_quota("PUT|POST", calls=0, retry_after=RETRY_AFTER_S)
    assert "in 14 hours" in (await linked_user.run("/next")).text
    assert "in 14 hours" in (await linked_user.run("/pause")).text
    assert len([call for call in spotify.calls if call.method != "GET"]) == 1
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert "Songs for" in (await linked_user.run("/search lantern")).text


# ---- each app has its own limits


async def test_user_owned_app_has_separate_quota(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    mallory = await link_with_own_app(harness)
    spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern=SEARCH_ENDPOINT)
    assert "in 14 hours" in (await linked_user.run("/search lantern")).text
    assert "Songs for" in (await mallory.run("/search lantern")).text
    spotify.add_rate_limit(RETRY_AFTER_S, quota=True, pattern="GET /v1/me/player$")
    assert "in 14 hours" in (await mallory.run("/now")).text
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    await harness.restart()
    assert "in 14 hours" in (await linked_user.run("/search harbour")).text
    assert "Songs for" in (await mallory.run("/search harbour")).text
    assert "in 14 hours" in (await mallory.run("/now")).text
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_short_rate_limit_delays_all_users_of_app(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace, mallory = await harness.link_account("grace"), await link_with_own_app(harness)
    for user in (linked_user, grace, mallory):
        await user.run("/now")
    before = len(spotify.traffic.exchanges)
    spotify.add_rate_limit(1, pattern="GET /v1/me/player$")
    first = asyncio.create_task(linked_user.run("/now"))
    await spotify.changes.wait_until(lambda: spotify.calls[-1].status == 429)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    replies = await asyncio.gather(first, grace.run("/now"), linked_user.run("/search lantern"))
    assert "Ada's Laptop" in replies[0].text
    assert "Nothing is playing" in replies[1].text
    assert "Songs for" in replies[2].text
    refused, other_app, *later = list(spotify.traffic.exchanges)[before:]
    assert (refused.status, other_app.status) == (429, 204)
    assert [exchange.status for exchange in later] == [200] * 4  # the list asks for its hearts, too
    assert all(exchange.sent_at - refused.sent_at > 0.95 for exchange in later)


async def test_long_rate_limit_is_reported_to_all_users_of_app(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace, mallory = await harness.link_account("grace"), await link_with_own_app(harness)
    before = len(spotify.calls)
    spotify.add_rate_limit(90)
    with assert_prompt():
        text = (await linked_user.run("/search lantern")).text
    assert text == "Too many requests to Spotify. Try again in 2 minutes."
    for command in ("/now", "/pause", "/search lantern"):
        with assert_prompt():
            assert "Try again in 2 minutes" in (await grace.run(command)).text
    assert len(spotify.calls) == before + 1
    assert "Songs for" in (await mallory.run("/search lantern")).text
    harness.clock.advance(90)
    assert "Songs for" in (await linked_user.run("/search lantern")).text
