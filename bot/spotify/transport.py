"""The one place that sends to the Web API: one call, once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import msgspec

from bot.errors.spotify import OutcomeUnknown, SpotifyDown
from bot.spotify.cache import ResponseCache
from bot.spotify.endpoint_groups import Group, group_of
from bot.spotify.error_mapping import ApiResponse, error_for
from bot.spotify.limits import RateLimiter
from bot.spotify.response_body import read_body
from bot.spotify.short_links import ShortLinks

API_URL = "https://api.spotify.com/v1"

# Seconds: for a connection, and for the whole of one try.
CONNECT_TIMEOUT = 3.0
ATTEMPT_TIMEOUT = 8.0

TIMEOUT = aiohttp.ClientTimeout(total=ATTEMPT_TIMEOUT, sock_connect=CONNECT_TIMEOUT)

Query = Mapping[str, str | int]

_NOT_SENT_ERRORS = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

OnExchange = Callable[[Group, int, float], None]
"""Told of each exchange: its group, the status (0 for no answer), and how many seconds it took."""

# What sets a state, so that doing it twice changes nothing.
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
        """Whether it may be sent again when nobody knows if it was done."""
        return self.method == "GET" or self.path in _IDEMPOTENT_WRITES


class Transport:
    """A way to the Web API, with what all who use it share: its limits, and what is kept."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        api_url: str = API_URL,
        *,
        limiter: RateLimiter | None = None,
        clock: Callable[[], float] = time.time,
        on_exchange: OnExchange | None = None,
        rng: random.Random | None = None,
    ) -> None:
        # aiohttp sends a PUT again when a kept connection drops under it, and tells nobody.
        # There is no public way to forbid that (aiohttp 3.14, ClientSession._request).
        http._retry_connection = False
        self._http = http
        self.limiter = limiter or RateLimiter(clock)
        self.cache = ResponseCache(clock)
        self.short_links = ShortLinks(http, clock)
        self.rng = rng or random.Random()
        self._api_url = api_url
        self._on_exchange = on_exchange

    def expire(self) -> None:
        """Free the cached responses and link targets whose TTL is over."""
        self.cache.expire()
        self.short_links.expire()

    async def send(self, call: ApiCall, access: str, seconds: float) -> bytes:
        """Send it once; the body of the answer. Raises SpotifyError or NeedsLogin.

        OutcomeUnknown, where it may have been done and must not be repeated.
        """
        in_doubt = SpotifyDown if call.idempotent else OutcomeUnknown
        began = time.perf_counter()
        try:
            reply = await self._exchange(call, access, seconds)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._report(call, 0, began)
            if isinstance(error, _NOT_SENT_ERRORS):
                raise SpotifyDown(f"not sent: {type(error).__name__}") from None
            raise in_doubt(type(error).__name__) from None
        self._report(call, reply.status, began)
        fault = error_for(reply)
        if isinstance(fault, SpotifyDown):
            raise in_doubt(str(fault))
        if fault is not None:
            raise fault
        return reply.body

    def _report(self, call: ApiCall, status: int, began: float) -> None:
        if self._on_exchange:
            self._on_exchange(call.group, status, time.perf_counter() - began)

    async def _exchange(self, call: ApiCall, access: str, seconds: float) -> ApiResponse:
        headers = {"Authorization": f"Bearer {access}"}
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
                # Shorter than the whole, so that it is known when nothing was sent; `connect` has
                # the wait for a free connection and the look-up of the name in it as well.
                connect=min(CONNECT_TIMEOUT, 0.9 * seconds),
                total=seconds,
                ceil_threshold=ATTEMPT_TIMEOUT,  # or else what is over five seconds is rounded up
            ),
        ) as response:
            return ApiResponse(response.status, response.headers, await read_body(response))
