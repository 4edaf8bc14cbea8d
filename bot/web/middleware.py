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
from bot.errors.bot_error import BotError
from bot.errors.login import LoginLinkExpired
from bot.interactions.explain import explain
from bot.web import pages

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BaseHandler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

MAX_BODY = 4 * 1024
# Seconds in which a request must have arrived whole.
REQUEST_TIMEOUT = 10.0
# So many requests for a login within so many seconds from one address, and so many addresses kept.
MAX_REQUESTS, REQUESTS_WINDOW = 40, 60.0
_MAX_ADDRESSES = 10_000
_RATE_LIMITED_PATHS = ("/login", "/callback", "/discord")
# Platforms ask after the program's health by its address, and so do readers of its figures.
_ANY_HOST_PATHS = ("/health", "/metrics")


# aiohttp's access log prints query strings, login codes among them.
_ACCESS_LOG = logging.getLogger(f"{__name__}.access")
_ACCESS_LOG.disabled = True


class TooManyRequests(Exception):
    """From one address."""


class RequestGuard:
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
        self._trusted_proxy = trusted_proxy
        self._operator = operator
        self._clock = clock
        self._request_times: OrderedDict[str, deque[float]] = OrderedDict()
        self.headers = _headers(public_url, form_targets)

    def make_connection(
        self, server: web.Server, loop: asyncio.AbstractEventLoop
    ) -> web.RequestHandler:
        """The protocol of one connection."""
        return _Connection(self, server, loop)

    def reject_expect(self, handler: BaseHandler) -> BaseHandler:
        """`handle`, except for an Expect header, which aiohttp answers before any middleware."""

        async def first(request: web.BaseRequest) -> web.StreamResponse:
            if "Expect" in request.headers:
                return self.add_headers(error_page(400))
            return await handler(request)

        return first

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await self._check_and_handle(request, handler)
            except web.HTTPException as refused:
                response = error_page(refused.status)
            except TooManyRequests:
                response = error_page(429)
                response.headers["Retry-After"] = str(int(REQUESTS_WINDOW))
            except BotError as fault:
                _log.info("login page: %s", fault)
                response = html_response(
                    pages.message("Nothing was changed", fault.render(self._operator)),
                    410 if isinstance(fault, LoginLinkExpired) else 400,
                )
            except Exception as error:
                told = explain(error, self._operator)
                _log.error("a page failed: reference %s", told.reference, exc_info=error)
                response = html_response(pages.message("That did not work", told.message), 500)
            return self.add_headers(response)

        return guard

    def add_headers(self, response: web.StreamResponse) -> web.StreamResponse:
        """The headers of every answer; one request a connection, so that none can linger."""
        response.headers.update(self.headers)
        response.force_close()
        return response

    async def _check_and_handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._is_own_host(request.host) and request.path not in _ANY_HOST_PATHS:
            raise web.HTTPMisdirectedRequest
        if request.path.startswith(_RATE_LIMITED_PATHS):
            self._check_rate(self._client_address(request))
        if request.method == "POST" and not self._is_same_origin(request):
            raise web.HTTPForbidden
        if request.version > HttpVersion11:
            raise web.HTTPBadRequest
        if (length := request.content_length or 0) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, length)
        try:
            await request.read()
        except (web.RequestPayloadError, ConnectionError):
            raise web.HTTPBadRequest from None  # it makes no sense, or its sender is gone
        if isinstance(request.protocol, _Connection):
            request.protocol.cancel_deadline()
        return await handler(request)

    def _is_own_host(self, host: str) -> bool:
        """Whether a Host header names PUBLIC_URL, however it is written."""
        usual = ":443" if self._public_url.startswith("https:") else ":80"
        return host.lower().removesuffix(usual) == self._host

    def _is_same_origin(self, request: web.Request) -> bool:
        """Whether a form was sent from one of these pages.

        Their no-referrer policy makes browsers say "Origin: null" (Fetch standard, "append a
        request Origin header"), so Sec-Fetch-Site, which browsers send since 2023, is asked first.
        """
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        return site == "same-origin" if site else origin in (None, "null", self._public_url)

    def _client_address(self, request: web.Request) -> str:
        """Whose request it is: the peer, or whom a trusted proxy names; a /64 for IPv6."""
        peer = request.remote or "0.0.0.0"
        if self._trusted_proxy is not None and ipaddress.ip_address(peer) in self._trusted_proxy:
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

    def _check_rate(self, address: str) -> None:
        now = self._clock()
        times = self._request_times.setdefault(address, deque(maxlen=MAX_REQUESTS))
        self._request_times.move_to_end(address)
        if len(self._request_times) > _MAX_ADDRESSES:
            self._request_times.popitem(last=False)
        if len(times) == MAX_REQUESTS and times[0] > now - REQUESTS_WINDOW:
            raise TooManyRequests
        times.append(now)


class _Connection(web.RequestHandler):
    """aiohttp's protocol, with a deadline for the request and our words for what is malformed."""

    __slots__ = ("_deadline", "_guard")

    def __init__(
        self, guard: RequestGuard, server: web.Server, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            server, loop=loop, access_log=_ACCESS_LOG, lingering_time=0, auto_decompress=False
        )
        self._guard = guard
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self._deadline = asyncio.get_running_loop().call_later(REQUEST_TIMEOUT, transport.abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.cancel_deadline()
        super().connection_lost(exc)

    def cancel_deadline(self) -> None:
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
        return self._guard.add_headers(error_page(status))


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
_ERROR_TEXTS = {
    404: ("There is nothing here", "Use /link in Discord to link your Spotify account."),
    403: ("That came from somewhere else", _START_OVER),
    413: ("That was too much at once", _START_OVER),
    429: ("That was too often", "Wait a minute, then load this page again."),
    500: ("That is a bug in Tonearm", "Tell whoever runs this bot when it happened."),
}
_BAD_REQUEST_TEXT = ("That request makes no sense here", _START_OVER)


def error_page(status: int) -> web.Response:
    return html_response(pages.message(*_ERROR_TEXTS.get(status, _BAD_REQUEST_TEXT)), status)


def html_response(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
