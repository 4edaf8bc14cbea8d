"""When the Web API says 429: on order, or because an app really asks too often."""

from __future__ import annotations

import math
import re
from collections import defaultdict, deque
from dataclasses import dataclass

from ..clock import Clock
from .refusals import Refused, rate_limited


@dataclass
class _Order:
    match: str
    retry_after: int
    times: int | None
    quota: bool


@dataclass
class _Quota:
    """`left` calls are answered; the next one begins the wait, which ends at `over`."""

    match: str
    left: int
    retry_after: float
    over: float | None = None


class Limits:
    """`allowance`: how many calls each app may make in how many seconds; None for any number."""

    def __init__(self, clock: Clock) -> None:
        self.allowance: tuple[int, float] | None = None
        self._clock = clock
        self._orders: list[_Order] = []
        self._quotas: list[_Quota] = []
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def order(self, match: str, retry_after: int, times: int | None, *, quota: bool) -> None:
        """Refuse the next `times` calls (None: all) whose "METHOD /path" has this pattern."""
        self._orders.append(_Order(match, retry_after, times, quota))

    def quota(self, match: str, calls: int, retry_after: float) -> None:
        """Let `calls` more such calls pass; from then on refuse them for `retry_after` seconds."""
        self._quotas.append(_Quota(match, calls, retry_after))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._orders.clear()
        self._quotas.clear()

    def check(self, client_id: str, method: str, path: str) -> None:
        """Raises Refused where this call is one too many."""
        for order in self._orders:
            if order.times != 0 and re.search(order.match, f"{method} {path}"):
                order.times = None if order.times is None else order.times - 1
                raise Refused(rate_limited(order.retry_after, quota=order.quota))
        for quota in list(self._quotas):
            if re.search(quota.match, f"{method} {path}"):
                self._spend(quota)
        if self.allowance is not None:
            self._count(self._calls[client_id], *self.allowance)

    def _spend(self, quota: _Quota) -> None:
        now = self._clock()
        if quota.over is not None and quota.over <= now:
            self._quotas.remove(quota)
        elif quota.left > 0:
            quota.left -= 1
        else:
            quota.over = quota.over or now + quota.retry_after
            raise Refused(rate_limited(math.ceil(quota.over - now), quota=True))

    def _count(self, calls: deque[float], most: int, seconds: float) -> None:
        now = self._clock()
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            raise Refused(rate_limited(math.ceil(calls[0] + seconds - now)))
        calls.append(now)
