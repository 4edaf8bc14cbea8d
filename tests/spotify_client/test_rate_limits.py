"""Rate limits and quotas hold for one client ID, for as long as Spotify says."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import aiohttp
import pytest

from bot.errors.spotify import QuotaExceeded, RateLimited
from bot.spotify.endpoint_groups import GROUPS, Group
from bot.spotify.rate_limiter import RateLimiter
from bot.spotify.uris import Kind
from sandbox.clock import Clock
from sandbox.spotify import App
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.gated_call import run_gated_call
from tests.spotify_client.network import completes_within
from tests.spotify_client.write_cases import track_uri

THIRTEEN_HOURS_S = 46_800

# ---- rate limits


def test_rate_limit_applies_to_one_app(gate: RateLimiter, clock: Clock) -> None:
    run_gated_call(gate, RateLimited(30))
    for group in GROUPS:
        assert gate.acquire("app", group) == pytest.approx(30, abs=0.5)
        assert gate.acquire("other", group) == 0
    clock.advance(29)
    assert 0 < gate.acquire("app", "control") <= 1
    clock.advance(1)
    assert gate.acquire("app", "control") == 0


def test_longest_retry_after_applies(gate: RateLimiter) -> None:
    run_gated_call(gate)
    gate.acquire("app", "search")
    for seconds in (30, 2):
        with suppress(RateLimited), gate.track("app", "search"):
            raise RateLimited(seconds)
    assert gate.acquire("app", "search") > 29


async def test_short_waits_are_slept_and_long_ones_raised(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    ada = make_client("ada", within=8)
    grace = make_client("grace", within=8, transport=make_client.transport)
    fake.add_rate_limit(120)
    for who in (ada, grace, ada):
        with completes_within(0), pytest.raises(RateLimited, match=r"1(20|19) s"):
            await who.profile.me()
    assert len(fake.calls) == 1
    fake.apps["another"] = App("another", allowed_accounts={"ada"})
    other = make_client("ada", app="another", within=8, transport=make_client.transport)
    assert await other.profile.me()


async def test_calls_resume_after_rate_limit(
    fake: FakeSpotify, make_client: ClientFactory, clock: Clock
) -> None:
    fake.add_rate_limit(120)
    with pytest.raises(RateLimited):
        await make_client(within=8).profile.me()
    clock.advance(120)
    await make_client(within=8, transport=make_client.transport).profile.me()


async def read_concurrently(flights: int, calls: int) -> list[tuple[float, float, int]]:
    """The times and results of all calls under a limit of ten a second."""
    told: list[tuple[float, float, int]] = []

    def watch(group: Group, status: int, seconds: float) -> None:
        now = time.perf_counter()
        told.append((now - seconds, now, status))

    async with FakeSpotify(Clock()) as fake, aiohttp.ClientSession() as http:
        spotify = ClientFactory(fake, http, fake.clock)(on_exchange=watch)
        fake.faults.latency = 0.02
        fake.rules.call_allowance = (10, 1.0)
        left = iter(range(calls))

        async def one_after_the_other() -> None:
            for _ in left:
                await spotify.profile.me()

        await asyncio.gather(*(one_after_the_other() for _ in range(flights)))
    return told


async def test_first_rate_limit_stops_further_calls() -> None:
    for told in await asyncio.gather(read_concurrently(4, 38), read_concurrently(16, 38)):
        first = min(answered for _, answered, status in told if status == 429)
        assert [status for sent, _, status in told if sent > first and status != 200] == []
        assert sum(status == 200 for *_, status in told) == 38


# ---- quotas


def test_quota_blocks_one_group_of_one_app(clock: Clock) -> None:
    opened: list[tuple[str, Group, float]] = []
    gate = RateLimiter(
        now=clock, monotonic=clock.monotonic, on_quota_exceeded=lambda *told: opened.append(told)
    )
    run_gated_call(gate, QuotaExceeded(THIRTEEN_HOURS_S))
    until = clock() + THIRTEEN_HOURS_S
    assert [breaker[:2] for breaker in opened] == [("app", "search")]
    assert opened[0][2] == pytest.approx(until, abs=1)
    assert gate.exhausted_quotas("app") == {"search": pytest.approx(opened[0][2], abs=1)}
    for group in GROUPS:
        assert gate.acquire("other", group) == 0
        if group != "search":
            assert gate.acquire("app", group) == 0
    for background in (False, True):
        with pytest.raises(QuotaExceeded) as refused:
            gate.acquire("app", "search", background=background)
        assert refused.value.retry_after == pytest.approx(THIRTEEN_HOURS_S, abs=1)
    clock.advance(THIRTEEN_HOURS_S)
    assert gate.acquire("app", "search") == 0
    assert gate.exhausted_quotas("app") == {}


def test_blocked_group_survives_restart(gate: RateLimiter, clock: Clock) -> None:
    gate.mark_exhausted("app", "control", clock() + 60)
    with pytest.raises(QuotaExceeded):
        gate.acquire("app", "control")
    clock.advance(60)
    assert gate.acquire("app", "control") == 0


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("seconds", [8.0, None])
async def test_long_quota_wait_is_raised_at_once_without_further_calls(
    fake: FakeSpotify, make_client: ClientFactory, clock: Clock, seconds: float | None, named: bool
) -> None:
    """A quota is recognised with and without Spotify's reason."""
    spotify = make_client(within=seconds, background=seconds is None)
    fake.add_rate_limit(THIRTEEN_HOURS_S, times=None, quota=named, pattern="search|queue")
    with completes_within(0):
        for _ in range(3):
            with pytest.raises(QuotaExceeded) as refused:
                await spotify.catalogue.search("lantern", Kind.TRACK)
        with pytest.raises(QuotaExceeded):
            await spotify.player.add_to_queue(track_uri(fake))
    assert "Try again in 13 hours" in refused.value.message
    assert [call.status for call in fake.calls if call.path == "search"] == [429]
    await spotify.player.state()
    fake.rules.clear()
    clock.advance(THIRTEEN_HOURS_S + 1)
    await spotify.with_timeout(8).catalogue.search("lantern", Kind.TRACK)
