"""Rules that match requests by a regular expression, and lists of them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar


@dataclass
class Rule:
    """Which requests a rule applies to.

    pattern      regular expression, searched in "METHOD /path"
    after        how many matching requests pass first
    times        how many requests the rule still applies to in all; None for every one
    probability  the share of matching requests that the rule applies to, 0 to 1
    hits         how many requests the rule has applied to
    """

    pattern: str = ""
    after: int = field(default=0, kw_only=True)
    times: int | None = field(default=1, kw_only=True)
    probability: float = field(default=1.0, kw_only=True)
    hits: int = field(default=0, kw_only=True)

    @property
    def exhausted(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def claim(self, request: str, rng: random.Random) -> bool:
        """Whether the rule applies to this "METHOD /path"; counts the request."""
        if self.exhausted or not re.search(self.pattern, request):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.probability < 1.0 and rng.random() >= self.probability:
            return False
        self.hits += 1
        return True


R = TypeVar("R", bound=Rule)


class RuleList(Generic[R]):
    """Rules in the order in which they apply."""

    def __init__(self, seed: int = 0) -> None:
        self._rng = random.Random(seed)
        self._rules: list[R] = []

    def add(self, rule: R, *, first: bool = False) -> R:
        """Add a rule at the end, or before all others."""
        self._rules.insert(0 if first else len(self._rules), rule)
        return rule

    def clear(self) -> None:
        self._rules.clear()

    def matching(self, request: str) -> Iterator[R]:
        """The rules that apply to a "METHOD /path".

        Each rule counts the request when the iterator reaches it, so a caller that stops early
        leaves the later rules untouched.
        """
        return (rule for rule in list(self._rules) if rule.claim(request, self._rng))
