"""What every request to the web server meets: limits, a deadline, and the same strict headers."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Middleware

from bot.config import Network
from bot.errors import Fault, LoginGone
from bot.ui import pages
from bot.ui.explain import explain

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LARGEST_BODY = 4 * 1024
# Seconds in which a request must have arrived whole.
PATIENCE = 10.0
# So many requests for a login within so many seconds from one address, and so many addresses kept.
REQUESTS, REQUESTS_WINDOW = 40, 60.0
_ADDRESSES = 10_000
_LIMITED = ("/login", "/callback", "/discord")
# Platforms ask after the program's health by its address, and so do readers of its figures.
_ANY_HOST = ("/health", "/metrics")


# aiohttp's access log prints query strings, login codes among them.
_SILENT = logging.getLogger(f"{__name__}.access")
_SILENT.disabled = True


class TooManyRequests(Exception):
    """From one address."""


class Guard:
    """The middleware around every page, and the protocol below it."""

    def __init__(
        self,
        public_url: str,
        *,
        form_targets: tuple[str, ...],
        trusted_proxy: Network | None,
        operator: str,
        clock: Callable[[], float],
    ) -> None:
        self._public_url = public_url
        self._host = urlsplit(public_url).netloc
        self._trusted = trusted_proxy
        self._operator = operator
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self.headers = _headers(public_url, form_targets)

    def connection(self, server: web.Server, loop: asyncio.AbstractEventLoop) -> web.RequestHandler:
        """The protocol of one connection."""
        return _Connection(self, server, loop)

    def before(self, handle: Answer) -> Answer:
        """`handle`, except for an Expect header, which aiohttp answers before any middleware."""

        async def first(request: web.BaseRequest) -> web.StreamResponse:
            if "Expect" in request.headers:
                return self.dress(explained(400))
            return await handle(request)

        return first

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await self._admit(request, handler)
            except web.HTTPException as refused:
                response = explained(refused.status)
            except TooManyRequests:
                response = explained(429)
                response.headers["Retry-After"] = str(int(REQUESTS_WINDOW))
            except Fault as fault:
                _log.info("login page: %s", fault)
                response = html(
                    pages.sentence("Nothing was changed", fault.said(self._operator)),
                    410 if isinstance(fault, LoginGone) else 400,
                )
            except Exception as error:
                told = explain(error, self._operator)
                _log.error("a page failed: reference %s", told.reference, exc_info=error)
                response = html(pages.sentence("That did not work", told.says), 500)
            return self.dress(response)

        return guard

    def dress(self, response: web.StreamResponse) -> web.StreamResponse:
        """The headers of every answer; one request a connection, so that none can linger."""
        response.headers.update(self.headers)
        response.force_close()
        return response

    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._is_ours(request.host) and request.path not in _ANY_HOST:
            raise web.HTTPMisdirectedRequest
        if request.path.startswith(_LIMITED):
            self._count(self._address(request))
        if request.method == "POST" and not self._from_our_page(request):
            raise web.HTTPForbidden
        if request.version > HttpVersion11:
            raise web.HTTPBadRequest
        if (length := request.content_length or 0) > LARGEST_BODY:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, length)
        try:
            await request.read()
        except (web.RequestPayloadError, ConnectionError):
            raise web.HTTPBadRequest from None  # it makes no sense, or its sender is gone
        if isinstance(request.protocol, _Connection):
            request.protocol.arrived()
        return await handler(request)

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names PUBLIC_URL, however it is written."""
        usual = ":443" if self._public_url.startswith("https:") else ":80"
        return host.lower().removesuffix(usual) == self._host

    def _from_our_page(self, request: web.Request) -> bool:
        """Whether a form was sent from one of these pages.

        Their no-referrer policy makes browsers say "Origin: null" (Fetch standard, "append a
        request Origin header"), so Sec-Fetch-Site, which browsers send since 2023, is asked first.
        """
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        return site == "same-origin" if site else origin in (None, "null", self._public_url)

    def _address(self, request: web.Request) -> str:
        """Whose request it is: the peer, or whom a trusted proxy names; a /64 for IPv6."""
        peer = request.remote or "0.0.0.0"
        if self._trusted is not None and ipaddress.ip_address(peer) in self._trusted:
            said = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2]
            peer = said.strip() or peer
        try:
            address = ipaddress.ip_address(_without_port(peer))
        except ValueError:
            return "unreadable"
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address.version == 6:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)

    def _count(self, address: str) -> None:
        now = self._clock()
        times = self._seen.setdefault(address, deque(maxlen=REQUESTS))
        self._seen.move_to_end(address)
        if len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        if len(times) == REQUESTS and times[0] > now - REQUESTS_WINDOW:
            raise TooManyRequests
        times.append(now)


class _Connection(web.RequestHandler):
    """aiohttp's protocol, with a deadline for the request and our words for what is malformed."""

    __slots__ = ("_deadline", "_guard")

    def __init__(self, guard: Guard, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server, loop=loop, access_log=_SILENT, lingering_time=0, auto_decompress=False
        )
        self._guard = guard
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self._deadline = asyncio.get_running_loop().call_later(PATIENCE, transport.abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.arrived()
        super().connection_lost(exc)

    def arrived(self) -> None:
        """The request is here as a whole."""
        if self._deadline is not None:
            self._deadline.cancel()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """For what does not reach the middleware: a request that is no HTTP, above all."""
        if status >= 500 and exc is not None:
            _log.error("a request failed", exc_info=exc)
        return self._guard.dress(explained(status))


def _without_port(peer: str) -> str:
    """The address alone: some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711."""
    if peer.startswith("["):
        return peer[1:].partition("]")[0]
    return peer.partition(":")[0] if peer.count(":") == 1 else peer


def _headers(public_url: str, form_targets: tuple[str, ...]) -> Mapping[str, str]:
    # A browser holds form-action against redirects too, so where logins lead is named.
    targets = " ".join(("'self'", *form_targets))
    policy = (
        f"default-src 'none'; style-src '{pages.STYLE_HASH}'; form-action {targets}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Server": "Tonearm",
    }
    if public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


_START_OVER = "Use /link in Discord to start over."
_SAYS = {
    404: ("There is nothing here", "Use /link in Discord to link your Spotify account."),
    403: ("That came from somewhere else", _START_OVER),
    413: ("That was too much at once", _START_OVER),
    429: ("That was too often", "Wait a minute, then load this page again."),
    500: ("That is a bug in Tonearm", "Tell whoever runs this bot when it happened."),
}
_ODD = ("That request makes no sense here", _START_OVER)


def explained(status: int) -> web.Response:
    return html(pages.sentence(*_SAYS.get(status, _ODD)), status)


def html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
