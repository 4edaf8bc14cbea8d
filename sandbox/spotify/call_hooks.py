"""What happens on order just before a call is handled: a library changes while it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Hook:
    pattern: str
    callback: Callable[[], object]
    after: int
    times: int


class CallHooks:
    """Each order counts for itself the calls whose "METHOD /path" has its pattern."""

    def __init__(self) -> None:
        self._hooks: list[_Hook] = []

    def add(self, pattern: str, callback: Callable[[], object], after: int, times: int) -> None:
        self._hooks.append(_Hook(pattern, callback, after, times))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._hooks.clear()

    def run(self, method: str, path: str) -> None:
        """Do what was ordered for this call."""
        for order in list(self._hooks):
            if not re.search(order.pattern, f"{method} {path}"):
                continue
            if order.after:
                order.after -= 1
            elif order.times:
                order.times -= 1
                order.callback()
