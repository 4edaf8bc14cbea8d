"""Serves the liked songs to the readers, each page a fixed time after its request.

`python -m bench.library.server SONGS SECONDS [CALLS]` runs the simulated Spotify with that many
liked songs, and a proxy before it that delays each response by SECONDS. The simulated Spotify needs
a millisecond for a page, and sixteen requests at once would wait for each other; so the proxy
fetches up to MAX_PREFETCHED_SONGS songs beforehand and sends their pages unchanged. With CALLS it
fetches nothing beforehand, and the simulated Spotify allows that many calls per second.

The proxy adds the field `popularity` to each song: Spotify no longer sends it, but tekore 6.2
cannot read a response without it.

The program prints a line of JSON with the URL and an access token and, when its standard input
ends, one with its counts. It uses select(), because epoll rounds 80 ms up to the next millisecond.
"""

from __future__ import annotations

import asyncio
import json
import selectors
import sys
from dataclasses import dataclass
from time import perf_counter

import aiohttp
from aiohttp import web

from sandbox.clock import Clock
from sandbox.spotify import Spotify
from sandbox.traffic_log import TrafficLog

MAX_PREFETCHED_SONGS = 10_000
PAGE_SIZE = 50
# Seconds in which a request may have been sent before the first 429 reached the reader.
IN_FLIGHT_SECONDS = 0.01
_PREVIEW = b'"preview_url": null'


@dataclass(frozen=True)
class Page:
    """A response of the simulated Spotify, as the proxy sends it."""

    status: int
    headers: dict[str, str]
    body: bytes


class Proxy:
    """Delays the responses of the simulated Spotify, and counts them.

    refused       responses with status 429
    late_refused  of these, the responses to requests that were sent after the first one
    """

    def __init__(self, http: aiohttp.ClientSession, origin: str, latency: float) -> None:
        self.calls = self.refused = self.late_refused = 0
        self._http = http
        self._origin = origin
        self._latency = latency
        self._prefetched: dict[tuple[str, ...], Page] = {}
        self._first_refusal: float | None = None

    async def handle(self, request: web.Request) -> web.Response:
        received = perf_counter()
        page = self._prefetched.get(_page_key(request.path_qs))
        if page is None:
            page = await self._fetch(request.path_qs, request.headers["Authorization"])
        await asyncio.sleep(received + self._latency - perf_counter())
        self._count(received, page.status)
        return web.Response(status=page.status, headers=page.headers, body=page.body)

    async def prefetch(self, path: str, authorization: str) -> None:
        self._prefetched[_page_key(path)] = await self._fetch(path, authorization)

    async def _fetch(self, path: str, authorization: str) -> Page:
        headers = {"Authorization": authorization}
        async with self._http.get(self._origin + path, headers=headers) as response:
            body = (await response.read()).replace(_PREVIEW, b'"popularity": 50, ' + _PREVIEW)
            names = ("Content-Type", "Retry-After")
            headers = {name: value for name, value in response.headers.items() if name in names}
            return Page(response.status, headers, body)

    def _count(self, received: float, status: int) -> None:
        self.calls += 1
        if status != 429:
            return
        self.refused += 1
        if self._first_refusal is None:
            self._first_refusal = perf_counter()
        self.late_refused += received > self._first_refusal + IN_FLIGHT_SECONDS


def _page_key(path: str) -> tuple[str, ...]:
    """The path and its query parameters in any order; the first page has no offset."""
    path, _, query = path.partition("?")
    return path, *sorted(set(query.split("&")) - {"offset=0"})


async def serve(songs: int, latency: float, calls_per_second: int | None) -> None:
    spotify = Spotify(Clock())
    spotify.traffic = TrafficLog(max_entries=1)
    account = spotify.accounts["ada"]
    account.liked.clear()
    account.like_generated(songs)
    async with spotify, aiohttp.ClientSession() as http:
        allowance = None if calls_per_second is None else (calls_per_second, 1.0)
        spotify.rules.call_allowance = allowance
        proxy = Proxy(http, spotify.state.origin, latency)
        app = web.Application()
        app.add_routes([web.get("/{path:.*}", proxy.handle)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        spotify.state.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        token = spotify.issue_access_token("ada", "user-library-read")
        if songs <= MAX_PREFETCHED_SONGS and calls_per_second is None:
            # Tonearm's pages overlap by one song.
            offsets = {*range(0, songs, PAGE_SIZE), *range(0, songs, PAGE_SIZE - 1)}
            for offset in offsets:
                path = f"/v1/me/tracks?limit={PAGE_SIZE}&offset={offset}"
                await proxy.prefetch(path, f"Bearer {token}")
        print(json.dumps({"url": f"{spotify.state.origin}/v1", "token": token}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps({"refused": proxy.refused, "late_refused": proxy.late_refused}))
        await runner.cleanup()


if __name__ == "__main__":
    _, songs, seconds, *calls = sys.argv
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serve(int(songs), float(seconds), int(calls[0]) if calls else None))
