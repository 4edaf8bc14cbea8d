"""Liked songs with so few entries a page that a property test can read them thousands of times."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

import aiohttp

from bot.spotify.pages import SavedTrack, page_decoder
from bot.spotify.paging import Paging
from sandbox.clock import Clock
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_factory import ClientFactory
from tests.stall_free_loop import StallFreeLoop

T = TypeVar("T")

SMALL_PAGE_SIZE = 5


class SmallPages:
    """A simulated Spotify and a client, shared by all examples of a synchronous test."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._runner = asyncio.Runner(loop_factory=StallFreeLoop)
        self.fake: FakeSpotify

    def __enter__(self) -> Self:
        self.run(self._open())
        return self

    def __exit__(self, *exc_info: object) -> None:
        try:
            self.run(self._stack.aclose())
        finally:
            self._runner.close()

    async def _open(self) -> None:
        clock = Clock()
        self.fake = await self._stack.enter_async_context(FakeSpotify(clock))
        jar = aiohttp.DummyCookieJar()
        http = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        self.spotify = ClientFactory(self.fake, http, clock)()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    def liked_songs(self, concurrency: int) -> Paging[SavedTrack]:
        """Ada's liked songs, as the library reads them."""
        return Paging(
            self.spotify.library._api,
            "me/tracks",
            page_decoder(SavedTrack),
            page_size=SMALL_PAGE_SIZE,
            concurrency=concurrency,
            newest_first=True,
        )
