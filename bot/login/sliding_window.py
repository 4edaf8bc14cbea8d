"""A rate limit for each of many keys: a maximum of events within a sliding window."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

# Beyond this, the key that was used least recently is forgotten.
_MAX_KEYS = 10_000


class SlidingWindow(Generic[K]):
    """Allows `limit` events of each key within `seconds`."""

    def __init__(self, limit: int, seconds: float, *, monotonic: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        self._monotonic = monotonic
        self._events: OrderedDict[K, deque[float]] = OrderedDict()

    def allow(self, key: K) -> bool:
        """Whether another event of `key` is allowed. Counts the event if it is."""
        now = self._monotonic()
        times = self._events.setdefault(key, deque(maxlen=self._limit))
        self._events.move_to_end(key)
        if len(self._events) > _MAX_KEYS:
            self._events.popitem(last=False)
        if len(times) == self._limit and times[0] > now - self._seconds:
            return False
        times.append(now)
        return True

    def expire(self) -> None:
        """Forget the keys without an event within the window."""
        start = self._monotonic() - self._seconds
        for key in [key for key, times in self._events.items() if times[-1] <= start]:
            del self._events[key]
