"""Calls for one account: its access token, its deadline, retries and caching."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from bot.errors.spotify import (
    AccessTokenRefused,
    OwnAppLacksUser,
    OwnAppNeedsPremium,
    OwnAppQuotaExceeded,
    OwnerNeedsPremium,
    QuotaExceeded,
    RateLimited,
    SpotifyDown,
    SpotifyError,
    SpuriousPremiumRequired,
    SpuriousUnauthorized,
    UserNotRegistered,
)
from bot.spotify.background_budget import BackgroundBudget, background_budget
from bot.spotify.cache import CachedResponse, CacheKey
from bot.spotify.call_shares import PersonalShare
from bot.spotify.endpoint_groups import Group, cache_ttl, group_of, invalidated_groups, is_public
from bot.spotify.throttle import Turn
from bot.spotify.transport import ATTEMPT_TIMEOUT, ApiCall, Query, Transport

T = TypeVar("T")

TokenSource = Callable[[str | None], Awaitable[str]]
"""Returns a valid access token; the argument is one that Spotify just refused, or None."""

# Seconds for a call with its retries, if the client has no timeout.
CALL_TIMEOUT = 60.0
# For background work that cannot go on later: enough to wait for the longest rate limit as well.
BACKGROUND_CALL_TIMEOUT = 660.0
MAX_ATTEMPTS = 3
# The client sends a call only if this many seconds are left. A non-idempotent call needs more,
# because a timeout would leave its outcome unknown.
MIN_TIME_LEFT, MIN_TIME_LEFT_NON_IDEMPOTENT = 0.2, 2.0
# The longest wait before the first retry, in seconds; it doubles with each retry.
MAX_FIRST_BACKOFF = 0.4
# The longest Retry-After that work which goes on later waits for here, in seconds.
MAX_SILENT_PAUSE = 10.0
_SPURIOUS_REFUSALS = (SpuriousUnauthorized, SpuriousPremiumRequired)


class ApiClient:
    """Sends the calls of one account, or of an app without a user.

    client_id        the app, whose rate limit and quota apply
    account          the account whose responses may be cached; empty: none are
    timeout          seconds for all calls together, from the first on; None: CALL_TIMEOUT for each
    background       use a share of the quota only; yield to commands, unless there is a timeout
    goes_on_later    background work that says why it waits: it reserves nothing
    on_write         makes a context for each write
    share            of the app's calls, of the person who asks; None: they have no limit
    rate_limits_met  the number of 429 responses for the rate limit
    calls_sent       the number of calls that the rate limiter let through, with retries
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
        goes_on_later: bool = False,
        on_write: Callable[[], AbstractContextManager[None]],
        share: PersonalShare | None = None,
    ) -> None:
        self._transport = transport
        self._token = token
        self._client_id = client_id
        self._account = account
        self._timeout = timeout
        self._deadline: float | None = None
        self._background = background
        self._goes_on_later = goes_on_later
        self._reserves = background and not goes_on_later
        self._on_write = on_write
        self._share = share
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
        """The decoded response; from the cache if possible, unless `fresh`.

        Raises SpotifyError, and NeedsLogin from the token source or from Spotify.
        """
        call, deadline = ApiCall("GET", path, query), self._call_deadline()

        async def fetch() -> CachedResponse:
            with self._own_app_errors():
                return await self._send_with_retries(call, deadline, decode)

        public = is_public(path)
        if fresh or not (self._account or public):
            return (await fetch()).value  # type: ignore[no-any-return]
        key = self._cache_key(path, query)
        return await self._transport.cache.get(key, cache_ttl(path), fetch, deadline)  # type: ignore[no-any-return]

    def cached(self, path: str, query: Query | None = None) -> Any | None:
        """The decoded response of a GET if it is cached, or None; sends nothing."""
        return self._transport.cache.peek(self._cache_key(path, query))

    def forget(self, path: str) -> None:
        """Erase the cached response of a GET, so that the next one is sent."""
        self._transport.cache.forget(self._cache_key(path, None))

    def _cache_key(self, path: str, query: Query | None) -> CacheKey:
        parameters = tuple(sorted((name, str(value)) for name, value in (query or {}).items()))
        return CacheKey("" if is_public(path) else self._account, path, parameters)

    async def write(
        self, method: str, path: str, query: Query | None = None, json: object = None
    ) -> bytes:
        """Send a write; returns the response's body. Raises as `get` does, and OutcomeUnknown."""
        call, deadline = ApiCall(method, path, query, json), self._call_deadline()
        uris = str((query or {}).get("uris", ""))
        self._invalidate(path, uris)
        try:
            with self._on_write(), self._own_app_errors():
                return (await self._send_with_retries(call, deadline, bytes)).value  # type: ignore[no-any-return]
        finally:
            self.invalidate(*invalidated_groups(path, uris))

    def _invalidate(self, path: str, uris: str) -> None:
        """Cached responses, and those in flight, may show the state before the write."""
        self._transport.cache.invalidate(self._account, invalidated_groups(path, uris))

    def invalidate(self, *groups: Group) -> None:
        """Erase the account's cached responses of these groups, in all processes."""
        self._transport.cache.invalidate(self._account, groups)
        self._transport.on_stale(self._account, groups)

    def prime_cache(self, path: str, item: object, size: int, query: Query | None = None) -> None:
        """Cache an item of another response as that of a GET of `path`; `size` in bytes."""
        key = self._cache_key(path, query)
        if key.account or is_public(path):
            self._transport.cache.put(key, cache_ttl(path), CachedResponse(item, size))

    def require_quota(self, method: str, path: str) -> None:
        """Raises QuotaExceeded if Spotify is known to refuse such a call, ShareExceeded.

        Sends and counts nothing, and spares the calls that would precede the refused one.
        """
        with self._own_app_errors():
            self._transport.limiter.require_quota(self._client_id, group_of(method, path))
        if self._share:
            self._share.require(group_of(method, path))

    def reserve(self, path: str, calls: int) -> None:
        """Reserve GETs for background work. Raises BackgroundBudgetExceeded, ShareExceeded."""
        if self._reserves:
            if self._share:
                self._share.require(group_of("GET", path), calls)
            self._transport.limiter.reserve(self._client_id, group_of("GET", path), calls)

    def release(self, path: str, calls: int) -> None:
        """Give back this many reserved GETs, which are no longer needed."""
        if self._reserves:
            self._transport.limiter.release(self._client_id, group_of("GET", path), calls)

    def background_budget(self, path: str) -> BackgroundBudget:
        """The GETs that background work may still make."""
        limiter, group = self._transport.limiter, group_of("GET", path)
        return background_budget(limiter, self._client_id, group, self._share)

    def time_left(self) -> float:
        """Seconds left for a call."""
        return self._call_deadline() - asyncio.get_running_loop().time()

    def _call_deadline(self) -> float:
        now = asyncio.get_running_loop().time()
        if self._timeout is None:
            return now + (BACKGROUND_CALL_TIMEOUT if self._reserves else CALL_TIMEOUT)
        if self._deadline is None:
            self._deadline = now + self._timeout
        return self._deadline

    async def _send_with_retries(
        self, call: ApiCall, deadline: float, decode: Callable[[bytes], object]
    ) -> CachedResponse:
        """Send the call, and retry it if its error and the deadline allow that.

        Renews the access token once, retries once after each kind of spurious refusal, waits for
        rate limits as long as there is time, and makes MAX_ATTEMPTS if Spotify is down.
        """
        token = await self._access_token(None, deadline)
        retried: set[type[Exception]] = set()
        failures = 0
        too_late: SpotifyError = SpotifyDown("no time left")
        while True:
            await self._wait_for_slot(call, deadline, too_late)
            try:
                body = await self._send_once(call, token, deadline)
                return CachedResponse(decode(body), len(body))
            except (AccessTokenRefused, SpuriousPremiumRequired) as error:
                if isinstance(error, _SPURIOUS_REFUSALS) and type(error) not in retried:
                    retried.add(type(error))
                    await self._back_off(1, deadline, error)
                elif isinstance(error, AccessTokenRefused) and AccessTokenRefused not in retried:
                    retried.add(AccessTokenRefused)
                    token = await self._access_token(token, deadline)
                else:
                    raise
            except QuotaExceeded:
                raise
            except RateLimited as error:
                self.rate_limits_met += 1
                if self._goes_on_later and error.retry_after > MAX_SILENT_PAUSE:
                    raise
                too_late = error
            except SpotifyDown as error:
                failures += 1
                if failures == MAX_ATTEMPTS:
                    raise
                await self._back_off(failures, deadline, error)

    async def _access_token(self, refused: str | None, deadline: float) -> str:
        """An access token. Raises SpotifyDown at the deadline."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._token(refused)
        except TimeoutError:
            raise SpotifyDown("no access token in time") from None

    async def _send_once(self, call: ApiCall, token: str, deadline: float) -> bytes:
        time_left = deadline - asyncio.get_running_loop().time()
        with self._transport.limiter.track(
            self._client_id, call.group, background=self._background
        ):
            return await self._transport.send(call, token, min(ATTEMPT_TIMEOUT, time_left))

    @contextmanager
    def _own_app_errors(self) -> Iterator[None]:
        """Raise the errors about an app that the user brought instead of those about the bot's."""
        try:
            yield
        except (UserNotRegistered, OwnerNeedsPremium, QuotaExceeded) as error:
            if self._transport.client_id in (None, self._client_id):
                raise
            match error:
                case QuotaExceeded():
                    raise OwnAppQuotaExceeded(error.retry_after) from None
                case UserNotRegistered():
                    raise OwnAppLacksUser(str(error)) from None
            raise OwnAppNeedsPremium(str(error)) from None

    async def _wait_for_slot(self, call: ApiCall, deadline: float, too_late: SpotifyError) -> None:
        """Wait until the rate limiter lets the call through.

        Raises ShareExceeded, and RateLimited or `too_late` if too little time is left to send it.
        """
        if self._share:
            self._share.require(call.group)
        loop, limiter = asyncio.get_running_loop(), self._transport.limiter
        min_time_left = MIN_TIME_LEFT if call.idempotent else MIN_TIME_LEFT_NON_IDEMPOTENT
        if loop.time() + min_time_left > deadline:
            raise too_late
        background, has_deadline = self._background, self._timeout is not None
        turn = Turn()
        while wait := limiter.acquire(
            self._client_id,
            call.group,
            background=background,
            has_deadline=has_deadline,
            turn=turn,
            longest=deadline - min_time_left - loop.time(),
        ):
            if loop.time() + wait + min_time_left > deadline:
                raise RateLimited(wait)
            await asyncio.sleep(wait)
        self.calls_sent += 1
        if self._share:
            self._share.count(call.group)

    async def _back_off(self, failures: int, deadline: float, error: Exception) -> None:
        """Sleep with full jitter: up to a limit that doubles with each failure.

        Raises `error` if too little time would be left.
        """
        pause = self._transport.rng.uniform(0, MAX_FIRST_BACKOFF * 2 ** (failures - 1))
        if asyncio.get_running_loop().time() + pause + MIN_TIME_LEFT > deadline:
            raise error
        await asyncio.sleep(pause)
