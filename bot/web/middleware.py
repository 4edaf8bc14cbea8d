"""The middleware of every page: rate limit, request deadline, origin checks, security headers."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Middleware

from bot.errors.bot_error import BotError
from bot.errors.login import LoginLinkExpired
from bot.errors.storage import StorageError
from bot.interactions.explain import explain
from bot.login.sliding_window import SlidingWindow
from bot.web import pages
from bot.web.forwarded import Forwarding, Proxies, peer_address

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BaseHandler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

MAX_BODY = 4 * 1024  # bytes
REQUEST_TIMEOUT = 10.0  # seconds until a request must have arrived completely
MAX_REQUESTS, REQUESTS_WINDOW = 40, 60.0  # requests of one address, within this many seconds
_RATE_LIMITED_PATHS = ("/login", "/callback", "/discord", "/download")
# Headers of /health: a random name of the process, and a word of Forwarding.
INSTANCE_HEADER, FORWARDING_HEADER = "Tonearm-Instance", "Tonearm-Forwarding"
# Hosting platforms and Prometheus request these by IP address.
_ANY_HOST_PATHS = ("/health", "/ready", "/metrics")

# aiohttp's access log contains query strings, and so authorization codes.
_ACCESS_LOG = logging.getLogger(f"{__name__}.access")
_ACCESS_LOG.disabled = True


class TooManyRequests(Exception):
    """One address exceeds the rate limit."""


class RequestGuard:
    """The middleware of all pages, and the protocol of their connections.

    error_page  the page about a request that is refused with this status
    """

    def __init__(
        self,
        public_url: str,
        *,
        form_targets: tuple[str, ...],
        proxies: Proxies,
        operator: str,
        error_page: Callable[[int], web.Response] | None = None,
        monotonic: Callable[[], float],
    ) -> None:
        self.error_page = error_page or _error_page
        self._public_url = public_url
        self._host = urlsplit(public_url).netloc
        self._proxies = proxies
        self._has_warned = False
        self._operator = operator
        self._rate_limit = SlidingWindow[str](MAX_REQUESTS, REQUESTS_WINDOW, monotonic=monotonic)
        self._instance = secrets.token_hex(8)
        self.headers = _headers(public_url, form_targets)
        # For the pages with a script. That of a login's code may open the login's event stream.
        policy = self.headers["Content-Security-Policy"]
        self.code_policy = f"{policy}; script-src '{pages.CODE_SCRIPT_HASH}'; connect-src 'self'"
        self.download_policy = f"{policy}; script-src '{pages.DOWNLOAD_SCRIPT_HASH}'"

    def make_connection(
        self, server: web.Server, loop: asyncio.AbstractEventLoop
    ) -> web.RequestHandler:
        """A protocol for one connection."""
        return _Connection(self, server, loop)

    def reject_expect(self, handler: BaseHandler) -> BaseHandler:
        """`handler`, without requests with Expect, which aiohttp answers before any middleware."""

        async def check_expect(request: web.BaseRequest) -> web.StreamResponse:
            if "Expect" in request.headers:
                return self.add_headers(self.error_page(400))
            return await handler(request)

        return check_expect

    def arrival_headers(self, request: web.Request) -> dict[str, str]:
        """Says to `python -m bot check` which process got the request, and by which way."""
        forwarding = self._proxies.forwarding(request)
        return {INSTANCE_HEADER: self._instance, FORWARDING_HEADER: forwarding}

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                response = await self._check_and_handle(request, handler)
            except web.HTTPException as refused:
                response = self.error_page(refused.status)
            except TooManyRequests:
                response = self.error_page(429)
                response.headers["Retry-After"] = str(int(REQUESTS_WINDOW))
            except StorageError as error:
                response = html_response(
                    pages.message("That didn’t work", error.render(self._operator)), 503
                )
            except BotError as error:
                _log.info("login page: %s", error)
                response = failure_page(error, self._operator)
            except Exception as error:
                bug = explain(error, self._operator)
                _log.error("a page failed: reference %s", bug.reference, exc_info=error)
                response = html_response(pages.message("That didn’t work", bug.message), 500)
            return self.add_headers(response)

        return guard

    def add_headers(self, response: web.StreamResponse) -> web.StreamResponse:
        """Add the headers that a response lacks, and allow one request for each connection."""
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        response.force_close()
        return response

    async def _check_and_handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._is_own_host(request.host) and request.path not in _ANY_HOST_PATHS:
            raise web.HTTPMisdirectedRequest
        self._warn_of_untrusted_proxy(request)
        is_limited = request.path.startswith(_RATE_LIMITED_PATHS)
        if is_limited and not self._rate_limit.allow(self._proxies.client(request)):
            raise TooManyRequests
        if request.method == "POST" and not self._is_same_origin(request):
            raise web.HTTPForbidden
        if request.version > HttpVersion11:
            raise web.HTTPBadRequest
        if (length := request.content_length or 0) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, length)
        try:
            await request.read()
        except (web.RequestPayloadError, ConnectionError):
            raise web.HTTPBadRequest from None  # malformed, or the client disconnected
        if isinstance(request.protocol, _Connection):
            request.protocol.cancel_deadline()
        return await handler(request)

    def _is_own_host(self, host: str) -> bool:
        """Whether a Host header names PUBLIC_URL, in any case and with or without the port."""
        default_port = ":443" if self._public_url.startswith("https:") else ":80"
        return host.lower().removesuffix(default_port) == self._host

    def _is_same_origin(self, request: web.Request) -> bool:
        """Whether one of our own pages sent a form.

        Our no-referrer policy makes browsers send "Origin: null" (Fetch standard, "append a
        request Origin header"). So Sec-Fetch-Site decides, which browsers send since 2023.
        """
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        return site == "same-origin" if site else origin in (None, "null", self._public_url)

    def _warn_of_untrusted_proxy(self, request: web.Request) -> None:
        """Say once that a proxy in a private network is not trusted."""
        if self._has_warned or self._proxies.forwarding(request) is not Forwarding.IGNORED:
            return
        address = peer_address(request)
        if address.is_private:  # any other peer may be a client that sends the header itself
            self._has_warned = True
            _log.warning(
                "all visitors share one limit, because TRUSTED_PROXY does not name the proxy %s",
                address,
            )


class _Connection(web.RequestHandler):
    """aiohttp's protocol, with a deadline for the request, and our pages for malformed requests."""

    __slots__ = ("_deadline", "_guard", "on_lost")

    def __init__(
        self, guard: RequestGuard, server: web.Server, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            server, loop=loop, access_log=_ACCESS_LOG, lingering_time=0, auto_decompress=False
        )
        self._guard = guard
        self._deadline: asyncio.TimerHandle | None = None
        self.on_lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert isinstance(transport, asyncio.Transport)
        self._deadline = asyncio.get_running_loop().call_later(REQUEST_TIMEOUT, transport.abort)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.cancel_deadline()
        super().connection_lost(exc)
        if self.on_lost is not None:
            self.on_lost()

    def cancel_deadline(self) -> None:
        """The request has arrived completely."""
        if self._deadline is not None:
            self._deadline.cancel()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The response to a request that cannot reach the middleware, such as invalid HTTP."""
        if status >= 500 and exc is not None:
            _log.error("a request failed", exc_info=exc)
        return self._guard.add_headers(self._guard.error_page(status))


def call_when_lost(request: web.Request, callback: Callable[[], None]) -> None:
    """Call this when the connection of the request is lost; a handler would not notice."""
    if isinstance(request.protocol, _Connection):
        request.protocol.on_lost = callback


def _headers(public_url: str, form_targets: tuple[str, ...]) -> Mapping[str, str]:
    # Browsers apply form-action to redirects too, so it lists the sites that logins redirect to.
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
    404: ("Page not found", "Use /link in Discord to link your Spotify account."),
    403: ("This page was opened from another site", _START_OVER),
    413: ("Too much at once", _START_OVER),
    429: ("Too many requests", "Wait a minute, then load this page again."),
    500: ("That didn’t work", "Tell this bot’s owner when it happened."),
}
_BAD_REQUEST_TEXT = ("This page was opened in an unexpected way", _START_OVER)


def _error_page(status: int) -> web.Response:
    return html_response(pages.message(*_ERROR_TEXTS.get(status, _BAD_REQUEST_TEXT)), status)


def failure_page(error: BotError, operator: str) -> web.Response:
    """The page about a login that failed, or that this browser cannot continue."""
    status = 410 if isinstance(error, LoginLinkExpired) else 400
    return html_response(pages.failure(error, operator), status)


def html_response(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")
