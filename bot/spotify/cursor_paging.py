"""Lists that Spotify gives by cursor: each page says after which entry the next one begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable

from bot.errors.spotify import BadRequest, LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.models import Artist
from bot.spotify.pages import FollowedArtistsResponse

PAGE_SIZE = 50

# How often a list is read from the start where it changed under the reader.
_MAX_PASSES = 3


class FollowedArtists:
    """The artists one follows, each once; None where Spotify says null. To be iterated once.

    `total`, `read`, `changed` and `missing` are those of `Paging`. Where the list changed while it
    was read, it is read from the start again for those that did not come yet.
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
        came: set[Hashable] = set()
        nulls = 0
        for _ in range(_MAX_PASSES):
            nulls_again = 0
            self._pass_complete = True
            async for artist in self._read_pass():
                if artist is None or artist.identity is None:
                    nulls_again += 1
                    if nulls_again <= nulls:
                        continue
                    nulls += 1
                elif artist.identity in came:
                    continue
                else:
                    came.add(artist.identity)
                self.read_count += 1
                yield artist
            if self._pass_complete:
                return
        raise LibraryChanged("followed artists")

    async def _read_pass(self) -> AsyncIterator[Artist | None]:
        """From the start to the end, or to where it cannot go on."""
        after: str | None = None
        while True:
            query: dict[str, str | int] = {"type": "artist", "limit": PAGE_SIZE}
            query |= {"after": after} if after else {}
            try:
                found = await self._api.get(
                    "me/following", query, decode=FollowedArtistsResponse.decode, fresh=True
                )
            except BadRequest:
                if after is None:
                    raise
                self._mark_changed()  # the artist after whom to go on is followed no more
                return
            page = found.artists
            if after is not None and page.total != self.total:
                self._mark_changed()
            self.total = page.total
            for artist in page.items:
                yield artist
            before, after = after, page.cursors.after if page.cursors else None
            if after is None or after == before or not page.items:
                return

    def _mark_changed(self) -> None:
        self.changed, self._pass_complete = True, False
