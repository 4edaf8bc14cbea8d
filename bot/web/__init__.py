"""The HTTP server: login, callback, download, setup, privacy, health and metrics pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors.bot_error import BotError
from bot.errors.login import LoginLinkExpired
from bot.errors.storage import StorageError
from bot.library.downloads import PATH, Downloads
from bot.login.flow import RESULT_PATH, LoginFlow
from bot.login.linking import LOGIN_LIFETIME
from bot.login.results import AwaitingCode, Callback, LoginUpdate, Redirect
from bot.web import pages
from bot.web.code_events import CodeEvents
from bot.web.downloads import DownloadPages
from bot.web.listening import listen
from bot.web.metrics import MetricsEndpoint
from bot.web.middleware import MAX_BODY, RequestGuard, call_when_lost, failure_page, html_response

_log = logging.getLogger(__name__)

AnnounceLogin = Callable[[LoginUpdate], Awaitable[object]]
"""Says in Discord how a login in the browser stands."""


@asynccontextmanager
async def serve(
    flow: LoginFlow,
    announce: AnnounceLogin,
    guard: RequestGuard,
    metrics: MetricsEndpoint,
    downloads: Downloads,
    disk_error: Callable[[], Awaitable[StorageError | None]],
    not_ready: Callable[[], Awaitable[str]],
    *,
    host: str,
    port: int,
    public_url: str,
    operator: str,
) -> AsyncIterator[None]:
    """Serve the pages until the context ends. Raises StartupError if the port is in use.

    disk_error  returns the error that prevents writes to the database, for /health
    not_ready   returns a word for why the bot cannot serve users, or "", for /ready
    """
    events = CodeEvents(flow, call_when_lost, guard.add_headers)
    handlers = _Handlers(flow, announce, events, disk_error, not_ready, guard, public_url, operator)
    download_pages = DownloadPages(downloads, guard.download_policy, guard.add_headers)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[guard.middleware])
    app.add_routes(
        [
            web.route("*", "/login", handlers.missing_nonce),
            web.route("*", "/login/", handlers.missing_nonce),
            web.get("/login/{nonce:.+}", handlers.show_login),
            web.post("/login/{nonce:.+}", handlers.start),
            # A HEAD request, which link checkers send, must not use up a code.
            web.get("/discord", handlers.discord_callback, allow_head=False),
            web.get("/callback", handlers.spotify_callback, allow_head=False),
            web.get(RESULT_PATH, handlers.result),
            web.get(pages.EVENTS_PATH, handlers.code_events, allow_head=False),
            web.get(PATH, download_pages.show),
            web.post(PATH, download_pages.send),
            web.get("/setup", handlers.setup),
            web.get("/privacy", handlers.privacy),
            web.get("/health", handlers.health),
            web.get("/ready", handlers.ready),
            web.get("/metrics", metrics.get),
        ]
    )
    app.on_shutdown.append(events.close)
    advice = "Set HOST and PORT to a free address."
    async with listen(app, guard, host=host, port=port, advice=advice):
        _log.info("login pages at %s, on %s port %d", public_url, host, port)
        yield


class _Handlers:
    """The steps of a login, in the order in which a browser requests them; then other pages."""

    def __init__(
        self,
        flow: LoginFlow,
        announce: AnnounceLogin,
        events: CodeEvents,
        disk_error: Callable[[], Awaitable[StorageError | None]],
        not_ready: Callable[[], Awaitable[str]],
        guard: RequestGuard,
        public_url: str,
        operator: str,
    ) -> None:
        self._flow = flow
        self._announce = announce
        self._events = events
        self._guard = guard
        self._disk_error = disk_error
        self._not_ready = not_ready
        self._operator = operator
        self._secure = public_url.startswith("https:")
        self._cookie_name = "__Host-tonearm" if self._secure else "tonearm"

    async def missing_nonce(self, _request: web.Request) -> web.Response:
        raise LoginLinkExpired

    async def show_login(self, request: web.Request) -> web.Response:
        """Changes nothing, since chat programs request links to show a preview."""
        page = await self._flow.show_login(*self._nonce_and_cookie(request))
        if isinstance(page, Redirect):
            return self._redirect(page)
        by_code = self._flow.needs_code
        service = "Spotify" if by_code or page.discord_verified else "Discord"
        html = pages.login(page.discord_name, service, by_code=by_code)
        return self._with_cookie(html_response(html), page.cookie)

    async def start(self, request: web.Request) -> web.Response:
        return await self._continue(await self._flow.start(*self._nonce_and_cookie(request)))

    async def discord_callback(self, request: web.Request) -> web.Response:
        return await self._continue(await self._flow.discord_callback(self._callback(request)))

    async def spotify_callback(self, request: web.Request) -> web.Response:
        return await self._continue(await self._flow.spotify_callback(self._callback(request)))

    async def result(self, request: web.Request) -> web.Response:
        """A page of its own, so that its URL contains no authorization code or state."""
        result = await self._flow.result(self._read_cookie(request))
        if isinstance(result, BotError):
            return failure_page(result, self._operator)
        response = html_response(pages.result(result))
        if isinstance(result, AwaitingCode):
            response.headers["Content-Security-Policy"] = self._guard.code_policy
        return response

    async def code_events(self, request: web.Request) -> web.StreamResponse:
        return await self._events.respond(request, self._read_cookie(request))

    async def setup(self, _request: web.Request) -> web.Response:
        return html_response(pages.setup(self._flow.redirect_uri))

    async def privacy(self, _request: web.Request) -> web.Response:
        return html_response(pages.privacy(self._operator))

    async def health(self, request: web.Request) -> web.Response:
        headers = self._guard.arrival_headers(request)
        if (error := await self._disk_error()) is not None:
            return web.json_response({"status": error.word}, status=503, headers=headers)
        return web.json_response({"status": "ok"}, headers=headers)

    async def ready(self, _request: web.Request) -> web.Response:
        word = await self._not_ready()
        return web.json_response({"status": word or "ok"}, status=503 if word else 200)

    def _nonce_and_cookie(self, request: web.Request) -> tuple[str, str]:
        return request.match_info["nonce"], self._read_cookie(request)

    def _callback(self, request: web.Request) -> Callback:
        """The request's parameters and cookie; a repeated parameter counts as missing."""

        def single(name: str) -> str:
            values = request.query.getall(name, [])
            return values[0] if len(values) == 1 else ""

        return Callback(
            single("state"), self._read_cookie(request), single("code"), single("error")
        )

    def _read_cookie(self, request: web.Request) -> str:
        """The value of our cookie; empty if it is missing or given twice."""
        pairs = (
            pair.strip().partition("=")
            for header in request.headers.getall("Cookie", [])
            for pair in header.split(";")
        )
        values = [value for name, _, value in pairs if name == self._cookie_name]
        return values[0] if len(values) == 1 else ""

    async def _continue(self, step: Redirect | LoginUpdate) -> web.Response:
        """Say in Discord what changed, then redirect the browser."""
        if isinstance(step, LoginUpdate):
            step = Redirect(RESULT_PATH, step.cookie, step)
        if step.update is not None:
            await self._announce(step.update)
        return self._redirect(step)

    def _redirect(self, redirect: Redirect) -> web.Response:
        response = web.Response(status=303, headers={"Location": redirect.url})
        return self._with_cookie(response, redirect.cookie)

    def _with_cookie(self, response: web.Response, cookie: str) -> web.Response:
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
