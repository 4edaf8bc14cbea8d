"""Buttons that are pressed twice by accident."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

# Seconds after a press in which another of the same button is the second half of a double press.
DOUBLE_PRESS_SECONDS = 0.6


class DoublePressGuard:
    """Which buttons were pressed a moment ago, or are still doing what they do."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._blocked_until: dict[Hashable, float] = {}

    @contextmanager
    def guard(self, button: Hashable) -> Iterator[bool]:
        """Whether to act on it. `button` tells the person, the message and the button.

        It is at work until this is left; for DOUBLE after the press in any case.
        """
        now = self._clock()
        self._blocked_until = {
            one: until for one, until in self._blocked_until.items() if until > now
        }
        if button in self._blocked_until:
            yield False
            return
        self._blocked_until[button] = math.inf
        try:
            yield True
        finally:
            self._blocked_until[button] = now + DOUBLE_PRESS_SECONDS
