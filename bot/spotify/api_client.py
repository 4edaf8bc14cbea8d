"""Calls on somebody's behalf: their token, their deadline, and what is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors.spotify import (
    AccessTokenRefused,
    QuotaExceeded,
    RateLimited,
    SpotifyDown,
    SpuriousPremiumRequired,
    SpuriousUnauthorized,
)
from bot.spotify.cache import CachedResponse, CacheKey
from bot.spotify.endpoint_groups import cache_ttl, group_of, invalidated_groups, is_public
from bot.spotify.transport import ATTEMPT_TIMEOUT, ApiCall, Query, Transport

T = TypeVar("T")

TokenSource = Callable[[str | None], Awaitable[str]]
"""An access token that works; the argument is one that was just refused, or None."""

# Seconds for a call that no command waits for, repetitions included.
CALL_TIMEOUT = 60.0
# In the background, the longest rate limit besides.
BACKGROUND_CALL_TIMEOUT = 660.0
MAX_ATTEMPTS = 3
# Seconds that have to be left for a call to be sent. One that must not be repeated needs more:
# to give up while it is under way leaves nobody knowing.
MIN_TIME_LEFT, MIN_TIME_LEFT_NON_IDEMPOTENT = 0.2, 2.0
# The longest pause before the first repetition; it doubles with each.
MAX_FIRST_BACKOFF = 0.4

_SPURIOUS_REFUSALS = (SpuriousUnauthorized, SpuriousPremiumRequired)


class ApiClient:
    """One account's calls, or nobody's: what the chapters of the Web API are made of.

    app         the client id, whose limits hold
    account     whose answers may be kept; empty where they are nobody's
    within      seconds for all calls together, from the first on; None: each has CALL_TIMEOUT
    background  has a share of the quota, and yields to commands unless it has a deadline, too
    limited     how many rate limits were met
    sent        how many calls were let through, repetitions included
    """

    def __init__(
        self,
        transport: Transport,
        token: TokenSource,
        *,
        client_id: str,
        account: str,
        timeout: float | None,
        background: bool,
    ) -> None:
        self._transport = transport
        self._token = token
        self._client_id = client_id
        self._account = account
        self._timeout = timeout
        self._deadline: float | None = None
        self._background = background
        self.rate_limits_met = 0
        self.calls_sent = 0

    async def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        decode: Callable[[bytes], T],
        fresh: bool = False,
    ) -> T:
        """What `read` makes of the answer; not of one that was kept, where it is to be `fresh`.

        Raises SpotifyError, or NeedsLogin from the token or from Spotify.
        """
        call, ends = ApiCall("GET", path, query), self._call_deadline()

        async def ask() -> CachedResponse:
            return await self._send_with_retries(call, ends, decode)

        everybodys = is_public(path)
        if fresh or not (self._account or everybodys):
            return (await ask()).value  # type: ignore[no-any-return]
        asked = tuple(sorted((name, str(value)) for name, value in (query or {}).items()))
        key = CacheKey("" if everybodys else self._account, path, asked)
        return await self._transport.cache.get(key, cache_ttl(path), ask, ends)  # type: ignore[no-any-return]

    async def write(
        self, method: str, path: str, query: Query | None = None, json: object = None
    ) -> bytes:
        """Change something; the body of the answer. Raises as `get` does, and OutcomeUnknown."""
        call, ends = ApiCall(method, path, query, json), self._call_deadline()
        uris = str((query or {}).get("uris", ""))
        self._invalidate(path, uris)
        try:
            return (await self._send_with_retries(call, ends, bytes)).value  # type: ignore[no-any-return]
        finally:
            self._invalidate(path, uris)

    def _invalidate(self, path: str, uris: str) -> None:
        """What was kept, and what is on its way, may show how it was before the change."""
        self._transport.cache.invalidate(self._account, invalidated_groups(path, uris))

    def prime_cache(self, path: str, item: object, size: int) -> None:
        """Another answer brought along what a GET of `path` would say; of `size` bytes or so."""
        if is_public(path):
            self._transport.cache.put(
                CacheKey("", path, ()), cache_ttl(path), CachedResponse(item, size)
            )

    def require_quota(self, method: str, path: str) -> None:
        """Raises QuotaExceeded where such a call is known to be refused, before others lead to it.

        Nothing is asked and nothing counted.
        """
        self._transport.limiter.require_quota(self._client_id, group_of(method, path))

    def reserve(self, path: str, calls: int) -> None:
        """Reserve GETs for background work. Raises BackgroundBudgetExceeded."""
        if self._background:
            self._transport.limiter.reserve(self._client_id, group_of("GET", path), calls)

    def release(self, path: str, calls: int) -> None:
        """So many GETs of a promise are not needed any more."""
        if self._background:
            self._transport.limiter.release(self._client_id, group_of("GET", path), calls)

    def time_left(self) -> float:
        """How many seconds there are for a call."""
        return self._call_deadline() - asyncio.get_running_loop().time()

    def _call_deadline(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._timeout is None:
            return now + (BACKGROUND_CALL_TIMEOUT if self._background else CALL_TIMEOUT)
        if self._deadline is None:
            self._deadline = now + self._timeout
        return self._deadline

    async def _send_with_retries(
        self, call: ApiCall, deadline: float, decode: Callable[[bytes], object]
    ) -> CachedResponse:
        """Send it as often as it may be and the deadline allows.

        One renewal of the access token, one more try for each of Spotify's glitches, rate limits
        as long as there is time, and MAX_ATTEMPTS in all where Spotify is down.
        """
        access = await self._access_token(None, deadline)
        forgiven: set[type[Exception]] = set()
        failures = 0
        while True:
            await self._wait_for_slot(call, deadline)
            try:
                body = await self._send_once(call, access, deadline)
                return CachedResponse(decode(body), len(body))
            except (AccessTokenRefused, SpuriousPremiumRequired) as fault:
                if isinstance(fault, _SPURIOUS_REFUSALS) and type(fault) not in forgiven:
                    forgiven.add(type(fault))
                    await self._back_off(1, deadline, fault)
                elif isinstance(fault, AccessTokenRefused) and AccessTokenRefused not in forgiven:
                    forgiven.add(AccessTokenRefused)
                    access = await self._access_token(access, deadline)
                else:
                    raise
            except QuotaExceeded:
                raise
            except RateLimited:
                self.rate_limits_met += 1
            except SpotifyDown as fault:
                failures += 1
                if failures == MAX_ATTEMPTS:
                    raise
                await self._back_off(failures, deadline, fault)

    async def _access_token(self, refused: str | None, deadline: float) -> str:
        """An access token. Raises SpotifyDown where it does not come in time."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._token(refused)
        except TimeoutError:
            raise SpotifyDown("no access token in time") from None

    async def _send_once(self, call: ApiCall, access: str, deadline: float) -> bytes:
        left = deadline - asyncio.get_running_loop().time()
        with self._transport.limiter.track(
            self._client_id, call.group, background=self._background
        ):
            return await self._transport.send(call, access, min(ATTEMPT_TIMEOUT, left))

    async def _wait_for_slot(self, call: ApiCall, deadline: float) -> None:
        """Wait until the gate lets the call through. Raises RateLimited if that is too long."""
        loop, gate = asyncio.get_running_loop(), self._transport.limiter
        least = MIN_TIME_LEFT if call.idempotent else MIN_TIME_LEFT_NON_IDEMPOTENT
        if loop.time() + least > deadline:
            raise SpotifyDown("no time left")
        background, hurried = self._background, self._timeout is not None
        while wait := gate.acquire(
            self._client_id, call.group, background=background, has_deadline=hurried
        ):
            if loop.time() + wait + least > deadline:
                raise RateLimited(wait)
            await asyncio.sleep(wait)
        self.calls_sent += 1

    async def _back_off(self, failures: int, deadline: float, error: Exception) -> None:
        """Full jitter: anything up to a bound that doubles. Raises `fault` if that is too long."""
        pause = self._transport.rng.uniform(0, MAX_FIRST_BACKOFF * 2 ** (failures - 1))
        if asyncio.get_running_loop().time() + pause + MIN_TIME_LEFT > deadline:
            raise error
        await asyncio.sleep(pause)
