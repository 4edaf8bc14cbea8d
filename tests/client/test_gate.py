"""Rate limits and quotas hold for one client id, for so long as Spotify says, and no call more."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import aiohttp
import pytest

from bot.errors import QuotaExceeded, TooManyCalls
from bot.spotify.endpoints import GROUPS, Group
from bot.spotify.gate import Gate
from sandbox.clock import Clock
from sandbox.spotify import App
from sandbox.spotify import Spotify as Pretend

from .clients import Clients
from .passing import call
from .wire import within
from .writes import song

THIRTEEN_HOURS = 46_800

# ---- rate limits


def test_a_rate_limit_makes_a_whole_app_wait_and_no_other(gate: Gate, clock: Clock) -> None:
    call(gate, TooManyCalls(30))
    for group in GROUPS:
        assert gate.admit("app", group) == pytest.approx(30, abs=0.5)
        assert gate.admit("other", group) == 0
    clock.advance(29)
    assert 0 < gate.admit("app", "control") <= 1
    clock.advance(1)
    assert gate.admit("app", "control") == 0


def test_the_longest_wait_holds(gate: Gate) -> None:
    call(gate)
    gate.admit("app", "search")
    for seconds in (30, 2):
        with suppress(TooManyCalls), gate.passing("app", "search"):
            raise TooManyCalls(seconds)
    assert gate.admit("app", "search") > 29


async def test_short_waits_are_waited_and_long_ones_said(pretend: Pretend, client: Clients) -> None:
    ada = client("ada", within=8)
    grace = client("grace", within=8, transport=client.transport)
    pretend.rate_limit(120)
    for who in (ada, grace, ada):
        with within(0), pytest.raises(TooManyCalls, match=r"1(20|19) s"):
            await who.profile.me()
    assert len(pretend.calls) == 1
    pretend.apps["another"] = App("another", allow_list={"ada"})
    other = client("ada", app="another", within=8, transport=client.transport)
    assert await other.profile.me()


async def test_when_it_is_over_all_goes_on(pretend: Pretend, client: Clients, clock: Clock) -> None:
    pretend.rate_limit(120)
    with pytest.raises(TooManyCalls):
        await client(within=8).profile.me()
    clock.advance(120)
    await client(within=8, transport=client.transport).profile.me()


async def reading(flights: int, calls: int) -> list[tuple[float, float, int]]:
    """When each call was sent and answered, and how, under ten a second."""
    told: list[tuple[float, float, int]] = []

    def watch(group: Group, status: int, seconds: float) -> None:
        now = time.perf_counter()
        told.append((now - seconds, now, status))

    async with Pretend(Clock()) as pretend, aiohttp.ClientSession() as http:
        spotify = Clients(pretend, http, pretend.clock)(watch=watch)
        pretend.faults.latency = 0.02
        pretend.allowance = (10, 1.0)
        left = iter(range(calls))

        async def one_after_the_other() -> None:
            for _ in left:
                await spotify.profile.me()

        await asyncio.gather(*(one_after_the_other() for _ in range(flights)))
    return told


async def test_after_the_first_refusal_no_other_is_provoked() -> None:
    for told in await asyncio.gather(reading(4, 38), reading(16, 38)):
        first = min(answered for _, answered, status in told if status == 429)
        assert [status for sent, _, status in told if sent > first and status != 200] == []
        assert sum(status == 200 for *_, status in told) == 38


# ---- quotas


def test_a_quota_closes_one_group_of_one_app(clock: Clock) -> None:
    opened: list[tuple[str, Group, float]] = []
    gate = Gate(clock, opened=lambda *told: opened.append(told))
    call(gate, QuotaExceeded(THIRTEEN_HOURS))
    until = clock() + THIRTEEN_HOURS
    assert [one[:2] for one in opened] == [("app", "search")]
    assert opened[0][2] == pytest.approx(until, abs=1)
    assert gate.closed("app") == {"search": opened[0][2]}
    for group in GROUPS:
        assert gate.admit("other", group) == 0
        if group != "search":
            assert gate.admit("app", group) == 0
    for background in (False, True):
        with pytest.raises(QuotaExceeded) as refused:
            gate.admit("app", "search", background=background)
        assert refused.value.retry_after == pytest.approx(THIRTEEN_HOURS, abs=1)
    clock.advance(THIRTEEN_HOURS)
    assert gate.admit("app", "search") == 0
    assert gate.closed("app") == {}


def test_a_closed_group_stays_closed_over_a_restart(gate: Gate, clock: Clock) -> None:
    gate.close("app", "control", clock() + 60)
    with pytest.raises(QuotaExceeded):
        gate.admit("app", "control")
    clock.advance(60)
    assert gate.admit("app", "control") == 0


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("seconds", [8.0, None])
async def test_thirteen_hours_are_said_at_once_and_nobody_is_asked_again(
    pretend: Pretend, client: Clients, clock: Clock, seconds: float | None, named: bool
) -> None:
    """A quota is one, whether Spotify gives its reason or not."""
    spotify = client(within=seconds, background=seconds is None)
    pretend.rate_limit(THIRTEEN_HOURS, times=None, quota=named, match="search|queue")
    with within(0):
        for _ in range(3):
            with pytest.raises(QuotaExceeded) as refused:
                await spotify.catalogue.search("lantern", "track")
        with pytest.raises(QuotaExceeded):
            await spotify.player.queue(song(pretend))
    assert "Try again in 13 hours;" in refused.value.says
    assert [one.status for one in pretend.calls if one.path == "search"] == [429]
    await spotify.player.state()
    pretend.end_rate_limits()
    clock.advance(THIRTEEN_HOURS + 1)
    await spotify.anew(8).catalogue.search("lantern", "track")
