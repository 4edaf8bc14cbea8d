"""The pace after a rate limit: halved, climbing, and never a standstill."""

from __future__ import annotations

import pytest

from bot.spotify.throttle import (
    CLIMB_DURATION,
    CLIMB_TIME,
    HOLD_DURATION,
    SAFETY_FACTOR,
    Throttle,
)

RATE = 10 / 1.2  # ten calls, from the first one to the end of the block


def make_throttle() -> Throttle:
    """A throttle that is blocked until 1001.2."""
    throttle = Throttle()
    for number in range(10):
        throttle.on_success(1000 + number * 0.02)
    throttle.on_rate_limited(1000.2, 1000.2, 1)
    return throttle


def pace(throttle: Throttle, now: float) -> float:
    """The pace in calls a second after a call at this time."""
    throttle.on_sent(now)
    return 1 / throttle.delay(now)


def test_pace_halves_and_climbs() -> None:
    throttle = make_throttle()
    assert throttle.delay(1000.3) == pytest.approx(0.9)
    assert pace(throttle, 1001.2) == pytest.approx(RATE / 2)
    assert pace(throttle, 1001.2 + CLIMB_TIME) == pytest.approx(RATE)
    assert pace(throttle, 1001.2 + 2 * CLIMB_TIME) == pytest.approx(1.5 * RATE)
    assert throttle.throttled_until(1002) == pytest.approx(1001.2 + CLIMB_DURATION)
    assert throttle.throttled_until(1001.2 + CLIMB_DURATION) is None


def test_refusal_during_the_climb_holds_the_pace_below_the_limit() -> None:
    throttle = make_throttle()
    throttle.on_rate_limited(1005, 1004.9, 1)
    rate = 10 / 6
    for seconds in (60, HOLD_DURATION):
        assert pace(throttle, 1006 + seconds) == pytest.approx(rate * SAFETY_FACTOR)
    assert pace(throttle, 1006 + HOLD_DURATION + CLIMB_TIME) > rate


def test_rate_limit_on_idle_bot_slows_only_briefly() -> None:
    """Two calls, and later a refusal with a Retry-After of half a minute."""
    throttle = Throttle()
    for at in (1000, 1001):
        throttle.on_success(at)
    throttle.on_rate_limited(1015, 1015, 30)
    assert pace(throttle, 1045) == pytest.approx(0.5)
    assert pace(throttle, 1045 + 3 * CLIMB_TIME) == pytest.approx(2)
