"""Serves the demo page on loopback, at a URL with a random token."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web

from sandbox.discord import Discord
from sandbox.page.connection import PageConnection
from sandbox.spotify import Spotify
from sandbox.spotify.scenarios import Scenarios

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).parent / "static"
LOOPBACK = "127.0.0.1"
MAX_ACTION_SIZE = 16 * 1024 * 1024  # bytes; a file of Discord's 10 MiB in base64 is below


class PageServer:
    """An async context manager that serves the page at `url`.

    If `port` is in use or not permitted, the server takes a free port.
    """

    def __init__(self, discord: Discord, spotify: Spotify, *, port: int = 0) -> None:
        self.url = ""
        self._discord = discord
        self._spotify = spotify
        self._scenarios = Scenarios(spotify)
        self._port = port
        self._token = secrets.token_urlsafe(16)
        self._sockets: set[web.WebSocketResponse] = set()

    async def __aenter__(self) -> Self:
        listener = _bind(self._port)
        self._host = f"{LOOPBACK}:{listener.getsockname()[1]}"
        self.url = f"http://{self._host}/{self._token}/"

        app = web.Application(middlewares=[self._check_host])
        app.router.add_get(f"/{self._token}/", self._index)
        app.router.add_get(f"/{self._token}/live", self._websocket)
        app.router.add_get(f"/{self._token}/emojis/{{emoji}}", self._emoji)
        app.router.add_static(f"/{self._token}/", STATIC)
        app.on_response_prepare.append(self._add_security_headers)
        app.on_shutdown.append(self._close_sockets)

        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._runner.cleanup()

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _emoji(self, request: web.Request) -> web.StreamResponse:
        emoji = self._discord.emoji.by_id.get(request.match_info["emoji"])
        if emoji is None:
            raise web.HTTPNotFound
        return web.Response(body=emoji.image, content_type=emoji.content_type)

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        # Any website may open a websocket to loopback, but only this page has this Origin.
        if request.headers.get("Origin") != f"http://{self._host}":
            raise web.HTTPForbidden
        socket_ = web.WebSocketResponse(heartbeat=20, max_msg_size=MAX_ACTION_SIZE)
        await socket_.prepare(request)
        self._sockets.add(socket_)
        try:
            await PageConnection(self._discord, self._spotify, self._scenarios, socket_).serve()
        finally:
            self._sockets.discard(socket_)
        return socket_

    @web.middleware
    async def _check_host(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # Against DNS rebinding: a foreign name may resolve to 127.0.0.1.
        if request.host != self._host:
            raise web.HTTPNotFound
        return await handler(request)

    async def _add_security_headers(
        self, request: web.Request, response: web.StreamResponse
    ) -> None:
        images = f"{_origin(self._discord.url)} {_origin(self._spotify.api_url)}"
        response.headers.update(
            {
                "Content-Security-Policy": (
                    "default-src 'none'; script-src 'self'; style-src 'self'; "
                    f"img-src 'self' {images}; connect-src 'self' ws://{self._host}; "
                    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                ),
                "Cache-Control": "no-store",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            }
        )

    async def _close_sockets(self, app: web.Application) -> None:
        for open_socket in list(self._sockets):
            await open_socket.close(code=WSCloseCode.GOING_AWAY, message=b"the demo stopped")


def _bind(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            listener.close()
            raise
        listener.bind((LOOPBACK, 0))
    return listener


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
