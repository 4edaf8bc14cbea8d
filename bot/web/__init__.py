"""The only HTTP server: the login, callback, setup, privacy, health and metrics pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.endings import Finished, Onward
from bot.errors import CannotStart, LoginGone
from bot.links import LIFETIME, Links
from bot.ui import pages
from bot.web.figures import Figures
from bot.web.guard import LARGEST_BODY, Guard, html

_log = logging.getLogger(__name__)

_GRACE = 2.0

Tell = Callable[[Finished], Awaitable[None]]
"""Says in Discord how a login in the browser ended."""


@asynccontextmanager
async def serve(
    links: Links,
    tell: Tell,
    guard: Guard,
    figures: Figures,
    *,
    host: str,
    port: int,
    public_url: str,
    operator: str,
) -> AsyncIterator[None]:
    """The pages, for as long as the context lasts. Raises CannotStart where the port is taken."""
    doors = _Doors(links, tell, public_url, operator)
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[guard.middleware])
    app.add_routes(
        [
            web.route("*", "/login", doors.nowhere),
            web.route("*", "/login/", doors.nowhere),
            web.get("/login/{nonce:.+}", doors.ask),
            web.post("/login/{nonce:.+}", doors.leave),
            web.get("/discord", doors.signed_in),
            web.get("/callback", doors.come_back),
            web.get("/done", doors.done),
            web.get("/setup", doors.setup),
            web.get("/privacy", doors.privacy),
            web.get("/health", doors.health),
            web.get("/metrics", figures.show),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    server = runner.server
    assert server is not None
    server.request_handler = guard.before(server.request_handler)
    loop = asyncio.get_running_loop()
    try:
        try:
            listening = await loop.create_server(
                lambda: guard.connection(server, loop), host, port, backlog=1024
            )
        except OSError as error:
            raise CannotStart(
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


class _Doors:
    """The stations of a login, in the order in which a browser passes them, and what to read."""

    def __init__(self, links: Links, tell: Tell, public_url: str, operator: str) -> None:
        self._links = links
        self._tell = tell
        self._operator = operator
        self._secure = public_url.startswith("https:")
        self._cookie = "__Host-tonearm" if self._secure else "tonearm"

    async def nowhere(self, _request: web.Request) -> web.Response:
        raise LoginGone

    async def ask(self, request: web.Request) -> web.Response:
        """Changes nothing: previews of links come here too."""
        login = await self._links.page(request.match_info["nonce"])
        return html(pages.login(login.discord_name, by_code=self._links.by_code))

    async def leave(self, request: web.Request) -> web.Response:
        return self._onward(await self._links.begin(request.match_info["nonce"]))

    async def signed_in(self, request: web.Request) -> web.Response:
        end = await self._links.signed_in(*self._brought(request))
        return self._onward(end) if isinstance(end, Onward) else await self._finished(end)

    async def come_back(self, request: web.Request) -> web.Response:
        return await self._finished(await self._links.finish(*self._brought(request)))

    async def done(self, request: web.Request) -> web.Response:
        """The last page, at an address without a code or state in it."""
        login = await self._links.last_page(self._cookie_of(request))
        if (code := self._links.code_of(login)) is not None:
            return html(pages.code(code, login.name or "", login.discord_name))
        done = login.outcome == pages.LINKED
        page = pages.ending(login.outcome or "", login.name, self._operator)
        return html(page, 200 if done else 400)

    async def setup(self, _request: web.Request) -> web.Response:
        return html(pages.setup(self._links.redirect_uri))

    async def privacy(self, _request: web.Request) -> web.Response:
        return html(pages.privacy(self._operator))

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _brought(self, request: web.Request) -> tuple[str, str, str, str]:
        """State, cookie, code and error, each empty where it is missing or given twice."""
        query = request.query

        def single(name: str) -> str:
            given = query.getall(name, [])
            return given[0] if len(given) == 1 else ""

        return single("state"), self._cookie_of(request), single("code"), single("error")

    def _cookie_of(self, request: web.Request) -> str:
        """Our cookie; empty where it is missing or given twice."""
        pairs = (
            pair.strip().partition("=")
            for header in request.headers.getall("Cookie", [])
            for pair in header.split(";")
        )
        given = [value for name, _, value in pairs if name == self._cookie]
        return given[0] if len(given) == 1 else ""

    def _onward(self, onward: Onward) -> web.Response:
        return self._redirect(onward.url, onward.cookie)

    async def _finished(self, finished: Finished) -> web.Response:
        await self._tell(finished)
        return self._redirect("/done", finished.cookie)

    def _redirect(self, url: str, cookie: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": url})
        response.set_cookie(
            self._cookie,
            cookie,
            max_age=LIFETIME,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )
        return response
