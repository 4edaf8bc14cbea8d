"""Nulls on order among the entries of the Web API's lists, where the real one has them too."""

from __future__ import annotations

import re
from typing import Any

LISTS = ("items", "queue")


class Nulls:
    """Patterns of "METHOD /path", and at which distance the entries of their lists are null."""

    def __init__(self) -> None:
        self._orders: list[tuple[str, int]] = []

    def order(self, match: str, every: int) -> None:
        self._orders.append((match, every))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._orders.clear()

    def strike(self, method: str, path: str, answer: object) -> object:
        """The answer, with nulls in it where they were ordered."""
        for match, every in self._orders:
            if re.search(match, f"{method} {path}"):
                return _holed(answer, every)
        return answer


def _holed(value: Any, every: int) -> Any:
    """A copy in which the outermost lists have their holes."""
    if not isinstance(value, dict):
        return value
    return {
        name: [None if n % every == 0 else one for n, one in enumerate(inside, 1)]
        if name in LISTS and isinstance(inside, list)
        else _holed(inside, every)
        for name, inside in value.items()
    }
