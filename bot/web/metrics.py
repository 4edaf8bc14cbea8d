"""GET /metrics, for clients on this machine, or with a token for clients that send it."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import HttpVersion11, web
from yarl import URL

from bot.accounts.metrics import CONTENT_TYPE, Metrics, Readings
from bot.accounts.quota import Quota
from bot.interactions.command_sync import CommandSync
from bot.interactions.connection import Connection
from bot.store import Store
from bot.web.forwarded import Proxies, peer_address

Scrape = Callable[[], Awaitable[bytes]]

# Headers that proxies add to forwarded requests.
_PROXY_HEADERS = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


async def render_metrics(
    metrics: Metrics, store: Store, quota: Quota, connection: Connection, sync: CommandSync
) -> bytes:
    """All metrics in Prometheus's text format, with what is true at this moment."""
    return metrics.render(
        Readings(
            linked_accounts=await store.accounts.count(),
            latency=connection.latency,
            connected=connection.is_connected,
            usage=quota.report(),
            commands_synced=not sync.problem,
            storage_errors=store.error_counts,
            free_bytes=store.free_bytes(),
        )
    )


class MetricsEndpoint:
    """With `token`, any client that sends it may read; without, only clients on this machine."""

    def __init__(self, scrape: Scrape, token: str | None, proxies: Proxies) -> None:
        self._scrape = scrape
        self._token = token
        self._proxies = proxies

    async def get(self, request: web.Request) -> web.Response:
        """The metrics; 404 to a client that may not read them."""
        if not (self._has_token(request) if self._token else self._is_loopback_client(request)):
            raise web.HTTPNotFound
        return web.Response(body=await self._scrape(), headers={"Content-Type": CONTENT_TYPE})

    def _has_token(self, request: web.Request) -> bool:
        sent = request.headers.getall("Authorization", [])
        wanted = f"Bearer {self._token}".encode()
        return len(sent) == 1 and hmac.compare_digest(sent[0].encode(errors="replace"), wanted)

    def _is_loopback_client(self, request: web.Request) -> bool:
        """Whether a client on this machine sent the request, and no proxy forwarded it."""
        peer = peer_address(request)
        # nginx forwards requests as HTTP/1.0, and with a Host header of this machine.
        forwarded = request.version < HttpVersion11 or any(
            name in request.headers for name in _PROXY_HEADERS
        )
        is_local = peer.is_loopback and _is_loopback(request.host)
        return is_local and not forwarded and not self._proxies.trusts(peer)


def _is_loopback(host: str) -> bool:
    """Whether a Host header names this machine.

    The check stops DNS rebinding, by which a web page would read the metrics in a local browser.
    """
    try:
        name = URL(f"http://{host}").host or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
