"""Lists with cursors: each page names the entry after which the next page begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable

from bot.errors.spotify import BadRequest, LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.models import Artist
from bot.spotify.pages import FollowedArtistsResponse

PAGE_SIZE = 50

# How often a list that changes during the reading is read from the start.
_MAX_PASSES = 3


class FollowedArtists:
    """The artists that the user follows, without duplicates; None for a null. Iterate it once.

    `total`, `read_count`, `changed` and `missing` are those of `Paging`. If the list changes during
    the reading, it is read again from the start, and yields the artists that are new.
    """

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self.total: int | None = None
        self.read_count = 0
        self.changed = False
        self._pass_complete = True

    @property
    def missing(self) -> int:
        return max(0, (self.total or 0) - self.read_count)

    async def __aiter__(self) -> AsyncIterator[Artist | None]:
        yielded: set[Hashable] = set()
        nulls = 0
        for _ in range(_MAX_PASSES):
            nulls_in_pass = 0
            self._pass_complete = True
            async for artist in self._read_pass():
                if artist is None or artist.identity is None:
                    nulls_in_pass += 1
                    if nulls_in_pass <= nulls:
                        continue
                    nulls += 1
                elif artist.identity in yielded:
                    continue
                else:
                    yielded.add(artist.identity)
                self.read_count += 1
                yield artist
            if self._pass_complete:
                return
        raise LibraryChanged("followed artists")

    async def _read_pass(self) -> AsyncIterator[Artist | None]:
        """From the start to the end, or up to a cursor that Spotify refuses."""
        after: str | None = None
        while True:
            query: dict[str, str | int] = {"type": "artist", "limit": PAGE_SIZE}
            query |= {"after": after} if after else {}
            try:
                response = await self._api.get(
                    "me/following", query, decode=FollowedArtistsResponse.decode, fresh=True
                )
            except BadRequest:
                if after is None:
                    raise
                self._mark_changed()  # the user no longer follows the artist of the cursor
                return
            page = response.artists
            if after is not None and page.total != self.total:
                self._mark_changed()
            self.total = page.total
            for artist in page.items:
                yield artist
            previous, after = after, page.cursors.after if page.cursors else None
            if after is None or after == previous or not page.items:
                return

    def _mark_changed(self) -> None:
        self.changed, self._pass_complete = True, False
