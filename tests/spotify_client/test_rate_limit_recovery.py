"""The pace halves after a rate limit and then climbs; a real limit is met once in each climb."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench.rate_limit import Load, simulate, spurious_refusal
from bot.spotify.throttle import HOLD_DURATION, RATE_LIMIT_WINDOW

HALF_AN_HOUR = 1800


def test_one_spurious_refusal_slows_replies_for_seconds() -> None:
    for per_second in (1, 6, 15):
        for seed in range(3):
            before, after, refused = spurious_refusal(per_second, seed)
            assert after <= 1.5 * before, (per_second, seed)
            assert refused == 0, (per_second, seed)


def check_refusals(load: Load) -> None:
    """One refusal, one in the first climb, and then one after each hold."""
    times = load.refusals()
    assert len(times) <= 4, times
    assert all(later - earlier > HOLD_DURATION for earlier, later in pairwise(times[1:]))


@pytest.mark.parametrize("limit", [36, 180])
def test_export_meets_a_real_limit_once_in_each_climb(limit: int) -> None:
    async def scenario(load: Load) -> None:
        await load.run_export(HALF_AN_HOUR, concurrency=16)
        check_refusals(load)
        assert load.refused == 0
        assert len(load.replies) > 0.8 * HALF_AN_HOUR / RATE_LIMIT_WINDOW * limit

    simulate(scenario, limit)


@pytest.mark.parametrize("limit", [36, 90])
def test_commands_meet_a_real_limit_once_in_each_climb(limit: int) -> None:
    async def scenario(load: Load) -> None:
        await load.run_commands(limit / RATE_LIMIT_WINDOW * 1.2, HALF_AN_HOUR)
        check_refusals(load)

    simulate(scenario, limit)


def test_calls_get_their_turn_in_the_order_in_which_they_came() -> None:
    async def scenario(load: Load) -> None:
        load.transport.refuses_next = True
        await load.run_commands(6, 20)
        began = [began for began, _ in load.replies]
        assert began[5:] == sorted(began[5:]), "the first five were in flight when one was refused"

    simulate(scenario)
