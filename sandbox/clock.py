"""A real-time clock that tests can advance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress


class Clock:
    """A call returns seconds since 1970. `advance` moves the clock forward; it never goes back.

    The `listeners` are called after each `advance`, so that waiting tasks wake at once.
    """

    def __init__(self, start: float | None = None) -> None:
        self._epoch = time.time() if start is None else start
        self._started_at = time.monotonic()
        self._advanced = 0.0
        self.listeners: list[Callable[[], None]] = []

    def __call__(self) -> float:
        return self._epoch + (time.monotonic() - self._started_at) + self._advanced

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("a clock does not go back")
        self._advanced += seconds
        for listener in list(self.listeners):
            listener()

    async def sleep(self, seconds: float) -> None:
        """Sleep until the clock has moved this far, by itself or by `advance`."""
        until = self() + seconds
        moved = asyncio.Event()
        self.listeners.append(moved.set)
        try:
            await asyncio.sleep(0)
            while (left := until - self()) > 0:
                moved.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await moved.wait()
        finally:
            self.listeners.remove(moved.set)
