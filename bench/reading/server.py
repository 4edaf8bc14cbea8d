"""What the readers read: the pretend Spotify's own pages, each sent so many seconds after its call.

`python -m bench.reading.server SONGS SECONDS [CALLS]` runs the pretend Spotify with that many liked
songs, and a door before it that all calls go through. The pretend Spotify takes a millisecond to
make a page, which sixteen calls at once would wait for in turn; so, up to 10,000 songs, the door
asks for every page beforehand and then sends those very bodies. With CALLS nothing is asked for
beforehand, and the pretend Spotify allows that many calls a second.

The door adds one field to each song, `popularity`: Spotify sends it no more, and tekore 6.2 reads
no reply without it.

It writes a line with the address and a token, and, once its standard input ends, one with what it
counted. It waits in select(), since epoll rounds 80 ms up to the next whole millisecond.
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

KEPT = 10_000
PAGE = 50
# A call that was on its way when the first 429 left could not know of it.
ON_THE_WAY = 0.01
_PREVIEW = b'"preview_url": null'


@dataclass(frozen=True)
class Page:
    """A reply of the pretend Spotify, as the door sends it on."""

    status: int
    headers: dict[str, str]
    body: bytes


class Door:
    """`provoked` counts the calls that came after the first 429 was sent, and were one too many."""

    def __init__(self, http: aiohttp.ClientSession, behind: str, latency: float) -> None:
        self.calls = self.refused = self.provoked = 0
        self._http = http
        self._behind = behind
        self._latency = latency
        self._kept: dict[tuple[str, ...], Page] = {}
        self._first_refusal: float | None = None

    async def answer(self, request: web.Request) -> web.Response:
        came = perf_counter()
        page = self._kept.get(_named(request.path_qs))
        if page is None:
            page = await self._ask(request.path_qs, request.headers["Authorization"])
        await asyncio.sleep(came + self._latency - perf_counter())
        self._count(came, page.status)
        return web.Response(status=page.status, headers=page.headers, body=page.body)

    async def keep(self, path: str, authorization: str) -> None:
        """Ask for a page that is then sent without asking."""
        self._kept[_named(path)] = await self._ask(path, authorization)

    async def _ask(self, path: str, authorization: str) -> Page:
        headers = {"Authorization": authorization}
        async with self._http.get(self._behind + path, headers=headers) as response:
            body = (await response.read()).replace(_PREVIEW, b'"popularity": 50, ' + _PREVIEW)
            passed = ("Content-Type", "Retry-After")
            headers = {name: value for name, value in response.headers.items() if name in passed}
            return Page(response.status, headers, body)

    def _count(self, came: float, status: int) -> None:
        self.calls += 1
        if status != 429:
            return
        self.refused += 1
        if self._first_refusal is None:
            self._first_refusal = perf_counter()
        self.provoked += came > self._first_refusal + ON_THE_WAY


def _named(path: str) -> tuple[str, ...]:
    """A page by its query, in whatever order the parameters come; the first has no offset."""
    path, _, query = path.partition("?")
    return path, *sorted(set(query.split("&")) - {"offset=0"})


async def serve(songs: int, latency: float, calls: int | None) -> None:
    spotify = Spotify(Clock())
    spotify.traffic = TrafficLog(max_entries=1)
    account = spotify.accounts["ada"]
    account.liked.clear()
    account.like_generated(songs)
    async with spotify, aiohttp.ClientSession() as http:
        spotify.rules.call_allowance = None if calls is None else (calls, 1.0)
        door = Door(http, spotify.state.origin, latency)
        app = web.Application()
        app.add_routes([web.get("/{path:.*}", door.answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        spotify.state.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        token = spotify.issue_access_token("ada", "user-library-read")
        if songs <= KEPT and calls is None:
            for offset in range(0, songs, PAGE):
                path = f"/v1/me/tracks?limit={PAGE}&offset={offset}"
                await door.keep(path, f"Bearer {token}")
        print(json.dumps({"url": f"{spotify.state.origin}/v1", "token": token}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        print(json.dumps({"calls": door.calls, "refused": door.refused, "provoked": door.provoked}))
        await runner.cleanup()


if __name__ == "__main__":
    _, songs, seconds, *calls = sys.argv
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serve(int(songs), float(seconds), int(calls[0]) if calls else None))
