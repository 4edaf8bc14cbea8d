"""A simulated reverse proxy with a certificate, and the DNS that leads to it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

_LOOPBACK = "127.0.0.1"
_HOP_BY_HOP = ("Connection", "Content-Length", "Transfer-Encoding", "Host", "X-Forwarded-For")


@dataclass
class ReverseProxy:
    """Passes requests on to a port of loopback, unless it answers with a status itself.

    passes_host    whether the Host header is that of the request
    names_visitor  whether it sets X-Forwarded-For
    status         of its own answer, with `location` as the header of that name
    """

    upstream: int
    passes_host: bool = True
    names_visitor: bool = True
    status: int | None = None
    location: str = ""
    port: int = 0

    async def _handle(self, request: web.Request) -> web.Response:
        if self.status is not None:
            return web.Response(status=self.status, headers={"Location": self.location})
        headers = {n: v for n, v in request.headers.items() if n not in _HOP_BY_HOP}
        headers["Host"] = request.host if self.passes_host else f"localhost:{self.upstream}"
        if self.names_visitor:
            headers["X-Forwarded-For"] = request.remote or ""
        url = f"http://{_LOOPBACK}:{self.upstream}{request.rel_url}"
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.request(
                    request.method, url, headers=headers, allow_redirects=False
                ) as response,
            ):
                passed = {n: v for n, v in response.headers.items() if n not in _HOP_BY_HOP}
                return web.Response(
                    status=response.status, headers=passed, body=await response.read()
                )
        except aiohttp.ClientError:
            return web.Response(status=502)

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None) -> AsyncIterator[ReverseProxy]:
        """Listen on a free port, with https if there is `tls`."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, _LOOPBACK, 0, ssl_context=tls)
            await site.start()
            self.port = runner.addresses[0][1]
            yield self
        finally:
            await runner.cleanup()


class SimulatedDns(AbstractResolver):
    """Knows these names, all on loopback, and refuses all others as a name server does."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = set(hosts)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self.hosts:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=_LOOPBACK,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""
