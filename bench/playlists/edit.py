"""Edits a playlist with Tonearm's library: `… CASE PLAYLIST`; see CASES.

It prints a line of JSON with the time and memory, and one with the calls: pages of the playlist, of
which several are in flight, and others.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.library.listed_songs import ListedSong
from bot.library.playlist_editor import PlaylistEditor
from bot.library.playlist_items import Added, PlaylistItems
from bot.library.undo import UndoLog
from bot.spotify import Spotify
from bot.spotify.transport import ApiCall, Transport
from bot.spotify.uris import Kind, Uri
from sandbox.spotify import generated_uri

USER = 1
ADDED_SONGS = 100
_FIRST_NEW = 1_000_000

Step = Callable[[PlaylistItems, Uri], Awaitable[None]]


class CountingTransport(Transport):
    """Counts the pages of playlists, and all other calls."""

    pages = others = 0

    async def send(self, call: ApiCall, token: str, timeout: float) -> bytes:
        is_page = call.method == "GET" and call.path.endswith("/items")
        self.pages += is_page
        self.others += not is_page
        return await super().send(call, token, timeout)


class BenchSessions:
    """Sessions of one account that is always linked."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def session(self, _discord_id: int, *, background: bool = False) -> Spotify:
        return Spotify(self._transport, _access_token, account="ada", background=background)


async def _access_token(_refused: str | None) -> str:
    return TOKEN


def _add(first: int) -> Step:
    async def step(items: PlaylistItems, playlist: Uri) -> None:
        numbers = range(_FIRST_NEW + first, _FIRST_NEW + first + ADDED_SONGS)
        songs = [ListedSong(generated_uri(number)) for number in numbers]
        assert isinstance(await items.add(USER, playlist, songs), Added)

    return step


async def _tidy(items: PlaylistItems, playlist: Uri) -> None:
    assert (await items.inspect(USER, playlist)).redundant
    _, left = await items.tidy(USER, playlist)
    assert not left.redundant


async def _nothing(_items: PlaylistItems, _playlist: Uri) -> None:
    """No preparation."""


# The preparation of each case, and the step that is measured.
CASES: dict[str, tuple[Step, Step]] = {
    "cold": (_nothing, _add(0)),
    "warm": (_add(0), _add(ADDED_SONGS)),
    "tidy": (_nothing, _tidy),
}


async def edit(case: str, playlist_id: str) -> None:
    prepare, step = CASES[case]
    playlist = Uri(Kind.PLAYLIST, playlist_id)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        transport = CountingTransport(http, API_URL)
        editor = PlaylistEditor(UndoLog(monotonic=time.monotonic), monotonic=time.monotonic)
        items = PlaylistItems(BenchSessions(transport), editor)
        await prepare(items, playlist)
        transport.pages = transport.others = 0
        with measured() as usage:
            await step(items, playlist)
            usage.songs = ADDED_SONGS
        print(json.dumps({"pages": transport.pages, "others": transport.others}))


if __name__ == "__main__":
    asyncio.run(edit(*sys.argv[1:]))
