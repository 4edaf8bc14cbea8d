"""TLS and name resolution for the simulated short link hosts on loopback."""

from __future__ import annotations

import functools
import socket
import ssl
from datetime import timedelta

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from sandbox.certificates import TlsContexts, issue_certificate

LOOPBACK = "127.0.0.1"
HTTPS_PORT = 443
LINK_HOST, APP_LINK_HOST, OPEN_HOST = "spotify.link", "spotify.app.link", "open.spotify.com"
OLD_HOST = "spoti.fi"
OPEN_URL = f"https://{OPEN_HOST}"
HOSTS = (LINK_HOST, APP_LINK_HOST, OPEN_HOST, OLD_HOST)


class LoopbackResolver(AbstractResolver):
    """Resolves the short link hosts only, and records every lookup."""

    def __init__(self, port: int, lookups: list[tuple[str, int]]) -> None:
        self._port = port
        self._lookups = lookups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self._lookups.append((host, port))
        if host not in HOSTS or port != HTTPS_PORT:
            raise OSError(f"{host}:{port} is unknown here")
        return [
            ResolveResult(
                hostname=host,
                host=LOOPBACK,
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


def loopback_connector(port: int, lookups: list[tuple[str, int]]) -> aiohttp.TCPConnector:
    """A connector that reaches these hosts at this port of loopback, and IP addresses."""
    return aiohttp.TCPConnector(
        resolver=LoopbackResolver(port, lookups), use_dns_cache=False, ssl=_contexts().client
    )


def server_ssl_context() -> ssl.SSLContext:
    """The server context for all these hosts."""
    return _contexts().server


@functools.cache
def _contexts() -> TlsContexts:
    return issue_certificate(HOSTS, valid_for=timedelta(days=365))
