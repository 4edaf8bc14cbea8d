"""Rules for the simulated Web API: callbacks, refusals, quotas and odd answers to calls."""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from yarl import URL

from sandbox.clock import Clock
from sandbox.rules import Rule, RuleList
from sandbox.spotify import odd_shapes
from sandbox.spotify.error_responses import ApiError, ErrorResponse, distort, rate_limited
from sandbox.spotify.list_faults import ListFault

LIST_KEYS = ("items", "queue")


@dataclass(frozen=True)
class Hook:
    """Runs just before the API checks and handles a call."""

    callback: Callable[[], object]


@dataclass
class Quota:
    """Refuses calls with QUOTA_EXCEEDED for `retry_after` seconds after the first refusal."""

    retry_after: float
    ends_at: float | None = None


@dataclass(frozen=True)
class Nulls:
    """Replaces every n-th entry of the lists in a response with null, as Spotify does at times."""

    every: int


@dataclass(frozen=True)
class OddRefusals:
    """Sends the API's own refusals in odd shapes: see `distort`."""


@dataclass
class OddShapes:
    """Distorts the answers of reads, reproducibly by a seed: see `odd_shapes`."""

    seed: int

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def apply(self, body: bytes) -> tuple[int, bytes]:
        return odd_shapes.distort(body, self.rng)


@dataclass(frozen=True)
class Changed:
    """Sends the answers of reads as a function returns them; it may change its argument."""

    change: Callable[[Any], object]

    def apply(self, body: bytes) -> tuple[int, bytes]:
        return 200, odd_shapes.to_json(self.change(json.loads(body)))


Effect = Hook | ErrorResponse | Quota | Nulls | ListFault | OddRefusals | OddShapes | Changed
E = TypeVar("E", Hook, ErrorResponse, Quota, Nulls, ListFault, OddRefusals, OddShapes, Changed)


@dataclass(kw_only=True)
class ApiRule(Rule):
    do: Effect


class ApiRules(RuleList[ApiRule]):
    """The rules, and the rate limit that every app has.

    call_allowance  how many calls each app may make in how many seconds; None for any number
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.call_allowance: tuple[int, float] | None = None
        self._clock = clock
        self._call_times: defaultdict[str, deque[float]] = defaultdict(deque)

    def run_hooks(self, request: str) -> None:
        """Run the callbacks for this "METHOD /path"."""
        for hook in self._effects(request, Hook):
            hook.callback()

    def check_limits(self, request: str, client_id: str) -> None:
        """Raises ApiError if a rule or the app's allowance refuses this "METHOD /path"."""
        for response in self._effects(request, ErrorResponse):
            raise ApiError(response)
        for quota in self._effects(request, Quota):
            quota.ends_at = quota.ends_at or self._clock() + quota.retry_after
            if (left := quota.ends_at - self._clock()) > 0:
                raise ApiError(rate_limited(math.ceil(left), quota=True))
        if self.call_allowance is not None:
            self._check_allowance(self._call_times[client_id], *self.call_allowance)

    def change_lists(self, request: str, url: URL, response: object) -> object:
        """The response to this "METHOD /path", with the faults and nulls that rules ask for."""
        for fault in self._effects(request, ListFault):
            fault.apply(response, url)
        for nulls in self._effects(request, Nulls):
            return _with_nulls(response, nulls.every)
        return response

    def refusal(self, request: str, response: ErrorResponse) -> ErrorResponse:
        """The refusal to send for this "METHOD /path", distorted if a rule asks for it."""
        for _ in self._effects(request, OddRefusals):
            return distort(response, self._rng, self._clock())
        return response

    def answer(self, request: str, status: int, body: bytes) -> tuple[int, bytes]:
        """The status and the body of the response, distorted if a rule asks for it."""
        for shapes in self._effects(request, OddShapes):
            status, body = shapes.apply(body)
        for changed in self._effects(request, Changed):
            status, body = changed.apply(body)
        return status, body

    def _effects(self, request: str, kind: type[E]) -> Iterator[E]:
        for rule in list(self._rules):
            if isinstance(rule.do, kind) and rule.claim(request, self._rng):
                yield rule.do

    def _check_allowance(self, call_times: deque[float], max_calls: int, seconds: float) -> None:
        now = self._clock()
        while call_times and call_times[0] <= now - seconds:
            call_times.popleft()
        if len(call_times) >= max_calls:
            raise ApiError(rate_limited(math.ceil(call_times[0] + seconds - now)))
        call_times.append(now)


def _with_nulls(value: Any, every: int) -> Any:
    """A copy with nulls in its outermost lists."""
    if not isinstance(value, dict):
        return value
    return {
        name: [None if n % every == 0 else entry for n, entry in enumerate(field, 1)]
        if name in LIST_KEYS and isinstance(field, list)
        else _with_nulls(field, every)
        for name, field in value.items()
    }
