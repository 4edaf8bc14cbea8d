"""The pace after a rate limit: kept where it teaches something, never a standstill."""

from __future__ import annotations

import pytest

from bot.spotify.pace import Pace


def _taken(pace: Pace, *times: float) -> None:
    for at in times:
        pace.took(at)


def test_calls_keep_the_distance_at_which_they_were_taken() -> None:
    pace = Pace()
    _taken(pace, *(1000 + number * 0.02 for number in range(10)))
    pace.refused(1000.2, 1000.2, 1)
    assert pace.wait(1000.3) == pytest.approx(0.9)
    pace.go(1001.2)
    assert pace.wait(1001.2) == pytest.approx(1.2 / 10 / 0.85)


def test_a_refusal_on_a_quiet_bot_slows_nobody_down_for_long() -> None:
    """Two calls, and a refusal a while later that asks for half a minute."""
    pace = Pace()
    _taken(pace, 1000, 1001)
    pace.refused(1015, 1015, 30)
    pace.go(1045)
    assert pace.wait(1045) == pytest.approx(1)


def test_the_pace_is_forgotten() -> None:
    pace = Pace()
    _taken(pace, 1000)
    pace.refused(1001, 1001, 1)
    assert pace.slow_until(1600) == 1601
    assert pace.slow_until(1601) is None
    pace.go(1601)
    assert pace.wait(1601) <= 0


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    pace = Pace()
    _taken(pace, 10_000)
    pace.refused(10_001, 10_001, 5)
    assert pace.wait(10_001) == 5
    assert pace.wait(6_401) <= 0
    assert pace.slow_until(6_401) is None
