"""GET /metrics: figures for a program on this machine, or for one that has the token."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import HttpVersion11, web
from yarl import URL

from bot.accounts.metrics import CONTENT_TYPE
from bot.config import Network

Scrape = Callable[[], Awaitable[bytes]]

# What a proxy adds to a request that it passes on.
_PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


class MetricsEndpoint:
    """With `token`, whoever brings it may read; without one, whoever is on this very machine."""

    def __init__(self, scrape: Scrape, token: str | None, trusted_proxy: Network | None) -> None:
        self._scrape = scrape
        self._token = token
        self._trusted_proxy = trusted_proxy

    async def get(self, request: web.Request) -> web.Response:
        """404 to all others: there is nothing here for them."""
        if not (self._has_token(request) if self._token else self._is_loopback_client(request)):
            raise web.HTTPNotFound
        return web.Response(body=await self._scrape(), headers={"Content-Type": CONTENT_TYPE})

    def _has_token(self, request: web.Request) -> bool:
        given = request.headers.getall("Authorization", [])
        asked = f"Bearer {self._token}".encode()
        return len(given) == 1 and hmac.compare_digest(given[0].encode(errors="replace"), asked)

    def _is_loopback_client(self, request: web.Request) -> bool:
        """Whether it came from this machine, and through no proxy that runs here as well."""
        peer = ipaddress.ip_address(request.remote or "0.0.0.0")
        passed_on = any(name in request.headers for name in _PROXY_HEADERS)
        proxy = self._trusted_proxy is not None and peer in self._trusted_proxy
        # nginx passes requests on as HTTP/1.0, and as if they were for this machine.
        passed_on = passed_on or request.version < HttpVersion11
        return peer.is_loopback and _is_loopback(request.host) and not passed_on and not proxy


def _is_loopback(host: str) -> bool:
    """Whether a Host header names this machine; a web page elsewhere can have any other name."""
    try:
        name = URL(f"http://{host}").host or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
