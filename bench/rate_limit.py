"""Commands and an export under a rate limit of half a minute, in simulated time.

Measures how soon replies are as fast as before after a refusal without a reason.
"""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from statistics import median
from typing import Any, TypeVar

import aiohttp

from bench.report import Row, compare
from bot.accounts.sessions import COMMAND_TIMEOUT
from bot.errors.spotify import RateLimited
from bot.spotify import Spotify, Transport
from bot.spotify.throttle import RATE_LIMIT_WINDOW
from bot.spotify.transport import ApiCall

T = TypeVar("T")
LATENCY_S = 0.1
CALLS_PER_SECOND = 6


class IdleSkippingLoop(asyncio.SelectorEventLoop):
    """An event loop in simulated time: when it is idle, its clock jumps to the next timer.

    For code without sockets and threads. Only `time` jumps.
    """

    ahead = 0.0

    def __init__(self) -> None:
        selector = _IdleSkippingSelector()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return super().time() + self.ahead


class _IdleSkippingSelector(selectors.SelectSelector):
    loop: IdleSkippingLoop | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.loop is not None and timeout:
            self.loop.ahead += timeout
        return super().select(0)


class LimitedTransport(Transport):
    """Answers calls without a network.

    limit         how many calls it accepts in RATE_LIMIT_WINDOW; None for any number
    refuses_next  refuse one call without a reason, with a Retry-After of one second
    refused_at    when it refused calls
    """

    def __init__(self, http: aiohttp.ClientSession, limit: int | None) -> None:
        self.loop = asyncio.get_running_loop()
        super().__init__(http, monotonic=self.loop.time)
        self.limit = limit
        self.refuses_next = False
        self.refused_at: list[float] = []
        self._accepted_at: deque[float] = deque()

    async def send(self, call: ApiCall, token: str, timeout: float) -> bytes:
        await asyncio.sleep(LATENCY_S / 2)
        retry_after = self._check_limit(self.loop.time())
        await asyncio.sleep(LATENCY_S / 2)
        if retry_after is not None:
            raise RateLimited(retry_after)
        return b'{"id": "ada"}'

    def _check_limit(self, now: float) -> float | None:
        """The Retry-After in seconds if the call is refused."""
        while self._accepted_at and self._accepted_at[0] <= now - RATE_LIMIT_WINDOW:
            self._accepted_at.popleft()
        is_full = self.limit is not None and len(self._accepted_at) >= self.limit
        if not (is_full or self.refuses_next):
            self._accepted_at.append(now)
            return None
        self.refuses_next = False
        self.refused_at.append(now)
        return math.ceil(self._accepted_at[0] + RATE_LIMIT_WINDOW - now) if is_full else 1.0


@dataclass
class Load:
    """Commands of one call each, and an export.

    replies  the start of each answered call, and the seconds that it took
    refused  the number of commands without an answer in time
    """

    transport: LimitedTransport
    replies: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0

    @property
    def now(self) -> float:
        return self.transport.loop.time()

    async def run_commands(self, per_second: float, seconds: float, seed: int = 1) -> None:
        """Commands at random moments."""
        rng, end = random.Random(seed), self.now + seconds
        async with asyncio.TaskGroup() as commands:
            while self.now < end:
                commands.create_task(self._call(timeout=COMMAND_TIMEOUT))
                await asyncio.sleep(rng.expovariate(per_second))

    async def run_export(self, seconds: float, concurrency: int) -> None:
        """Calls one after the other, as fast as the bot sends them."""
        end = self.now + seconds

        async def read() -> None:
            while self.now < end:
                await self._call(timeout=None)

        await asyncio.gather(*(read() for _ in range(concurrency)))

    def median_reply(self, start: float, end: float) -> float:
        """The median duration, in seconds, of the calls that began in this time."""
        return median(seconds for began, seconds in self.replies if start <= began < end)

    def refusals(self) -> list[float]:
        """The times of refusals; those within two seconds, of calls in flight, count once."""
        times: list[float] = []
        for at in self.transport.refused_at:
            if not times or at > times[-1] + 2:
                times.append(at)
        return times

    async def _call(self, timeout: float | None) -> None:
        began = self.now
        try:
            await Spotify(self.transport, _token, timeout=timeout).profile.me()
        except RateLimited:
            self.refused += 1
        else:
            self.replies.append((began, self.now - began))


async def _token(_refused: str | None) -> str:
    return "token"


def simulate(scenario: Callable[[Load], Coroutine[Any, Any, T]], limit: int | None = None) -> T:
    """Run a scenario without waiting for its simulated time."""

    async def run() -> T:
        async with aiohttp.ClientSession() as http:
            return await scenario(Load(LimitedTransport(http, limit)))

    with asyncio.Runner(loop_factory=IdleSkippingLoop) as runner:
        return runner.run(run())


def spurious_refusal(per_second: float, seed: int) -> tuple[float, float, int]:
    """Simulate one refusal without a reason.

    Returns the median duration of replies before it and from 30 seconds after it, in seconds, and
    the number of commands without an answer in time.
    """

    async def scenario(load: Load) -> tuple[float, float, int]:
        load.transport.loop.call_later(60, setattr, load.transport, "refuses_next", True)
        start = load.now
        await load.run_commands(per_second, 150, seed)
        (refused_at,) = load.transport.refused_at
        before = load.median_reply(start, refused_at)
        return before, load.median_reply(refused_at + 30, load.now), load.refused

    return simulate(scenario)


async def measure(rounds: int) -> list[Row]:
    results = []
    for seed in range(rounds):
        before, after, _ = await asyncio.to_thread(spurious_refusal, CALLS_PER_SECOND, seed)
        results.append((after, before))
    name = "one spurious 429: median reply from 30 s on, peer before it (simulated)"
    return [compare(name, results, unit="ms", scale=1e3, aim=1.5)]
