"""Lists with cursors: each page names the entry after which the next page begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Sequence

from bot.errors.spotify import BadRequest, LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.list_totals import ListTotals
from bot.spotify.models import Artist
from bot.spotify.pages import ArtistPage, FollowedArtistsResponse, Page
from bot.spotify.transport import Query

PAGE_SIZE = 50
_PATH = "me/following"

# How often to read the list from the start because Spotify refuses the cursor.
_MAX_PASSES = 3
# The page budget even if `total` is smaller, since `total` may be too small.
_MIN_BUDGET = 200
# The most pages to read again at the end, while they have added artists.
_MAX_ADDED_PAGES = 8
# The pages in a row that may have nothing but nulls.
_MAX_NULL_PAGES = 20


class FollowedArtists:
    """The artists that the user follows, without duplicates; None for a null. Iterate it once.

    `totals`, `read_count`, `complete`, `changed` and `missing` are those of `Paging`. A cursor
    stays valid while the user follows its artist. If the artist is gone, the list is read again
    from the start, and yields only new artists. At the end the first page is read again, for
    artists that were added.
    """

    def __init__(
        self,
        api: ApiClient,
        decode: Callable[[bytes], FollowedArtistsResponse] = FollowedArtistsResponse.decode,
    ) -> None:
        self._api = api
        self._decode = decode
        self._yielded: set[Hashable] = set()
        self._nulls = 0
        self._resume_after: str | None = None
        self.totals = ListTotals()
        self.read_count = 0
        self.moved = False
        self.complete = False

    @property
    def total(self) -> int | None:
        return self.totals.latest

    @property
    def missing(self) -> int:
        return self.totals.missing(self.read_count)

    @property
    def changed(self) -> bool:
        return self.moved or self.totals.range is not None

    async def first_page(self) -> ArtistPage:
        """The first page as it is now, as `decode` reads it."""
        return await self._fetch_page(None)

    def resume(self, entries: Sequence[Artist | None]) -> None:
        """Let the iteration continue after these entries, which are all of an earlier one."""
        self._resume_after = entries[-1].id if entries and entries[-1] else None
        self.read_count = len(entries)
        self._yielded = {artist.identity for artist in entries if artist}
        self._nulls = sum(artist is None for artist in entries)

    async def page(self, offset: int = 0) -> Page[Artist]:
        """The page that begins at `offset`, a multiple of PAGE_SIZE; pages may be from the cache.

        A page names the next one, so those before it are read first if they are not cached.
        """
        after: str | None = None
        for start in range(0, offset + 1, PAGE_SIZE):
            query = _page_query(after)
            response = await self._api.get(_PATH, query, decode=FollowedArtistsResponse.decode)
            page, after = response.artists.as_page(start), response.artists.next_cursor
            if after is None:
                break
        return page if start == offset else Page([], page.total, offset=offset)

    def cached_page(self, offset: int = 0) -> Page[Artist] | None:
        """The page that begins at `offset` if it and those before it are cached."""
        after: str | None = None
        page = None
        for start in range(0, offset + 1, PAGE_SIZE):
            response: FollowedArtistsResponse | None = self._api.cached(_PATH, _page_query(after))
            if response is None or (start and after is None):
                return None
            page, after = response.artists.as_page(start), response.artists.next_cursor
        return page

    async def __aiter__(self) -> AsyncIterator[Artist | None]:
        for _ in range(_MAX_PASSES):
            after, self._resume_after = self._resume_after, None
            try:
                async for artist in self._read_pass(until_known=False, after=after):
                    yield artist
                if self.read_count > PAGE_SIZE:
                    async for artist in self._read_pass(until_known=True):
                        self.moved = True
                        yield artist
                return
            except _CursorRefusedError:
                self.moved = True
        raise LibraryChanged("followed artists")

    async def _read_pass(
        self, *, until_known: bool, after: str | None = None
    ) -> AsyncIterator[Artist | None]:
        """The artists that were not yielded yet, from the start or an artist to the end.

        until_known  read only up to a page without such an artist

        Raises _CursorRefusedError.
        """
        in_pass: set[Hashable] = set()
        nulls, idle_pages, null_pages, pages = self._nulls if after else 0, 0, 0, 0
        page = await self._fetch_page(after)
        while True:
            pages += 1
            before, known = self.read_count, len(in_pass)
            for artist in page.items:
                identity = artist.identity if artist else None
                if identity is None:
                    nulls += 1
                    is_new = nulls > self._nulls
                    self._nulls = max(nulls, self._nulls)
                else:
                    in_pass.add(identity)
                    is_new = identity not in self._yielded
                    self._yielded.add(identity)
                if is_new:
                    self.read_count += 1
                    yield artist
            if until_known and (self.read_count == before or pages == _MAX_ADDED_PAGES):
                return
            more = self.totals.expects_more(self.read_count)
            null_pages = null_pages + 1 if len(in_pass) == known else 0
            has_nulls = bool(page.items) and more and null_pages <= _MAX_NULL_PAGES
            idle_pages = 0 if len(in_pass) > known or has_nulls else idle_pages + 1
            cursor = page.cursors.after if page.cursors else None
            max_pages = max(_MIN_BUDGET, (self.totals.highest or 0) // PAGE_SIZE + 1)
            if idle_pages > more or not (cursor or more) or pages == max_pages:
                self.complete = not cursor or self.totals.confirms(self.read_count)
                return
            last = page.items[-1].id if page.items and page.items[-1] else None
            after = cursor or last or after
            page = await self._fetch_page(after, is_cursor=cursor is not None)

    async def _fetch_page(self, after: str | None, *, is_cursor: bool = True) -> ArtistPage:
        """The page after an artist; `is_cursor`: Spotify returned the artist as a cursor."""
        try:
            response = await self._api.get(
                _PATH, _page_query(after), decode=self._decode, fresh=True
            )
        except BadRequest:
            if after is None:
                raise
            if not is_cursor:
                return ArtistPage([])
            raise _CursorRefusedError from None  # the user no longer follows that artist
        self.totals.add(response.artists.total)
        return response.artists


def _page_query(after: str | None) -> Query:
    query: Query = {"type": "artist", "limit": PAGE_SIZE}
    return {**query, "after": after} if after else query


class _CursorRefusedError(Exception):
    """Spotify refuses its own cursor."""
