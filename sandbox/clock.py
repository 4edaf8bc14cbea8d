"""A real-time clock that tests can advance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress


class Clock:
    """A call returns the true time in seconds since 1970, which never goes back.

    `machine_time` and `monotonic` are the two clocks of the bot's machine. `advance` moves all
    forward, and `step` sets `machine_time` alone. The `listeners` are called after each `advance`,
    so that waiting tasks wake at once. Time passes as in the running event loop, if there is one.
    A sleep of `skipped` seconds advances the clock instead.
    """

    def __init__(self, start: float | None = None) -> None:
        self._epoch = time.time() if start is None else start
        try:
            self._monotonic = asyncio.get_running_loop().time
        except RuntimeError:
            self._monotonic = time.monotonic
        self._started_at = self._monotonic()
        self._advanced = 0.0
        self._machine_error = 0.0
        self.skipped: float | None = None
        self.listeners: list[Callable[[], None]] = []

    def __call__(self) -> float:
        return self._epoch + self.monotonic()

    def machine_time(self) -> float:
        """The time of day on the bot's machine, in seconds since 1970."""
        return self() + self._machine_error

    def monotonic(self) -> float:
        """Seconds since the clock was made; they never go back."""
        return self._monotonic() - self._started_at + self._advanced

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not go back")
        self._advanced += seconds
        for listener in list(self.listeners):
            listener()

    def step(self, seconds: float) -> None:
        """Set the machine's time forward, or back if negative, as NTP or an administrator does."""
        self._machine_error += seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep until this much time has passed, by itself or by `advance`."""
        if seconds == self.skipped:
            self.advance(seconds)
            return
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
