"""GET /done/events: tells the page with the confirmation code that its login has ended.

The page listens with an EventSource (HTML standard, "Server-sent events"). A browser opens a stream
again that breaks off, and none that was answered with 204.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from bot.errors.bot_error import BotError
from bot.errors.login import LoginElsewhere
from bot.login.browser_secret import BrowserSecret
from bot.login.flow import LoginFlow
from bot.login.linking import LOGIN_LIFETIME
from bot.login.results import AwaitingCode

MAX_STREAMS, MAX_STREAMS_OF_BROWSER = 100, 3
KEEP_ALIVE_S = 20.0  # proxies close a response that is silent for longer, often after a minute

_RECONNECT = b"retry: 5000\n\n"  # milliseconds
_KEEP_ALIVE = b":\n\n"
_OVER = b"event: over\ndata:\n\n"


class CodeEvents:
    """Holds a bounded number of responses, each until its login ends or expires.

    on_lost      calls a function when the connection of a request is lost
    add_headers  adds the headers of every response
    """

    def __init__(
        self,
        flow: LoginFlow,
        on_lost: Callable[[web.Request, Callable[[], None]], None],
        add_headers: Callable[[web.StreamResponse], object],
    ) -> None:
        self._flow = flow
        self._on_lost = on_lost
        self._add_headers = add_headers
        self._open: Counter[str] = Counter()  # by the browser's secret
        self._closing = False

    async def close(self, _app: object = None) -> None:
        """End all streams."""
        self._closing = True
        self._flow.logins_ended.notify()

    async def respond(self, request: web.Request, cookie: str) -> web.StreamResponse:
        """The event "over" as soon as this browser's login no longer waits for its code.

        Nothing (204) for a browser without a login, and beyond the limits. Raises StorageError.
        """
        browser = BrowserSecret.from_cookie(cookie)
        is_unknown = isinstance(await self._flow.result(cookie), LoginElsewhere)
        if browser is None or is_unknown or self._is_full(browser):
            return web.Response(status=204)
        response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})  # nginx buffers else
        response.content_type = "text/event-stream"
        self._add_headers(response)
        async with self._stream(request, browser) as changed:
            await response.prepare(request)
            await response.write(_RECONNECT)
            while not self._closing and request.transport is not None:
                changed.clear()
                if not isinstance(await self._flow.result(cookie), AwaitingCode):
                    await response.write(_OVER)
                    break
                try:
                    async with asyncio.timeout(KEEP_ALIVE_S):
                        await changed.wait()
                except TimeoutError:
                    await response.write(_KEEP_ALIVE)
        return response

    def _is_full(self, browser: BrowserSecret) -> bool:
        is_full = self._open.total() >= MAX_STREAMS
        return is_full or self._open[browser.value] >= MAX_STREAMS_OF_BROWSER

    @asynccontextmanager
    async def _stream(
        self, request: web.Request, browser: BrowserSecret
    ) -> AsyncIterator[asyncio.Event]:
        """Counts the stream; an event that is set when it has to look again.

        Ends a stream that takes too long, or whose browser is gone. No error leaves it, because
        the response has begun.
        """
        self._open[browser.value] += 1
        try:
            with (
                self._flow.logins_ended.watch() as changed,
                suppress(BotError, ConnectionError, TimeoutError),
            ):
                self._on_lost(request, changed.set)
                async with asyncio.timeout(LOGIN_LIFETIME):
                    yield changed
        finally:
            self._open[browser.value] -= 1
            self._open += Counter()  # drops the keys without a stream
