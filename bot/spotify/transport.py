"""Sends single calls to the Web API, without retries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import aiohttp
import msgspec

from bot.errors.refusals import OUTCOME_UNKNOWN_ELSEWHERE, Subject
from bot.errors.spotify import OutcomeUnknown, SpotifyDown
from bot.spotify.cache import ResponseCache
from bot.spotify.endpoint_groups import Group, group_of
from bot.spotify.error_mapping import ApiResponse, error_for, subject_of
from bot.spotify.rate_limiter import RateLimiter
from bot.spotify.response_body import read_body
from bot.spotify.short_links import ShortLinks

API_URL = "https://api.spotify.com/v1"

# Seconds to connect, and for the whole attempt.
CONNECT_TIMEOUT = 3.0
ATTEMPT_TIMEOUT = 8.0

TIMEOUT = aiohttp.ClientTimeout(total=ATTEMPT_TIMEOUT, sock_connect=CONNECT_TIMEOUT)

Query = Mapping[str, str | int]

# The only status with which a read has no body: no device is active.
_NO_CONTENT = 204
_NOT_SENT_ERRORS = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

OnExchange = Callable[[Group, int, float], None]
OnStale = Callable[[str, Collection[Group]], object]
"""Called after each exchange: group, status (0 without a response), and duration in seconds."""

# The writes that set a state, so that repeating them changes nothing.
_IDEMPOTENT_WRITES = frozenset(
    ("me/library", "me/player/volume", "me/player/shuffle", "me/player/repeat", "me/player/pause")
)


@dataclass(frozen=True)
class ApiCall:
    """A method, a path below /v1, a query, and JSON to send (None: no body at all)."""

    method: str
    path: str
    query: Query | None = None
    json: object = None

    @property
    def group(self) -> Group:
        return group_of(self.method, self.path)

    @property
    def idempotent(self) -> bool:
        """Whether the call may be repeated if its outcome is unknown."""
        return self.method == "GET" or self.path in _IDEMPOTENT_WRITES


class Transport:
    """Sends calls, and holds what all users share: the rate limiter and the caches.

    client_id  the operator's app; users brought all others
    on_stale   called with an account, and the groups of endpoints whose responses it changed
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        api_url: str = API_URL,
        *,
        client_id: str | None = None,
        limiter: RateLimiter | None = None,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        on_exchange: OnExchange | None = None,
        on_stale: OnStale = lambda _account, _groups: None,
        rng: random.Random | None = None,
    ) -> None:
        # aiohttp silently repeats a PUT if a reused connection is closed during the request.
        # It has no public option to disable that (aiohttp 3.14, ClientSession._request).
        http._retry_connection = False
        self._http = http
        self.client_id = client_id
        self.limiter = limiter or RateLimiter(monotonic=monotonic)
        self.cache = ResponseCache(monotonic=monotonic)
        self.short_links = ShortLinks(http, monotonic=monotonic)
        self.rng = rng or random.Random()
        self._api_url = api_url
        self._now = now
        self._on_exchange = on_exchange
        self.on_stale = on_stale

    def expire(self) -> None:
        """Free the cached responses and link targets whose TTL is over."""
        self.cache.expire()
        self.short_links.expire()

    async def send(self, call: ApiCall, token: str, timeout: float) -> bytes:
        """Send the call once; returns the response's body. `timeout` is in seconds.

        Raises SpotifyError and NeedsLogin; OutcomeUnknown if a call that must not be repeated may
        have taken effect.
        """
        started_at = time.perf_counter()
        try:
            response = await self._exchange(call, token, timeout)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._report(call, 0, started_at)
            if isinstance(error, _NOT_SENT_ERRORS):
                raise SpotifyDown(f"not sent: {type(error).__name__}") from None
            raise _lost(call, type(error).__name__) from None
        self._report(call, response.status, started_at)
        refusal = error_for(call.method, call.path, response, now=self._now())
        if isinstance(refusal, SpotifyDown):
            raise _lost(call, str(refusal))
        if refusal is not None:
            raise refusal
        if call.method == "GET" and not response.body and response.status != _NO_CONTENT:
            raise SpotifyDown(f"{response.status} without a body")
        return response.body

    def _report(self, call: ApiCall, status: int, started_at: float) -> None:
        if self._on_exchange:
            self._on_exchange(call.group, status, time.perf_counter() - started_at)

    async def _exchange(self, call: ApiCall, token: str, timeout: float) -> ApiResponse:
        headers = {"Authorization": f"Bearer {token}"}
        if call.json is not None:
            headers["Content-Type"] = "application/json"
        async with self._http.request(
            call.method,
            f"{self._api_url}/{call.path}",
            params=call.query,
            data=None if call.json is None else msgspec.json.encode(call.json),
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                # Shorter than `total`, so that a failure to connect is known to have sent nothing.
                # `connect` includes the wait for a free connection and the DNS query.
                connect=min(CONNECT_TIMEOUT, 0.9 * timeout),
                total=timeout,
                ceil_threshold=ATTEMPT_TIMEOUT,  # by default, aiohttp rounds up above 5 seconds
            ),
        ) as response:
            return ApiResponse(response.status, response.headers, await read_body(response))


def _lost(call: ApiCall, log: str) -> SpotifyDown | OutcomeUnknown:
    """The error of a call whose response is missing or not Spotify's own."""
    if call.idempotent:
        return SpotifyDown(log)
    is_player = subject_of(call.method, call.path) is Subject.PLAYER
    return OutcomeUnknown(log, message=None if is_player else OUTCOME_UNKNOWN_ELSEWHERE)
