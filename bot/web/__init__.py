"""The HTTP server: login, callback, setup, privacy, health and metrics pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors.bot_error import BotError, StartupError
from bot.errors.login import LoginLinkExpired
from bot.errors.storage import StorageError
from bot.login.flow import LOGIN_LIFETIME, LoginFlow
from bot.login.results import LoginFinished, Redirect
from bot.web import pages
from bot.web.metrics import MetricsEndpoint
from bot.web.middleware import MAX_BODY, RequestGuard, html_response

_log = logging.getLogger(__name__)

_SHUTDOWN_GRACE = 2.0  # seconds

AnnounceLogin = Callable[[LoginFinished], Awaitable[None]]
"""Says in Discord how a login in the browser ended."""


@asynccontextmanager
async def serve(
    flow: LoginFlow,
    announce: AnnounceLogin,
    guard: RequestGuard,
    metrics: MetricsEndpoint,
    trouble: Callable[[], Awaitable[StorageError | None]],
    *,
    host: str,
    port: int,
    public_url: str,
    operator: str,
) -> AsyncIterator[None]:
    """Serve the pages until the context ends. Raises StartupError if the port is in use.

    `trouble` returns what keeps the database from being written, for /health.
    """
    handlers = _Handlers(flow, announce, trouble, public_url, operator)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[guard.middleware])
    app.add_routes(
        [
            web.route("*", "/login", handlers.missing_nonce),
            web.route("*", "/login/", handlers.missing_nonce),
            web.get("/login/{nonce:.+}", handlers.show_login),
            web.post("/login/{nonce:.+}", handlers.start),
            web.get("/discord", handlers.discord_callback),
            web.get("/callback", handlers.spotify_callback),
            web.get("/done", handlers.result),
            web.get("/setup", handlers.setup),
            web.get("/privacy", handlers.privacy),
            web.get("/health", handlers.health),
            web.get("/metrics", metrics.get),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_GRACE)
    await runner.setup()
    server = runner.server
    assert server is not None
    server.request_handler = guard.reject_expect(server.request_handler)
    loop = asyncio.get_running_loop()
    try:
        try:
            listening = await loop.create_server(
                lambda: guard.make_connection(server, loop), host, port, backlog=1024
            )
        except OSError as error:
            raise StartupError(
                f"Tonearm cannot listen on {host} port {port}: {error.strerror}. "
                "Set HOST and PORT to a free address."
            ) from None
        async with listening:
            _log.info("login pages at %s", public_url)
            yield
            listening.close()
            await runner.cleanup()
    finally:
        await runner.cleanup()


class _Handlers:
    """The steps of a login, in the order in which a browser requests them; then other pages."""

    def __init__(
        self,
        flow: LoginFlow,
        announce: AnnounceLogin,
        trouble: Callable[[], Awaitable[StorageError | None]],
        public_url: str,
        operator: str,
    ) -> None:
        self._flow = flow
        self._announce = announce
        self._trouble = trouble
        self._operator = operator
        self._secure = public_url.startswith("https:")
        self._cookie_name = "__Host-tonearm" if self._secure else "tonearm"

    async def missing_nonce(self, _request: web.Request) -> web.Response:
        raise LoginLinkExpired

    async def show_login(self, request: web.Request) -> web.Response:
        """Changes nothing, since chat programs request links to show a preview."""
        login = await self._flow.show_login(request.match_info["nonce"])
        return html_response(pages.login(login.discord_name, by_code=self._flow.needs_code))

    async def start(self, request: web.Request) -> web.Response:
        return self._redirect(await self._flow.start(request.match_info["nonce"]))

    async def discord_callback(self, request: web.Request) -> web.Response:
        step = await self._flow.discord_callback(*self._callback_params(request))
        return self._redirect(step) if isinstance(step, Redirect) else await self._finish(step)

    async def spotify_callback(self, request: web.Request) -> web.Response:
        return await self._finish(
            await self._flow.spotify_callback(*self._callback_params(request))
        )

    async def result(self, request: web.Request) -> web.Response:
        """A page of its own, so that its URL contains no authorization code or state."""
        result = await self._flow.result(self._read_cookie(request))
        status = 400 if isinstance(result, BotError) else 200
        return html_response(pages.result(result, self._operator), status)

    async def setup(self, _request: web.Request) -> web.Response:
        return html_response(pages.setup(self._flow.redirect_uri))

    async def privacy(self, _request: web.Request) -> web.Response:
        return html_response(pages.privacy(self._operator))

    async def health(self, _request: web.Request) -> web.Response:
        if (error := await self._trouble()) is not None:
            return web.json_response({"status": error.word}, status=503)
        return web.json_response({"status": "ok"})

    def _callback_params(self, request: web.Request) -> tuple[str, str, str, str]:
        """State, cookie, code and error; each is empty if it is missing or given twice."""

        def single(name: str) -> str:
            values = request.query.getall(name, [])
            return values[0] if len(values) == 1 else ""

        return single("state"), self._read_cookie(request), single("code"), single("error")

    def _read_cookie(self, request: web.Request) -> str:
        """The value of our cookie; empty if it is missing or given twice."""
        pairs = (
            pair.strip().partition("=")
            for header in request.headers.getall("Cookie", [])
            for pair in header.split(";")
        )
        values = [value for name, _, value in pairs if name == self._cookie_name]
        return values[0] if len(values) == 1 else ""

    def _redirect(self, redirect: Redirect) -> web.Response:
        return self._redirect_with_cookie(redirect.url, redirect.cookie)

    async def _finish(self, finished: LoginFinished) -> web.Response:
        await self._announce(finished)
        return self._redirect_with_cookie("/done", finished.cookie)

    def _redirect_with_cookie(self, url: str, cookie: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": url})
        response.set_cookie(
            self._cookie_name,
            cookie,
            max_age=LOGIN_LIFETIME,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )
        return response
