"""Nulls on order among the entries of the Web API's lists, where the real one has them too."""

from __future__ import annotations

import re
from typing import Any

LIST_KEYS = ("items", "queue")


class NullInjection:
    """Patterns of "METHOD /path", and at which distance the entries of their lists are null."""

    def __init__(self) -> None:
        self._rules: list[tuple[str, int]] = []

    def add(self, pattern: str, every: int) -> None:
        self._rules.append((pattern, every))

    def clear(self) -> None:
        """Forget what was ordered."""
        self._rules.clear()

    def apply(self, method: str, path: str, response: object) -> object:
        """The answer, with nulls in it where they were ordered."""
        for match, every in self._rules:
            if re.search(match, f"{method} {path}"):
                return _with_nulls(response, every)
        return response


def _with_nulls(value: Any, every: int) -> Any:
    """A copy in which the outermost lists have their holes."""
    if not isinstance(value, dict):
        return value
    return {
        name: [None if n % every == 0 else one for n, one in enumerate(inside, 1)]
        if name in LIST_KEYS and isinstance(inside, list)
        else _with_nulls(inside, every)
        for name, inside in value.items()
    }
