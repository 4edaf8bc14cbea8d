"""What happens on order just before a call is handled: a library changes while it is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Order:
    match: str
    act: Callable[[], object]
    after: int
    times: int


class Interruptions:
    """Each order counts for itself the calls whose "METHOD /path" has its pattern."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def order(self, match: str, act: Callable[[], object], after: int, times: int) -> None:
        self._orders.append(_Order(match, act, after, times))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._orders.clear()

    def strike(self, method: str, path: str) -> None:
        """Do what was ordered for this call."""
        for order in list(self._orders):
            if not re.search(order.match, f"{method} {path}"):
                continue
            if order.after:
                order.after -= 1
            elif order.times:
                order.times -= 1
                order.act()
