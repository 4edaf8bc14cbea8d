"""The user's library: developer.spotify.com, Web API, Library."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.spotify.models import Page, SavedTrack, read
from bot.spotify.transport import Call
from bot.spotify.uris import Uri

PAGE = 50


class Library:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def save(self, uri: Uri) -> None:
        """Save a track, album, show, episode or audiobook, or follow a playlist or artist."""
        await self._call("PUT", "me/library", {"uris": str(uri)})

    async def track_pages(self) -> AsyncIterator[Page[SavedTrack]]:
        """The liked songs, newest first, a page at a time.

        Asks by offset and never follows `next`: a token must not go where an answer points.
        """
        offset = 0
        while True:
            query = {"limit": PAGE, "offset": offset}
            page = read(await self._call("GET", "me/tracks", query), Page[SavedTrack])
            yield page
            offset += PAGE
            if not page.items or offset >= page.total:
                return
