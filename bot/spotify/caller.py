"""Calls on somebody's behalf: their token, their deadline, and what is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import (
    AccessTokenRefused,
    PremiumDoubted,
    QuotaExceeded,
    SpotifyDown,
    TokenDoubted,
    TooManyCalls,
)
from bot.spotify.endpoints import group_of, outdated, seconds_kept, shared
from bot.spotify.kept import Answer, Key
from bot.spotify.transport import TRY, Call, Query, Transport

T = TypeVar("T")

TokenSource = Callable[[str | None], Awaitable[str]]
"""An access token that works; the argument is one that was just refused, or None."""

# Seconds for a call that no command waits for, repetitions included.
LONGEST_CALL = 60.0
# In the background, the longest rate limit besides.
LONGEST_IN_BACKGROUND = 660.0
ATTEMPTS = 3
# Seconds that have to be left for a call to be sent. One that must not be repeated needs more:
# to give up while it is under way leaves nobody knowing.
LEAST, LEAST_ONCE = 0.2, 2.0
# The longest pause before the first repetition; it doubles with each.
PAUSE = 0.4

_GLITCHES = (TokenDoubted, PremiumDoubted)


class Caller:
    """One account's calls, or nobody's: what the chapters of the Web API are made of.

    app         the client id, whose limits hold
    account     whose answers may be kept; empty where they are nobody's
    within      seconds for all calls together, from the first on; None: each has LONGEST_CALL
    background  has a share of the quota, and yields to commands unless it has a deadline, too
    limited     how many rate limits were met
    sent        how many calls were let through, repetitions included
    """

    def __init__(
        self,
        transport: Transport,
        token: TokenSource,
        *,
        app: str,
        account: str,
        within: float | None,
        background: bool,
    ) -> None:
        self._transport = transport
        self._token = token
        self._app = app
        self._account = account
        self._within = within
        self._ends: float | None = None
        self._background = background
        self.limited = 0
        self.sent = 0

    async def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        read: Callable[[bytes], T],
        fresh: bool = False,
    ) -> T:
        """What `read` makes of the answer; not of one that was kept, where it is to be `fresh`.

        Raises SpotifyFault, or NeedsLogin from the token or from Spotify.
        """
        call, ends = Call("GET", path, query), self._deadline()

        async def ask() -> Answer:
            return await self._repeat(call, ends, read)

        everybodys = shared(path)
        if fresh or not (self._account or everybodys):
            return (await ask()).read  # type: ignore[no-any-return]
        asked = tuple(sorted((name, str(value)) for name, value in (query or {}).items()))
        key = Key("" if everybodys else self._account, path, asked)
        return await self._transport.kept.get(key, seconds_kept(path), ask, ends)  # type: ignore[no-any-return]

    async def write(
        self, method: str, path: str, query: Query | None = None, json: object = None
    ) -> bytes:
        """Change something; the body of the answer. Raises as `get` does, and OutcomeUnknown."""
        call, ends = Call(method, path, query, json), self._deadline()
        uris = str((query or {}).get("uris", ""))
        self._outdate(path, uris)
        try:
            return (await self._repeat(call, ends, bytes)).read  # type: ignore[no-any-return]
        finally:
            self._outdate(path, uris)

    def _outdate(self, path: str, uris: str) -> None:
        """What was kept, and what is on its way, may show how it was before the change."""
        self._transport.kept.forget(self._account, outdated(path, uris))

    def know(self, path: str, item: object, size: int) -> None:
        """Another answer brought along what a GET of `path` would say; of `size` bytes or so."""
        if shared(path):
            self._transport.kept.put(Key("", path, ()), seconds_kept(path), Answer(item, size))

    def check(self, method: str, path: str) -> None:
        """Raises QuotaExceeded where such a call is known to be refused, before others lead to it.

        Nothing is asked and nothing counted.
        """
        self._transport.gate.check(self._app, group_of(method, path))

    def promise(self, path: str, calls: int) -> None:
        """Keep so many GETs for this, where it is background work. Raises ShareSpent."""
        if self._background:
            self._transport.gate.promise(self._app, group_of("GET", path), calls)

    def release(self, path: str, calls: int) -> None:
        """So many GETs of a promise are not needed any more."""
        if self._background:
            self._transport.gate.release(self._app, group_of("GET", path), calls)

    def left(self) -> float:
        """How many seconds there are for a call."""
        return self._deadline() - asyncio.get_running_loop().time()

    def _deadline(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._within is None:
            return now + (LONGEST_IN_BACKGROUND if self._background else LONGEST_CALL)
        if self._ends is None:
            self._ends = now + self._within
        return self._ends

    async def _repeat(self, call: Call, ends: float, read: Callable[[bytes], object]) -> Answer:
        """Send it as often as it may be and the deadline allows.

        One renewal of the access token, one more try for each of Spotify's glitches, rate limits
        as long as there is time, and ATTEMPTS in all where Spotify is down.
        """
        access = await self._access(None, ends)
        forgiven: set[type[Exception]] = set()
        failures = 0
        while True:
            await self._enter(call, ends)
            try:
                body = await self._send(call, access, ends)
                return Answer(read(body), len(body))
            except (AccessTokenRefused, PremiumDoubted) as fault:
                if isinstance(fault, _GLITCHES) and type(fault) not in forgiven:
                    forgiven.add(type(fault))
                    await self._pause(1, ends, fault)
                elif isinstance(fault, AccessTokenRefused) and AccessTokenRefused not in forgiven:
                    forgiven.add(AccessTokenRefused)
                    access = await self._access(access, ends)
                else:
                    raise
            except QuotaExceeded:
                raise
            except TooManyCalls:
                self.limited += 1
            except SpotifyDown as fault:
                failures += 1
                if failures == ATTEMPTS:
                    raise
                await self._pause(failures, ends, fault)

    async def _access(self, refused: str | None, ends: float) -> str:
        """An access token. Raises SpotifyDown where it does not come in time."""
        try:
            async with asyncio.timeout_at(ends):
                return await self._token(refused)
        except TimeoutError:
            raise SpotifyDown("no access token in time") from None

    async def _send(self, call: Call, access: str, ends: float) -> bytes:
        left = ends - asyncio.get_running_loop().time()
        with self._transport.gate.passing(self._app, call.group, background=self._background):
            return await self._transport.send(call, access, min(TRY, left))

    async def _enter(self, call: Call, ends: float) -> None:
        """Wait until the gate lets the call through. Raises TooManyCalls if that is too long."""
        loop, gate = asyncio.get_running_loop(), self._transport.gate
        least = LEAST if call.repeatable else LEAST_ONCE
        if loop.time() + least > ends:
            raise SpotifyDown("no time left")
        background, hurried = self._background, self._within is not None
        while wait := gate.admit(self._app, call.group, background=background, hurried=hurried):
            if loop.time() + wait + least > ends:
                raise TooManyCalls(wait)
            await asyncio.sleep(wait)
        self.sent += 1

    async def _pause(self, failures: int, ends: float, fault: Exception) -> None:
        """Full jitter: anything up to a bound that doubles. Raises `fault` if that is too long."""
        pause = self._transport.chance.uniform(0, PAUSE * 2 ** (failures - 1))
        if asyncio.get_running_loop().time() + pause + LEAST > ends:
            raise fault
        await asyncio.sleep(pause)
