"""Serves a playlist to the process that edits it, each response a fixed time after its request.

`python -m bench.playlists.server SONGS COPIES SECONDS` runs the simulated Spotify with a playlist
of SONGS entries, of which COPIES are second copies, and a proxy before it that delays each response
by SECONDS. The pages of the playlist are fetched beforehand, since the simulated Spotify needs
milliseconds for a page. The program prints a line of JSON with the API's URL, an access token and
the playlist's ID, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import selectors
import sys
from time import perf_counter

import aiohttp
from aiohttp import web

from bot.spotify.paging import PAGE_SIZE
from sandbox.clock import Clock
from sandbox.spotify import Spotify, generated_uri
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS
from sandbox.traffic_log import TrafficLog


class Proxy:
    """Delays the responses of the simulated Spotify. The pages are those before any change."""

    def __init__(self, http: aiohttp.ClientSession, origin: str, latency: float) -> None:
        self._http = http
        self._origin = origin
        self._latency = latency
        self._pages: dict[str, web.Response] = {}

    async def handle(self, request: web.Request) -> web.Response:
        received = perf_counter()
        key = _page_key(request.path, request.query.get("offset", "0"))
        if request.method == "GET" and key in self._pages:
            page = self._pages[key]
            response = web.Response(body=page.body, content_type="application/json")
        else:
            headers = {
                name: value
                for name, value in request.headers.items()
                if name in ("Authorization", "Content-Type")
            }
            body = await request.read()
            response = await self._send(request.method, request.path_qs, headers, body)
        await asyncio.sleep(max(0.0, received + self._latency - perf_counter()))
        return response

    async def prefetch(self, path: str, offset: int, authorization: str) -> None:
        """Fetch a page of the playlist as it is now."""
        query = f"additional_types=track,episode&limit={PAGE_SIZE}&offset={offset}"
        headers = {"Authorization": authorization}
        page = await self._send("GET", f"{path}?{query}", headers, b"")
        self._pages[_page_key(path, str(offset))] = page

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> web.Response:
        url = self._origin + path
        async with self._http.request(method, url, headers=headers, data=body or None) as answer:
            content = await answer.read()
            return web.Response(status=answer.status, body=content, content_type="application/json")


def _page_key(path: str, offset: str) -> str:
    return f"{path} {offset}" if path.endswith("/items") else ""


async def serve(songs: int, copies: int, latency: float) -> None:
    spotify = Spotify(Clock())
    spotify.traffic = TrafficLog(max_entries=1)
    uris = [generated_uri(number) for number in range(songs - copies)]
    # The copies are at the end, and their first copies far from each other.
    uris += uris[:: max(1, len(uris) // copies)][:copies] if copies else []
    playlist = spotify.state.add_playlist("Long", "ada", *uris, public=False)
    async with spotify, aiohttp.ClientSession() as http:
        proxy = Proxy(http, spotify.state.origin, latency)
        app = web.Application()
        app.add_routes([web.route("*", "/{path:.*}", proxy.handle)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        token = spotify.issue_access_token("ada", *SCOPE_DESCRIPTIONS)
        path = f"/v1/playlists/{playlist.id}/items"
        for offset in range(0, songs, PAGE_SIZE - 1):  # Tonearm's pages overlap by one song
            await proxy.prefetch(path, offset, f"Bearer {token}")
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        print(json.dumps({"url": url, "token": token, "playlist": playlist.id}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


if __name__ == "__main__":
    _, songs, copies, seconds = sys.argv
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serve(int(songs), int(copies), float(seconds)))
