"""Calls are counted per day; background work has a share of them and yields to commands."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress

import pytest

from bot.errors.spotify import (
    BackgroundBudgetExceeded,
    NotFound,
    QuotaExceeded,
    RateLimited,
    SpotifyDown,
)
from bot.spotify.endpoint_groups import Group
from bot.spotify.rate_limiter import DAY, HOUR, RateLimiter
from sandbox.clock import Clock
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.gated_call import run_gated_call

# ---- what was spent


def test_background_work_has_a_share_of_the_budget(gate: RateLimiter) -> None:
    assert gate.background_limit == 6
    for _ in range(6):
        assert gate.acquire("app", "library", background=True) == 0
    with pytest.raises(BackgroundBudgetExceeded) as spent:
        gate.acquire("app", "library", background=True)
    assert spent.value.retry_after == pytest.approx(DAY + HOUR, abs=1)
    for _ in range(20):
        assert gate.acquire("app", "library") == 0
    assert gate.acquire("app", "search", background=True) == 0
    assert gate.acquire("other", "library", background=True) == 0
    assert gate.calls_last_day("app", "library") == (20, 6)


async def test_background_work_over_budget_makes_no_calls(
    fake: FakeSpotify, make_client: ClientFactory, clock: Clock
) -> None:
    work = make_client(
        background=True, gate=RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=2)
    )
    await work.profile.me()
    with pytest.raises(BackgroundBudgetExceeded):
        await work.profile.me()
    assert len(fake.calls) == 1
    await make_client(transport=make_client.transport).profile.me()


def test_command_calls_reduce_background_budget(gate: RateLimiter) -> None:
    for _ in range(5):
        run_gated_call(gate, group="library")
    assert gate.available("app", "library") == 3
    gate.reserve("app", "library", 3)
    gate.release("app", "library", 3)
    with pytest.raises(BackgroundBudgetExceeded):
        gate.reserve("app", "library", 4)


def test_unaffordable_work_reports_retry_time(gate: RateLimiter, clock: Clock) -> None:
    for _ in range(4):
        gate.acquire("app", "library", background=True)
        clock.advance(HOUR)
    gate.reserve("app", "library", 2)
    gate.release("app", "library", 2)
    with pytest.raises(BackgroundBudgetExceeded) as spent:
        gate.reserve("app", "library", 4)
    # the calls of the first two hours have to be out of the window
    assert spent.value.retry_after == pytest.approx(DAY - 2 * HOUR, abs=1)
    clock.advance(spent.value.retry_after - 60)
    with pytest.raises(BackgroundBudgetExceeded):
        gate.reserve("app", "library", 4)
    clock.advance(61)
    gate.reserve("app", "library", 4)


def test_reserved_calls_are_not_reserved_twice(gate: RateLimiter) -> None:
    gate.reserve("app", "library", 4)
    with pytest.raises(BackgroundBudgetExceeded):
        gate.reserve("app", "library", 3)
    for _ in range(4):
        assert gate.acquire("app", "library", background=True) == 0
    assert gate.available("app", "library") == 2
    gate.reserve("app", "library", 2)
    gate.release("app", "library", 2)
    assert gate.available("app", "library") == 2


def test_never_affordable_work_is_reported(gate: RateLimiter) -> None:
    with pytest.raises(BackgroundBudgetExceeded) as spent:
        gate.reserve("app", "library", 7)
    assert math.isinf(spent.value.retry_after)
    assert "takes 7 requests" in spent.value.message


def test_daily_budget_is_counted_by_hour(gate: RateLimiter, clock: Clock) -> None:
    clock.advance(HOUR - 1)
    run_gated_call(gate)
    clock.advance(2)
    run_gated_call(gate)
    clock.advance(DAY - 2)
    assert gate.calls_last_day("app", "search") == (2, 0)
    clock.advance(1)
    assert gate.calls_last_day("app", "search") == (1, 0)
    clock.advance(HOUR)
    assert gate.calls_last_day("app", "search") == (0, 0)
    assert gate.hourly_calls() == []


def test_hourly_counts_survive_restart(gate: RateLimiter, clock: Clock) -> None:
    groups: tuple[Group, ...] = ("search", "control")
    for passed in range(3):
        for group in groups[: passed + 1]:
            run_gated_call(gate, group=group)
            gate.acquire("other", group, background=True)
        clock.advance(HOUR)
    again = RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=8)
    for hour in gate.hourly_calls():
        again.restore(hour)
    assert set(again.hourly_calls()) == set(gate.hourly_calls())
    assert len(again.hourly_calls()) == 10
    for app in ("app", "other"):
        assert again.calls_last_day(app, "search") == gate.calls_last_day(app, "search")
        assert again.available(app, "control") == gate.available(app, "control")


def test_forgotten_app_leaves_no_counts(gate: RateLimiter) -> None:
    run_gated_call(gate, QuotaExceeded(60))
    run_gated_call(gate, app="other")
    gate.forget_client("app")
    assert gate.client_ids == ["other"]
    assert [hour.client_id for hour in gate.hourly_calls()] == ["other"]
    assert gate.acquire("app", "search") == 0


# ---- commands first


def test_background_work_yields_to_commands_of_same_app(gate: RateLimiter) -> None:
    with gate.track("app", "search"):
        assert 0 < gate.acquire("app", "library", background=True) < 1
        assert gate.acquire("other", "library", background=True) == 0
        assert gate.acquire("app", "library") == 0
    assert gate.acquire("app", "library", background=True) == 0


@pytest.mark.parametrize("fault", [SpotifyDown(), NotFound(), QuotaExceeded(9), ValueError()])
def test_failed_command_no_longer_blocks_background_work(
    gate: RateLimiter, fault: Exception
) -> None:
    with suppress(Exception), gate.track("app", "search"):
        raise fault
    assert gate.acquire("app", "library", background=True) == 0


def test_background_work_yields_to_waiting_commands(gate: RateLimiter, clock: Clock) -> None:
    run_gated_call(gate, RateLimited(3))
    assert gate.acquire("app", "search") > 0
    clock.advance(3)
    assert gate.acquire("app", "library", background=True) > 0
    assert gate.acquire("app", "search") == 0


def test_background_work_does_not_starve(gate: RateLimiter, clock: Clock) -> None:
    with gate.track("app", "search"):
        for _ in range(3):
            assert gate.acquire("app", "library", background=True) > 0
            clock.advance(4.9)
            assert gate.acquire("app", "library", background=True) > 0
            clock.advance(0.2)
            assert gate.acquire("app", "library", background=True) == 0


async def test_background_work_resumes_after_command(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    command = make_client("ada", within=8)
    work = make_client("ada", background=True, transport=make_client.transport)
    fake.faults.latency = 0.2
    first = asyncio.create_task(command.player.state())
    await asyncio.wait([first], timeout=0.05)
    await asyncio.gather(first, work.profile.me())
    assert [call.path for call in fake.calls] == ["me/player", "me"]
