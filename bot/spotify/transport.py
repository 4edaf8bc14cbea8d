"""One call to the Web API: token, sending, and what may be sent again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import aiohttp
import msgspec

from bot.errors import (
    AccessTokenRefused,
    OutcomeUnknown,
    PremiumDoubted,
    SpotifyDown,
    TooManyCalls,
)
from bot.spotify.refusals import Reply, refusal

LARGEST_BODY = 8 * 1024 * 1024
TIMEOUT = aiohttp.ClientTimeout(total=8, sock_connect=3)
ATTEMPTS = 3
# Seconds of rate limits that somebody who waits for an answer sits out.
PATIENCE = 2.0

Query = Mapping[str, str | int]

TokenSource = Callable[[str | None], Awaitable[str]]
"""An access token that works; the argument is one that was just refused, or None."""


class Call(Protocol):
    """`Transport.call` for one user: what the chapters of the Web API are made of."""

    async def __call__(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        json: object = None,
        *,
        patience: float = PATIENCE,
    ) -> bytes: ...


def repeatable(method: str, path: str) -> bool:
    """Whether a call may be sent again when nobody knows if it was done.

    Every other PUT and DELETE sets a state, and setting it twice changes nothing.
    """
    return method != "POST" and path != "me/player/play"


class Transport:
    """The one place that sends to the Web API."""

    def __init__(self, http: aiohttp.ClientSession, api_url: str) -> None:
        # aiohttp sends a PUT again when a kept connection drops under it, and tells nobody.
        # There is no public way to forbid that (aiohttp 3.14, ClientSession._request).
        http._retry_connection = False
        self._http = http
        self._api_url = api_url

    async def call(
        self,
        token: TokenSource,
        method: str,
        path: str,
        query: Query | None = None,
        json: object = None,
        *,
        patience: float = PATIENCE,
    ) -> bytes:
        """The body of the answer. Raises SpotifyFault, or NeedsLogin from `token` or Spotify.

        Renews the access token once, waits out rate limits of `patience` seconds in all, and
        repeats what is safe to repeat; each of these has a budget of its own.
        """
        access = await token(None)
        renewed = doubted = False
        failures = 0
        while True:
            try:
                return await self._once(access, method, path, query, json)
            except AccessTokenRefused:
                if renewed:
                    raise
                renewed, access = True, await token(access)
            except PremiumDoubted:
                if doubted:
                    raise
                doubted = True
            except TooManyCalls as fault:
                if fault.retry_after > patience:
                    raise
                patience -= fault.retry_after
                await asyncio.sleep(fault.retry_after)
            except SpotifyDown:
                failures += 1
                if failures == ATTEMPTS:
                    raise
                await asyncio.sleep(random.uniform(0, 0.2 * 2**failures))

    async def _once(
        self, access: str, method: str, path: str, query: Query | None, json: object
    ) -> bytes:
        in_doubt = SpotifyDown if repeatable(method, path) else OutcomeUnknown
        try:
            reply = await self._send(access, method, path, query, json)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SpotifyDown(f"not sent: {type(error).__name__}") from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise in_doubt(type(error).__name__) from None
        fault = refusal(reply)
        if isinstance(fault, SpotifyDown):
            raise in_doubt(str(fault))
        if fault is not None:
            raise fault
        return reply.body

    async def _send(
        self, access: str, method: str, path: str, query: Query | None, json: object
    ) -> Reply:
        headers = {"Authorization": f"Bearer {access}"}
        if json is not None:
            headers["Content-Type"] = "application/json"
        async with self._http.request(
            method,
            f"{self._api_url}/{path}",
            params=query,
            data=None if json is None else msgspec.json.encode(json),
            headers=headers,
            allow_redirects=False,
            timeout=TIMEOUT,
        ) as response:
            return Reply(response.status, response.headers, await body_of(response))


async def body_of(response: aiohttp.ClientResponse) -> bytes:
    """The body, of LARGEST_BODY bytes at most. Raises ClientPayloadError beyond."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise aiohttp.ClientPayloadError("body too large")
    return bytes(body)
