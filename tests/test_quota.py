"""Quotas and limits as a person meets them: said at once, remembered, and never in others' way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.own_apps import link_with

THIRTEEN_HOURS = 48_925
SEARCH = "GET /v1/search$"


@contextmanager
def at_once() -> Iterator[None]:
    began = perf_counter()
    yield
    assert perf_counter() - began < 3


# ---- thirteen hours


@pytest.mark.parametrize("reason", [True, False], ids=["with a reason", "without"])
async def test_a_used_up_quota_is_said_at_once_and_the_rest_goes_on(
    spotify: Spotify, linked: Seat, reason: bool
) -> None:
    spotify.rate_limit(THIRTEEN_HOURS, quota=reason, match=SEARCH)
    for command in ("/search lantern", "/search harbour", "/play lantern", "/search lantern"):
        with at_once():
            said = (await linked.run(command)).text
        assert said == (
            "This app has used up what Spotify allows it of this in a day. Try again in 14 hours; "
            "other commands may still work."
        )
    assert len(spotify.calls_of("GET", "search")) == 1
    spotify.accounts["ada"].player.resume()
    assert "Paused" in (await linked.run("/pause")).text
    assert "Ada's Laptop" in (await linked.run("/now")).text
    track = spotify.catalogue.stock[3]
    assert "Playing" in (await linked.run(f"/play {track.uri}")).text


async def test_it_is_remembered_over_restarts_until_its_time_is_over(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.quota(SEARCH, calls=0, retry_after=THIRTEEN_HOURS)
    assert "in 14 hours" in (await linked.run("/search lantern")).text
    await stage.restart()
    assert "in 14 hours" in (await linked.run("/search lantern")).text
    stage.clock.advance(40_000)
    assert "in 3 hours" in (await linked.run("/search lantern")).text
    await stage.restart()
    assert "in 3 hours" in (await linked.run("/search lantern")).text
    stage.clock.advance(8_000)
    assert "in 16 minutes" in (await linked.run("/search lantern")).text
    assert len(spotify.calls_of("GET", "search")) == 1
    stage.clock.advance(925)
    assert "Songs for" in (await linked.run("/search lantern")).text
    await stage.restart()
    assert "Songs for" in (await linked.run("/search lantern")).text


async def test_one_quota_closes_its_own_kind_of_calls_alone(spotify: Spotify, linked: Seat) -> None:
    spotify.quota("PUT|POST", calls=0, retry_after=THIRTEEN_HOURS)
    assert "in 14 hours" in (await linked.run("/next")).text
    assert "in 14 hours" in (await linked.run("/pause")).text
    assert len([call for call in spotify.calls if call.method != "GET"]) == 1
    assert "Ada's Laptop" in (await linked.run("/now")).text
    assert "Songs for" in (await linked.run("/search lantern")).text


# ---- each app for itself


async def test_an_app_of_ones_own_has_a_quota_of_its_own(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    mallory = await link_with(stage)
    spotify.rate_limit(THIRTEEN_HOURS, quota=True, match=SEARCH)
    assert "in 14 hours" in (await linked.run("/search lantern")).text
    assert "Songs for" in (await mallory.run("/search lantern")).text
    spotify.rate_limit(THIRTEEN_HOURS, quota=True, match="GET /v1/me/player$")
    assert "in 14 hours" in (await mallory.run("/now")).text
    assert "Ada's Laptop" in (await linked.run("/now")).text
    await stage.restart()
    assert "in 14 hours" in (await linked.run("/search harbour")).text
    assert "Songs for" in (await mallory.run("/search harbour")).text
    assert "in 14 hours" in (await mallory.run("/now")).text
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_short_rate_limit_is_sat_out_by_all_on_the_app(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    grace, mallory = await stage.link("grace"), await link_with(stage)
    for seat in (linked, grace, mallory):
        await seat.run("/now")
    before = len(spotify.recording.exchanges)
    spotify.rate_limit(1, match="GET /v1/me/player$")
    first = asyncio.create_task(linked.run("/now"))
    await spotify.changes.until(lambda: spotify.calls[-1].status == 429)
    assert "Nothing is playing" in (await mallory.run("/now")).text
    replies = await asyncio.gather(first, grace.run("/now"), linked.run("/search lantern"))
    assert "Ada's Laptop" in replies[0].text
    assert "Nothing is playing" in replies[1].text
    assert "Songs for" in replies[2].text
    refused, others, *later = list(spotify.recording.exchanges)[before:]
    assert (refused.status, others.status) == (429, 204)
    assert [one.status for one in later] == [200] * 3
    assert all(one.at - refused.at > 0.95 for one in later)


async def test_a_longer_rate_limit_is_said_to_all_on_the_app(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    grace, mallory = await stage.link("grace"), await link_with(stage)
    before = len(spotify.calls)
    spotify.rate_limit(90)
    with at_once():
        said = (await linked.run("/search lantern")).text
    assert said == "Spotify is getting too many requests from this app. Try again in 2 minutes."
    for command in ("/now", "/pause", "/search lantern"):
        with at_once():
            assert "Try again in 2 minutes" in (await grace.run(command)).text
    assert len(spotify.calls) == before + 1
    assert "Songs for" in (await mallory.run("/search lantern")).text
    stage.clock.advance(90)
    assert "Songs for" in (await linked.run("/search lantern")).text
