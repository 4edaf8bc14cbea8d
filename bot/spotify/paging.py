"""Iterates over long lists: several pages in flight, in order, without losing entries.

A list may change while it is read. Offsets then point to other entries, so that the reader would
skip or repeat some. The reader notices a change at the next page: the total differs, or an entry
repeats because new ones pushed it down; in lists that users can rearrange, pages overlap by one
entry. The reader then looks for a page with the last entry that it has read and that is still in
the list, and continues behind it. At the end it reads the first page again, and yields the entries
that were added there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Generic, TypeVar

from bot.errors.spotify import LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel
from bot.spotify.list_position import FirstPage, RecentEntries, identity_of
from bot.spotify.pages import Page
from bot.spotify.transport import Query

T = TypeVar("T", bound=ApiModel)

PAGE_SIZE = 50
DEFAULT_CONCURRENCY = 4

# The entries to remember for finding the position again.
_MAX_RECENT = 5 * PAGE_SIZE
# The changes of a list after which the reader gives up, and the pages to read after each of them.
_MAX_CHANGES, _MAX_LOOKUPS = 20, 8


class Paging(Generic[T]):
    """A list with offsets. Iterate it once; it yields None for a null.

    total       Spotify's own count, which may be wrong; None before the first page
    read_count  the number of entries yielded so far
    changed     whether the list changed during the reading

    Raises LibraryChanged if the list changes so much that the position is lost, and the errors of
    `ApiClient.get`.
    """

    def __init__(
        self,
        api: ApiClient,
        path: str,
        decode: Callable[[bytes], Page[T]],
        query: Query | None = None,
        *,
        page_size: int = PAGE_SIZE,
        concurrency: int = DEFAULT_CONCURRENCY,
        overlap: int = 0,
        newest_first: bool = False,
    ) -> None:
        self._api = api
        self._path = path
        self._decode_page = decode
        self._query = query or {}
        self._page_size = page_size
        self._step = page_size - overlap
        self._overlap = overlap
        self._newest_first = newest_first
        self._concurrency = concurrency
        self._rate_limits_met = api.rate_limits_met
        self._recent: RecentEntries[T] = RecentEntries(_MAX_RECENT)
        self._first_page: FirstPage[T] = FirstPage(Page([]))
        self._prefetched: deque[asyncio.Task[Page[T]]] = deque()
        self._top_recheck: asyncio.Task[Page[T]] | None = None
        self._reserved = self._sent_before = 0
        self.total: int | None = None
        self.read_count = 0
        self.changed = False

    @property
    def missing(self) -> int:
        """The number of entries that are still to come, by Spotify's count."""
        return max(0, (self.total or 0) - self.read_count)

    async def page(self, offset: int = 0) -> Page[T]:
        """The one page that begins at `offset`, perhaps from the cache."""
        query = {**self._query, "limit": self._page_size, "offset": offset}
        return await self._api.get(self._path, query, decode=self._decode_page)

    async def __aiter__(self) -> AsyncIterator[T | None]:
        try:
            async for page, skip in self._pages():
                for entry in page.items[skip:]:
                    self.read_count += 1
                    self._recent.append(entry)
                    yield entry
            if self._top_recheck is not None:
                for entry in await self._added_at_top(await self._top_recheck):
                    self.read_count += 1
                    yield entry
        finally:
            self._cancel()
            unused = self._reserved - (self._api.calls_sent - self._sent_before)
            self._api.release(self._path, max(0, unused))

    async def _pages(self) -> AsyncIterator[tuple[Page[T], int]]:
        """Each page, and how many of its first entries were read already."""
        offset, skip = 0, 0
        page = await self._fetch_page(offset)
        self.total, self._first_page = page.total, FirstPage(page)
        await self._on_first_page()
        if page.total > self._page_size:
            calls = -(-(page.total - self._page_size) // self._step) + self._newest_first
            self._api.reserve(self._path, calls)
            self._reserved, self._sent_before = calls, self._api.calls_sent
        last_offset = changes = 0
        while True:
            if offset and self._has_shifted(page):
                self._cancel()
                changes += 1
                if changes > _MAX_CHANGES:
                    raise LibraryChanged(f"{changes} times")
                if self._overlap and page.total == self.total:
                    raise LibraryChanged("rearranged")
                offset, page, skip = await self._resync(offset, page.total)
                self.changed, self.total, last_offset = True, page.total, offset
            yield page, skip
            if page.next is None or not page.items:
                if offset or skip:
                    self._recheck_top()
                return
            offset += self._step
            last_offset = self._prefetch(last_offset, page.total)
            page, skip = await self._prefetched.popleft(), self._overlap

    async def _on_first_page(self) -> None:
        """A hook for subclasses that need another request after the first page."""

    def _prefetch(self, last_offset: int, total: int) -> int:
        """Fetch as many pages as may be in flight, and after the last one the first page again.

        Returns the offset of the last page in flight.
        """
        while (
            not self._prefetched
            or len(self._prefetched) + bool(self._top_recheck) < self._allowed_concurrency()
        ):
            if self._prefetched and last_offset + self._step >= total:
                self._recheck_top()
                break
            last_offset += self._step
            self._prefetched.append(self._fetch_task(last_offset))
        return last_offset

    def _recheck_top(self) -> None:
        if self._newest_first and self._top_recheck is None:
            self._top_recheck = self._fetch_task(0)

    def _fetch_task(self, offset: int) -> asyncio.Task[Page[T]]:
        return asyncio.create_task(self._fetch_page(offset))

    def _cancel(self) -> None:
        for task in (*self._prefetched, self._top_recheck):
            if task is not None:
                task.cancel()
        self._prefetched.clear()
        self._top_recheck = None

    async def _fetch_page(self, offset: int) -> Page[T]:
        query = {**self._query, "limit": self._page_size, "offset": offset}
        return await self._api.get(self._path, query, decode=self._decode_page, fresh=True)

    def _allowed_concurrency(self) -> int:
        """The number of pages that may be in flight; every rate limit halves it."""
        if self._api.rate_limits_met > self._rate_limits_met:
            self._rate_limits_met = self._api.rate_limits_met
            self._concurrency = max(1, self._concurrency // 2)
        return self._concurrency

    def _has_shifted(self, page: Page[T]) -> bool:
        """Whether the page visibly does not continue where the last one ended."""
        if page.total != self.total:
            return True
        if self._overlap:
            return bool(page.items) and not self._recent.may_end_with(page.items[0])
        identified = (entry for entry in page.items if identity_of(entry) is not None)
        if not self._newest_first or (first := next(identified, None)) is None:
            return False
        return bool(self._first_page.is_newer(first)) or first in self._recent

    async def _resync(self, offset: int, total: int) -> tuple[int, Page[T], int]:
        """Find the first entry that was not read yet: offset and page, and its index there.

        The page must also contain an entry on the other side of the position: between the requests
        for two pages, the list may change again.
        """
        offset = max(0, offset - 1 + total - (self.total or 0) - self._page_size // 2)
        for _ in range(_MAX_LOOKUPS):
            page = await self._fetch_page(offset)
            is_last = page.next is None or len(page.items) < self._page_size
            if (found := self._recent.index_after_last(page)) is not None:
                index, read_after = found
                if index < len(page.items) or is_last:
                    return offset, page, index
                offset += max(1, index - 1 + read_after - self._page_size // 2)
            elif (first := self._first_original_entry(page, offset)) is not None:
                return offset, page, first
            elif page.items and self._first_page.is_newer(page.items[-1]):
                offset += self._page_size - 1
            else:
                offset = max(0, offset - self._page_size + 1)
        raise LibraryChanged("lost the place")

    def _first_original_entry(self, page: Page[T], offset: int) -> int | None:
        """The index of the first entry that is not newer, if all entries read so far are gone."""
        if offset == 0 and not page.items:
            return 0
        index = self._first_page.first_original_index(page) if self._recent.is_complete else None
        if index is None or (index == 0 and offset):
            return None
        return self._recent.skip_nulls(page, index)

    async def _added_at_top(self, page: Page[T]) -> list[T | None]:
        """The entries added at the top during the reading, newest first, without duplicates.

        `page` is the first page, read again. Without dates (`dated` is False) only an entry of the
        first page as it was ends the search.
        """
        if not self._first_page.differs_from(page):
            return []
        self.changed, self.total = True, page.total
        added: list[T | None] = []
        seen: set[Hashable] = set()
        offset, dated = 0, True
        for _ in range(_MAX_LOOKUPS):
            for entry in page.items:
                identity, newer = identity_of(entry), self._first_page.is_newer(entry)
                was_read = entry in self._first_page or (
                    entry in self._recent and self._recent.is_complete
                )
                if was_read or ((newer is False or entry in self._recent) and dated):
                    return added
                if identity is None and not newer:
                    continue  # the null may have been there before
                dated &= newer is True
                if identity is None or identity not in seen:
                    seen.add(identity)
                    added.append(entry)
            if page.next is None and dated:
                return added
            offset += self._page_size - 1
            page = await self._fetch_page(offset)
            if page.items and identity_of(page.items[0]) not in seen:
                offset, page = 0, await self._fetch_page(0)
        raise LibraryChanged("lost the top")
