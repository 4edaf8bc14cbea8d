"""The only HTTP server: the login, callback, privacy and health pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import CannotStart, Fault, LoginCancelled, LoginGone
from bot.links import Links
from bot.ui import pages

_log = logging.getLogger(__name__)

LARGEST_BODY = 4096
_GRACE = 2.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serve(
    links: Links, *, host: str, port: int, public_url: str, accounts_url: str
) -> AsyncIterator[None]:
    """The pages, for as long as the context lasts. Raises CannotStart where the port is taken."""
    app = web.Application(
        client_max_size=LARGEST_BODY, middlewares=[_guard(public_url, accounts_url)]
    )
    doors = _Doors(links)
    app.add_routes(
        [
            web.get("/login/{nonce}", doors.ask),
            web.post("/login/{nonce}", doors.leave),
            web.get("/callback", doors.come_back),
            web.get("/privacy", _privacy),
            web.get("/health", _health),
        ]
    )
    # aiohttp's access log prints query strings, login codes among them.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise CannotStart(
                f"Tonearm cannot listen on {host} port {port}: {error.strerror}. "
                "Set HOST and PORT to a free address."
            ) from None
        _log.info("login pages at %s", public_url)
        yield
    finally:
        await runner.cleanup()


class _Doors:
    """The stations of a login, in the order in which a browser passes them."""

    def __init__(self, links: Links) -> None:
        self._links = links

    async def ask(self, request: web.Request) -> web.Response:
        """Changes nothing: previews of links come here too."""
        return _html(pages.login(self._links.who(request.match_info["nonce"])))

    async def leave(self, request: web.Request) -> web.Response:
        url = self._links.begin(request.match_info["nonce"])
        return web.Response(status=303, headers={"Location": url})

    async def come_back(self, request: web.Request) -> web.Response:
        given = request.query
        link = await self._links.finish(
            given.get("state", ""), given.get("code", ""), given.get("error", "")
        )
        return _html(pages.linked(link.name))


async def _privacy(_request: web.Request) -> web.Response:
    return _html(pages.PRIVACY)


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _guard(public_url: str, accounts_url: str) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Around every answer: only for our own host, always with the headers, errors in words."""
    public = urlsplit(public_url)
    # A browser holds form-action against redirects too, so Spotify's login is named.
    policy = (
        f"default-src 'none'; style-src '{pages.STYLE_HASH}'; form-action 'self' {accounts_url}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Server": "Tonearm",
    }
    if public.scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.host != public.netloc:
                raise web.HTTPMisdirectedRequest
            if request.method == "POST" and not _from_our_page(request, public_url):
                raise web.HTTPForbidden
            response = await handler(request)
        except web.HTTPException as refused:
            response = _html(pages.sentence(*_SAYS.get(refused.status, _ODD)), refused.status)
        except Fault as fault:
            _log.info("login page: %s: %s", type(fault).__name__, fault)
            response = _html(pages.sentence(_HEADING.get(type(fault), "Not linked"), fault.says))
            response.set_status(410 if isinstance(fault, LoginGone) else 400)
        except Exception:
            _log.exception("login page failed")
            response = _html(pages.sentence(*_ODD), 500)
        response.headers.update(headers)
        return response

    return guard


def _from_our_page(request: web.Request, public_url: str) -> bool:
    """Whether a form was sent from one of these pages.

    Their no-referrer policy makes browsers say "Origin: null" (Fetch standard, "append a request
    Origin header"), so Sec-Fetch-Site, which every browser sends since 2023, is asked first.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    return site == "same-origin" if site else origin in (None, "null", public_url)


_HEADING: dict[type[Fault], str] = {
    LoginGone: "This link is no longer good",
    LoginCancelled: "Login cancelled",
}
_SAYS = {
    404: ("There is nothing here", "Use /link in Discord to link your Spotify account."),
    403: ("That came from somewhere else", "Use /link in Discord to start over."),
}
_ODD = ("That request makes no sense here", "Use /link in Discord to start over.")


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
