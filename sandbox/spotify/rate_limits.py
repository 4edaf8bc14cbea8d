"""When the Web API says 429: on order, or because an app really asks too often."""

from __future__ import annotations

import math
import re
from collections import defaultdict, deque
from dataclasses import dataclass

from sandbox.spotify.error_responses import ApiError, rate_limited

from ..clock import Clock


@dataclass
class _RateLimitRule:
    pattern: str
    retry_after: int
    times: int | None
    quota: bool


@dataclass
class _Quota:
    """`left` calls are answered; the next one begins the wait, which ends at `over`."""

    pattern: str
    remaining: int
    retry_after: float
    ends_at: float | None = None


class RateLimits:
    """`allowance`: how many calls each app may make in how many seconds; None for any number."""

    def __init__(self, clock: Clock) -> None:
        self.allowance: tuple[int, float] | None = None
        self._clock = clock
        self._limits: list[_RateLimitRule] = []
        self._quotas: list[_Quota] = []
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def add_limit(self, pattern: str, retry_after: int, times: int | None, *, quota: bool) -> None:
        """Refuse the next `times` calls (None: all) whose "METHOD /path" has this pattern."""
        self._limits.append(_RateLimitRule(pattern, retry_after, times, quota))

    def add_quota(self, pattern: str, calls: int, retry_after: float) -> None:
        """Let `calls` more such calls pass; from then on refuse them for `retry_after` seconds."""
        self._quotas.append(_Quota(pattern, calls, retry_after))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._limits.clear()
        self._quotas.clear()

    def check(self, client_id: str, method: str, path: str) -> None:
        """Raises Refused where this call is one too many."""
        for order in self._limits:
            if order.times != 0 and re.search(order.pattern, f"{method} {path}"):
                order.times = None if order.times is None else order.times - 1
                raise ApiError(rate_limited(order.retry_after, quota=order.quota))
        for quota in list(self._quotas):
            if re.search(quota.pattern, f"{method} {path}"):
                self._use_quota(quota)
        if self.allowance is not None:
            self._check_window(self._calls[client_id], *self.allowance)

    def _use_quota(self, quota: _Quota) -> None:
        now = self._clock()
        if quota.ends_at is not None and quota.ends_at <= now:
            self._quotas.remove(quota)
        elif quota.remaining > 0:
            quota.remaining -= 1
        else:
            quota.ends_at = quota.ends_at or now + quota.retry_after
            raise ApiError(rate_limited(math.ceil(quota.ends_at - now), quota=True))

    def _check_window(self, calls: deque[float], max_calls: int, seconds: float) -> None:
        now = self._clock()
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= max_calls:
            raise ApiError(rate_limited(math.ceil(calls[0] + seconds - now)))
        calls.append(now)
