"""Reads the liked songs with Tonearm's client: `… CONCURRENCY`, this many pages at once."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.spotify import Spotify
from bot.spotify.transport import Transport


async def access_token(refused: str | None) -> str:
    return TOKEN


async def read(concurrency: int) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        spotify = Spotify(Transport(http, API_URL), access_token, timeout=None)
        with measured() as usage:
            async for _ in spotify.library.tracks(concurrency=concurrency):
                usage.songs += 1


if __name__ == "__main__":
    asyncio.run(read(int(sys.argv[1])))
