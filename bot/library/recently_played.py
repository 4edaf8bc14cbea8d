"""Reads the recently played songs for an export: Spotify shows one page of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.spotify import Spotify
from bot.spotify.list_totals import ListTotals
from bot.spotify.pages import Played
from bot.spotify.raw_entries import RawEntry


class RecentlyPlayedReader:
    """Yields the songs, newest first; see `export_lists.ListReader`.

    Spotify says neither how many there are nor whether older ones are kept, so none is missing.
    """

    def __init__(self, spotify: Spotify) -> None:
        self._spotify = spotify
        self.totals = ListTotals()
        self.read_count = 0
        self.moved = False
        self.complete = True
        self.total: int | None = None
        self.missing = 0

    async def __aiter__(self) -> AsyncIterator[RawEntry[Played] | None]:
        page = await self._spotify.player.raw_recently_played()
        self.missing = page.unread()
        self.total = len(page.items)
        for entry in page.items:
            self.read_count += 1
            yield entry
