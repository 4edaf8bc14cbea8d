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


class Limits:
    """`allowance`: how many calls each app may make in how many seconds; None for any number."""

    def __init__(self, clock: Clock) -> None:
        self.allowance: tuple[int, float] | None = None
        self._clock = clock
        self._orders: list[_Order] = []
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def order(self, match: str, retry_after: int, times: int | None, *, quota: bool) -> None:
        """Refuse the next `times` calls (None: all) whose "METHOD /path" has this pattern."""
        self._orders.append(_Order(match, retry_after, times, quota))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._orders.clear()

    def check(self, client_id: str, method: str, path: str) -> None:
        """Raises Refused where this call is one too many."""
        for order in self._orders:
            if order.times != 0 and re.search(order.match, f"{method} {path}"):
                order.times = None if order.times is None else order.times - 1
                raise Refused(rate_limited(order.retry_after, quota=order.quota))
        if self.allowance is not None:
            self._count(self._calls[client_id], *self.allowance)

    def _count(self, calls: deque[float], most: int, seconds: float) -> None:
        now = self._clock()
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            raise Refused(rate_limited(math.ceil(calls[0] + seconds - now)))
        calls.append(now)
