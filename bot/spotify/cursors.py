"""Lists that Spotify gives by cursor: each page says after which entry the next one begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable

from bot.errors import LibraryChanged, Rejected
from bot.spotify.caller import Caller
from bot.spotify.lists import Following
from bot.spotify.models import Artist

PAGE = 50

# How often a list is read from the start where it changed under the reader.
_PASSES = 3


class FollowedArtists:
    """The artists one follows, each once; None where Spotify says null. To be iterated once.

    `total`, `read`, `changed` and `missing` are those of `Paging`. Where the list changed while it
    was read, it is read from the start again for those that did not come yet.
    """

    def __init__(self, call: Caller) -> None:
        self._call = call
        self.total: int | None = None
        self.read = 0
        self.changed = False
        self._whole = True

    @property
    def missing(self) -> int:
        return max(0, (self.total or 0) - self.read)

    async def __aiter__(self) -> AsyncIterator[Artist | None]:
        came: set[Hashable] = set()
        nulls = 0
        for _ in range(_PASSES):
            nulls_again = 0
            self._whole = True
            async for artist in self._once():
                if artist is None or artist.identity is None:
                    nulls_again += 1
                    if nulls_again <= nulls:
                        continue
                    nulls += 1
                elif artist.identity in came:
                    continue
                else:
                    came.add(artist.identity)
                self.read += 1
                yield artist
            if self._whole:
                return
        raise LibraryChanged("followed artists")

    async def _once(self) -> AsyncIterator[Artist | None]:
        """From the start to the end, or to where it cannot go on."""
        after: str | None = None
        while True:
            query: dict[str, str | int] = {"type": "artist", "limit": PAGE}
            query |= {"after": after} if after else {}
            try:
                found = await self._call.get("me/following", query, read=Following.read, fresh=True)
            except Rejected:
                if after is None:
                    raise
                self._note_change()  # the artist after whom to go on is followed no more
                return
            page = found.artists
            if after is not None and page.total != self.total:
                self._note_change()
            self.total = page.total
            for artist in page.items:
                yield artist
            before, after = after, page.cursors.after if page.cursors else None
            if after is None or after == before or not page.items:
                return

    def _note_change(self) -> None:
        self.changed, self._whole = True, False
