"""Ignores the second half of a double press."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

# A second press within this many seconds is the second half of a double press.
DOUBLE_PRESS_SECONDS = 0.6


class DoublePressGuard:
    """Remembers the buttons that were pressed a moment ago, or whose press is in progress."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._blocked_until: dict[Hashable, float] = {}

    @contextmanager
    def guard(self, button: Hashable) -> Iterator[bool]:
        """Whether to act on a press. `button` identifies the user, the message and the button.

        It is blocked while the context is open, and for DOUBLE_PRESS_SECONDS in any case.
        """
        now = self._monotonic()
        self._blocked_until = {
            key: until for key, until in self._blocked_until.items() if until > now
        }
        if button in self._blocked_until:
            yield False
            return
        self._blocked_until[button] = math.inf
        try:
            yield True
        finally:
            self._blocked_until[button] = now + DOUBLE_PRESS_SECONDS
