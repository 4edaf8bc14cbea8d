"""/download: hands a file to the browser that has its token.

GET shows a page with a button, whatever requests it. The token is in the fragment of the address,
which browsers send to no server: so it is in no access log and in no Referer, and a preview of the
link cannot use it. A script moves it into the form, and off the address bar. POST, which only that
form may send, uses it up as soon as the last byte is sent; a transfer that breaks off can be
repeated from its start.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote

from aiohttp import web

from bot.errors.content import DownloadGone, DownloadRunning
from bot.library.downloads import Downloads, Transfer
from bot.library.file_names import ascii_name
from bot.web import pages
from bot.web.middleware import TooManyRequests, html_response

_log = logging.getLogger(__name__)

MAX_TRANSFERS = 20
# Seconds for the whole file, and for the browser to take the next chunk.
MAX_TIME, MAX_STALL = 60 * 60.0, 60.0


class DownloadPages:
    """The page, and at most MAX_TRANSFERS files at once.

    script_policy  the Content-Security-Policy that allows the page's script
    add_headers    adds the headers of every response
    """

    def __init__(
        self,
        downloads: Downloads,
        script_policy: str,
        add_headers: Callable[[web.StreamResponse], object],
    ) -> None:
        self._downloads = downloads
        self._script_policy = script_policy
        self._add_headers = add_headers
        self._transfers = 0

    async def show(self, _request: web.Request) -> web.Response:
        response = html_response(pages.download())
        response.headers["Content-Security-Policy"] = self._script_policy
        return response

    async def send(self, request: web.Request) -> web.StreamResponse:
        """The file, or a page about why there is none. Raises TooManyRequests, StorageError."""
        if self._transfers >= MAX_TRANSFERS:
            raise TooManyRequests
        fields = parse_qs((await request.read()).decode(errors="replace"))
        self._transfers += 1
        try:
            async with self._downloads.fetch(fields.get("code", [""])[0]) as transfer:
                return await self._stream(request, transfer)
        except DownloadGone as error:
            return html_response(pages.message(error.title, error.message), 410)
        except DownloadRunning as error:
            return html_response(pages.message(error.title, error.message), 409)
        finally:
            self._transfers -= 1

    async def _stream(self, request: web.Request, transfer: Transfer) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                "Content-Disposition": _disposition(transfer.name),
                "Content-Type": "application/octet-stream",
                "Accept-Ranges": "none",
                "X-Accel-Buffering": "no",  # else nginx takes the file before the browser does
            }
        )
        response.content_length = transfer.file.size
        self._add_headers(response)
        try:
            async with asyncio.timeout(MAX_TIME):
                await response.prepare(request)
                left = transfer.file.size
                while chunk := await asyncio.to_thread(transfer.file.read):
                    if transfer.is_revoked:
                        raise ConnectionAbortedError
                    left -= len(chunk)
                    transfer.is_ending = left <= 0
                    async with asyncio.timeout(MAX_STALL):
                        await response.write(chunk)
                await response.write_eof()
                transfer.is_complete = True
        except OSError as error:  # of the connection or the disk, or TimeoutError
            _log.info("a download broke off: %s", type(error).__name__)
            if request.transport is not None:
                request.transport.abort()
        return response


def _disposition(name: str) -> str:
    """The header that lets a browser save a file under a name (RFC 6266, with RFC 8187)."""
    plain = re.sub(r"[^\w.-]", "_", ascii_name(name), flags=re.ASCII)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{plain}"{exact}'
