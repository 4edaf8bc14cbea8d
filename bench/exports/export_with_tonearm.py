"""Exports the liked songs with Tonearm's library: `… FORMAT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.library.export import ExportRequest, export
from bot.spotify import Spotify
from bot.spotify.transport import Transport


async def access_token(_refused: str | None) -> str:
    return TOKEN


async def run(file_format: str, folder: Path) -> None:
    request = ExportRequest(
        what="liked-songs", file_format=file_format, exported_at="2026-01-01T00:00:00Z"
    )
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        spotify = Spotify(Transport(http, API_URL), access_token, timeout=None)
        with measured() as usage:
            done = await export(request, spotify, folder)
            usage.songs = done.reports[0].exported
            usage.size = done.files[0].stat().st_size


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        asyncio.run(run(sys.argv[1], Path(name)))
