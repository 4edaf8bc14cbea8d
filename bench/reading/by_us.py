"""Our own client: `python -m bench.reading.by_us FLIGHTS`, so many pages at once."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from bench.reading.meter import API_URL, TOKEN, metered
from bot.spotify import Spotify
from bot.spotify.transport import Transport


async def token(refused: str | None) -> str:
    return TOKEN


async def read(flights: int) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        spotify = Spotify(Transport(http, API_URL), token, timeout=None)
        with metered() as meter:
            async for _ in spotify.library.tracks(concurrency=flights):
                meter.songs += 1


if __name__ == "__main__":
    asyncio.run(read(int(sys.argv[1])))
