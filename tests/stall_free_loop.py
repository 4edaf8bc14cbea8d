"""An event loop whose time excludes the moments in which the machine did not run the process."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable

# Seconds that pass at most between two readings of the time: while callbacks run, and in a wait
# beyond what was asked for. What is longer, the machine spent on something else.
MAX_CALLBACK, MAX_DELAY = 0.1, 0.05
# A wait is cut into pieces of this many seconds, so that a stall during it shows as a delay.
PIECE = 0.05


class StallFreeTime:
    """Seconds that the process has run, from any start."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last_reading = monotonic()
        self._time = 0.0

    def read(self, max_passed: float = MAX_CALLBACK) -> float:
        """The time now, at most `max_passed` after the last reading."""
        reading = self._monotonic()
        self._time += min(reading - self._last_reading, max_passed)
        self._last_reading = reading
        return self._time


class StallFreeSelector(selectors.DefaultSelector):
    def __init__(self, time_: StallFreeTime) -> None:
        super().__init__()
        self._time = time_

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Like every selector's, with the timeout in the time of `StallFreeTime`."""
        now = self._time.read()
        deadline = None if timeout is None else now + timeout
        while True:
            piece = PIECE if deadline is None else max(0.0, min(PIECE, deadline - now))
            events = super().select(piece)
            now = self._time.read(piece + MAX_DELAY)
            if events or (deadline is not None and now >= deadline):
                return events


class StallFreeLoop(asyncio.SelectorEventLoop):
    """An event loop for tests: a machine that stalls lets no timeout expire.

    The bot and the simulated services run in one process, so a stall hits all of them.
    """

    def __init__(self) -> None:
        self._time = StallFreeTime()
        super().__init__(StallFreeSelector(self._time))

    def time(self) -> float:
        return self._time.read()
