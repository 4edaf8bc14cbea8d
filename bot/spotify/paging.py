"""Iterates over long lists: several pages in flight, in order, without losing entries.

A list may change while it is read, so that offsets point to other entries. Spotify's `total` does
not show this: it may differ from page to page although nothing changes. So the reader compares
entries. Each page begins with the last entry of the page before. If both have that entry, the
entries after it are unread, and none is missing between the two pages, whatever changed above.
Otherwise, the reader looks for the last entry read that is still in the list, and continues after
it. At the end it reads the first page again, and yields the entries that were added there.

`total` and `next` are hints: how many pages to prefetch, and whether to look further at the end.
Reading always ends after a few pages in a row without a new entry, and at the page budget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count
from typing import ClassVar, Generic, TypeVar

from bot.errors.spotify import LibraryChanged
from bot.spotify.added_entries import added_at_top
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel
from bot.spotify.list_position import (
    FirstPage,
    RecentEntries,
    all_known,
    first_original_entry,
    identity_of,
)
from bot.spotify.list_totals import ListTotals
from bot.spotify.pages import Page
from bot.spotify.pages_in_flight import PagesInFlight
from bot.spotify.transport import Query

T = TypeVar("T", bound=ApiModel)

PAGE_SIZE = 50
DEFAULT_CONCURRENCY = 4

# The pages whose entries to remember for finding the position again.
_MAX_RECENT_PAGES = 5
MAX_RECENT = _MAX_RECENT_PAGES * PAGE_SIZE
# The most changes of a list before the reader gives up, and the pages to read after each change.
_MAX_CHANGES, _MAX_LOOKUPS = 20, 8
# The page budget: pages for at least this many entries, since `total` may be too small (a playlist
# may have as many), and these pages more, since the list may grow.
_MIN_BUDGET, _SPARE_PAGES = 10_000, 20
# The pages in a row that may bring nothing that is known to be new.
_MAX_STALE_PAGES = 20


class Paging(Generic[T]):
    """A list with offsets. Iterate it once; it yields None for a null.

    totals      Spotify's counts, which may be wrong
    read_count  the number of entries yielded so far
    moved       whether entries moved during the reading
    complete    after the iteration: whether the end was confirmed; if not, there may be more

    Raises LibraryChanged if the list changes so much that the position is lost, and the errors of
    `ApiClient.get`.
    """

    # Whether the list may have an entry several times.
    _may_repeat: ClassVar[bool] = False

    def __init__(
        self,
        api: ApiClient,
        path: str,
        decode: Callable[[bytes], Page[T]],
        query: Query | None = None,
        *,
        page_size: int = PAGE_SIZE,
        concurrency: int = DEFAULT_CONCURRENCY,
        newest_first: bool = False,
    ) -> None:
        self._api = api
        self._path = path
        self._decode_page = decode
        self._query = query or {}
        self._page_size = page_size
        self._step = page_size - 1
        self._newest_first = newest_first
        self._recent: RecentEntries[T] = RecentEntries(_MAX_RECENT_PAGES * page_size)
        self._first_page: FirstPage[T] = FirstPage(Page([]))
        self._changes = self._pushed_down = self._added = self._stale_pages = 0
        self._ignore_totals = False
        self.totals = ListTotals()
        self._in_flight = PagesInFlight(
            api,
            self._fetch_page,
            self.totals,
            step=self._step,
            concurrency=concurrency,
            newest_first=newest_first,
        )
        self.read_count = 0
        self.moved = False
        self.complete = False

    @property
    def total(self) -> int | None:
        """Spotify's own count, which may be wrong; None without one."""
        return self.totals.latest

    @property
    def missing(self) -> int:
        """The number of entries that did not come (yet), by Spotify's count."""
        return self.totals.missing(self.read_count)

    @property
    def changed(self) -> bool:
        """Whether entries moved during the reading, or Spotify's count changed."""
        return self.moved or self.totals.range is not None

    async def page(self, offset: int = 0, *, fresh: bool = False) -> Page[T]:
        """The one page that begins at `offset`; unless `fresh`, perhaps from the cache."""
        query = self._page_query(offset)
        return await self._api.get(self._path, query, decode=self._decode_page, fresh=fresh)

    def cached_page(self, offset: int = 0) -> Page[T] | None:
        """The page that begins at `offset` if it is cached; sends nothing."""
        return self._api.cached(self._path, self._page_query(offset))

    def _page_query(self, offset: int) -> Query:
        return {**self._query, "limit": self._page_size, "offset": offset}

    def resume(
        self, first: Sequence[T | None], recent: Sequence[T | None], read_count: int
    ) -> None:
        """Let the iteration continue after the entries that an earlier one yielded.

        first   those of its first page
        recent  the last ones, at least MAX_RECENT if it yielded as many
        """
        self._first_page = FirstPage(Page([*first]))
        self._recent = RecentEntries(_MAX_RECENT_PAGES * self._page_size, recent, read_count)
        self.read_count = read_count

    async def __aiter__(self) -> AsyncIterator[T | None]:
        try:
            async for entries in self._new_entries():
                for entry in entries:
                    self.read_count += 1
                    self._recent.append(entry)
                    yield entry
            if self._in_flight.first_again is not None:
                first = await self._in_flight.first_again
                about = first, self._first_page, self._recent
                first, added = await added_at_top(*about, self._fetch_page, self._step)
                self.totals.add(first.total)
                self._added = len(added)
                self.moved |= self._added > 0
                for entry in added:
                    self.read_count += 1
                    yield entry
        finally:
            self._in_flight.close()

    async def _new_entries(self) -> AsyncIterator[Sequence[T | None]]:
        """The entries of each page that were not read yet."""
        idle_pages = shift = 0
        if resumed := self.read_count > 0:
            page, new, position, shift = await self._next_page(self.read_count, 0)
        else:
            page = await self._look_up(0)
            self.totals.unread = page.unread()
            new, position = page.items, len(page.items)
        max_pages = max(_MIN_BUDGET, page.total or 0) // self._step + _SPARE_PAGES
        for number in count(1):
            if not self.read_count:
                self._first_page = FirstPage(page)
            if new:
                yield new
            idle_pages = 0 if new else idle_pages + 1
            if self.totals.ends(page, position, idle_pages, self._page_size):
                self.complete = page.next is None or self.totals.confirms(self.read_count)
                break
            if number == max_pages:
                break
            if number == 1:
                await self._before_second_page()
            if was_short := len(page.items) < self._page_size:
                self._in_flight.concurrency = 1  # it is not known where the pages after it begin
            page, new, position, shift = await self._next_page(position, shift, was_short)
        if number > 1 or resumed:
            self._in_flight.request_first_again()

    async def _next_page(
        self, position: int, shift: int, was_short: bool = False
    ) -> tuple[Page[T], Sequence[T | None], int, int]:
        """The next page, its new entries, the position behind them, and the shift up to there.

        was_short  whether the page before had too few entries
        """
        offset, page, index = await self._continue_at(position)
        shift += 0 if was_short else offset + index - position
        new, position = page.items[index:], offset + index
        if not self._has_news(new, position):
            return page, [], position, shift
        self._note_shift(shift)
        return page, new, position + len(new), 0

    async def _before_second_page(self) -> None:
        """Reserve the calls; a hook for subclasses that need another request."""
        await self._in_flight.reserve(self._path, max(self._page_size, self.read_count))

    def _has_news(self, entries: Sequence[T | None], position: int) -> bool:
        """Whether to yield the entries: one of them is new, or they are nulls that may be new."""
        if not all_known(entries, self._first_page, self._recent):
            self._stale_pages = 0
            return True
        if not self._may_repeat and any(identity_of(entry) for entry in entries):
            return False
        self._stale_pages += 1
        more = self.totals.highest is None or self.totals.expects_more(position)
        return bool(entries) and more and self._stale_pages <= _MAX_STALE_PAGES

    def _note_shift(self, shift: int) -> None:
        """Note that the first unread entry is `shift` entries further down than expected."""
        if shift:
            self.moved = True
            self._pushed_down += max(0, shift)
            self._note_change()

    def _note_change(self) -> None:
        self._changes += 1
        if self._changes > _MAX_CHANGES:
            raise LibraryChanged(f"{self._changes} times")

    # ---- requests

    async def _look_up(self, offset: int) -> Page[T]:
        page = await self._fetch_page(offset)
        self.totals.add(page.total)
        return page

    async def _fetch_page(self, offset: int) -> Page[T]:
        return await self.page(offset, fresh=True)

    # ---- the position in a list that may change

    async def _continue_at(self, position: int) -> tuple[int, Page[T], int]:
        """The next page: its offset, the page, and the index of its first unread entry."""
        offset, total = max(0, position - 1), self.total
        page = await self._in_flight.get(offset)
        self.totals.add(page.total)
        if (index := self._first_unread(page)) is None:
            if await self._is_linked_by_null(offset, page, total):
                return offset, page, 1
            self._in_flight.cancel()
            if page.items:
                self._note_change()
            shift = 0 if None in (total, page.total) else (page.total or 0) - (total or 0)
            return await self._find_position(offset, shift)
        return offset, page, index

    def _first_unread(self, page: Page[T]) -> int | None:
        """The index of the first unread entry; None if the page does not show where that is."""
        return self._recent.first_unread(page, self._page_size) if self.read_count else 0

    async def _is_linked_by_null(self, offset: int, page: Page[T], total: int | None) -> bool:
        """Whether the page begins with the last entry read, if one of the two is a null.

        Only here the count matters; `total` is the count of the page before. At the first change of
        the count, an earlier page verifies it. If nothing has moved, counts are ignored afterwards.
        """
        if not page.items or self._recent.ends_with(page.items[0]) is False:
            return False
        if self._ignore_totals or page.total == total:
            return True
        start = max(0, offset - self._page_size // 2)
        earlier = await self._look_up(start)
        if (distance := self._recent.distance(earlier)) is None:
            self._ignore_totals = not any(identity_of(entry) for entry in earlier.items)
        else:
            self._ignore_totals = start + distance == offset + 1
        return self._ignore_totals

    async def _find_position(self, offset: int, shift: int) -> tuple[int, Page[T], int]:
        """Find the first unread entry; `shift`: by how much the list has grown, by its counts."""
        half = self._page_size // 2
        guesses = [offset - half, offset + shift - half]
        for _ in range(_MAX_LOOKUPS):
            offset = max(0, guesses.pop() if guesses else offset - self._step)
            page = await self._look_up(offset)
            if (index := self._first_unread(page)) is not None:
                return offset, page, index
            if (found := self._recent.index_after_last(page)) is not None:
                guesses = [offset + max(1, found[0] - 1 + found[1] - half)]
            elif (
                first := first_original_entry(page, offset, self._first_page, self._recent)
            ) is not None:
                return offset, page, first
            elif page.items and self._first_page.is_newer(page.items[-1]):
                guesses = [offset + self._step]
        raise LibraryChanged("lost the place")
