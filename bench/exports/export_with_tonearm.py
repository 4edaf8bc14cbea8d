"""Exports the liked songs with Tonearm's library: `… FORMAT`."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.interactions.progress import StoppableWork
from bot.library.export import RunningExports
from bot.spotify import Spotify
from bot.spotify.transport import Transport

USER = 1
MAX_BYTES = 2**30


async def access_token(_refused: str | None) -> str:
    return TOKEN


async def show(_text: str, _can_stop: bool) -> None:
    """No message: Discord takes no part in this."""


async def export(file_format: str) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        spotify = Spotify(Transport(http, API_URL), access_token, timeout=None)
        exports, work = RunningExports(), StoppableWork(show, "Reading")
        with measured() as usage:
            async with exports.start(
                USER,
                spotify,
                "liked-songs",
                file_format,
                max_bytes=MAX_BYTES,
                exported_at="2026-01-01T00:00:00Z",
                work=work,
            ) as done:
                assert done is not None
                usage.songs = done.reports[0].exported


if __name__ == "__main__":
    asyncio.run(export(sys.argv[1]))
