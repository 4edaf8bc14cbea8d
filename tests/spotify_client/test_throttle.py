"""The pace after a rate limit: kept where it teaches something, never a standstill."""

from __future__ import annotations

import pytest

from bot.spotify.throttle import Throttle


def _accept_calls(pace: Throttle, *times: float) -> None:
    for at in times:
        pace.on_success(at)


def test_calls_keep_the_accepted_interval() -> None:
    pace = Throttle()
    _accept_calls(pace, *(1000 + number * 0.02 for number in range(10)))
    pace.on_rate_limited(1000.2, 1000.2, 1)
    assert pace.delay(1000.3) == pytest.approx(0.9)
    pace.on_sent(1001.2)
    assert pace.delay(1001.2) == pytest.approx(1.2 / 10 / 0.85)


def test_rate_limit_on_idle_bot_slows_only_briefly() -> None:
    """Two calls, and a refusal a while later that asks for half a minute."""
    pace = Throttle()
    _accept_calls(pace, 1000, 1001)
    pace.on_rate_limited(1015, 1015, 30)
    pace.on_sent(1045)
    assert pace.delay(1045) == pytest.approx(1)


def test_throttle_expires() -> None:
    pace = Throttle()
    _accept_calls(pace, 1000)
    pace.on_rate_limited(1001, 1001, 1)
    assert pace.throttled_until(1600) == 1601
    assert pace.throttled_until(1601) is None
    pace.on_sent(1601)
    assert pace.delay(1601) <= 0
