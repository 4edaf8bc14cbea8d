"""A real-time clock that tests can advance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress


class Clock:
    """A call returns the time of day in seconds since 1970; `monotonic` returns seconds.

    `advance` moves both forward, and `step` sets the time of day alone. The `listeners` are called
    after each of them, so that waiting tasks wake at once.
    """

    def __init__(self, start: float | None = None) -> None:
        self._epoch = time.time() if start is None else start
        self._started_at = time.monotonic()
        self._advanced = 0.0
        self.listeners: list[Callable[[], None]] = []

    def __call__(self) -> float:
        return self._epoch + self.monotonic()

    def monotonic(self) -> float:
        """Seconds since the clock was made; they never go back."""
        return time.monotonic() - self._started_at + self._advanced

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not go back")
        self._advanced += seconds
        self._notify()

    def step(self, seconds: float) -> None:
        """Set the time of day forward, or back if negative, as NTP or an administrator does."""
        self._epoch += seconds
        self._notify()

    def _notify(self) -> None:
        for listener in list(self.listeners):
            listener()

    async def sleep(self, seconds: float) -> None:
        """Sleep until this much time has passed, by itself or by `advance`."""
        until = self.monotonic() + seconds
        moved = asyncio.Event()
        self.listeners.append(moved.set)
        try:
            await asyncio.sleep(0)
            while (left := until - self.monotonic()) > 0:
                moved.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await moved.wait()
        finally:
            self.listeners.remove(moved.set)
