"""Exports the liked songs since an export of them, without a change: `… FORMAT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.exports.export_with_tonearm import access_token
from bench.library.resource_usage import API_URL, measured
from bot.library.earlier_export import read_earlier
from bot.library.export import ExportRequest, export
from bot.spotify import Spotify
from bot.spotify.transport import Transport


async def run(file_format: str, folder: Path) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        transport = Transport(http, API_URL)

        def new_session() -> Spotify:
            return Spotify(transport, access_token, timeout=None)

        def request(name: str, date: str) -> ExportRequest:
            return ExportRequest(what="liked-songs", file_format=name, exported_at=date)

        cold, since = folder / "cold", folder / "since"
        for each in (cold, since, folder / "lists"):
            each.mkdir()
        first = request("json", "2026-01-01T00:00:00Z")
        before = await export(first, new_session(), cold)
        session = new_session()
        with measured() as usage:
            earlier = await asyncio.to_thread(read_earlier, before.files, folder / "lists")
            again = request(file_format, "2026-01-02T00:00:00Z")
            done = await export(again, session, since, earlier=earlier)
            usage.songs = done.reports[0].exported
            usage.size = done.files[0].stat().st_size
            usage.calls = session.calls_sent


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        asyncio.run(run(sys.argv[1], Path(name)))
