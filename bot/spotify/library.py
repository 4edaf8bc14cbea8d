"""The user's library: developer.spotify.com, Web API, Library."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.spotify.models import Page, SavedTrack, read_page
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
        """The liked songs, newest first, a page at a time; sits out rate limits of a minute.

        Goes on while there is a next page, whatever `total` says, and asks by offset: a token must
        not go where an answer points.
        """
        offset = 0
        while True:
            query = {"limit": PAGE, "offset": offset}
            body = await self._call("GET", "me/tracks", query, patience=60)
            page = read_page(body, SavedTrack)
            yield page
            offset += PAGE
            if page.next is None or not page.items:
                return
