"""Lists of many pages as `async for`: several pages in flight, in order, nothing lost on the way.

A list may change while it is read. Then offsets point elsewhere, and entries would be skipped or
come twice. Every page says how many entries there are in all, and where the list grows at its top,
what was pushed down comes twice; where entries have no fixed place, pages overlap by one. So a
change is noticed at the next page. Then a page is looked for that shows the last entry that came
and is still there, and the reading goes on behind it. The top is looked at once more at the end,
and what was added there meanwhile comes last.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Generic, TypeVar

from bot.errors.spotify import LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.list_position import FirstPage, RecentEntries, identity_of
from bot.spotify.models import ApiModel
from bot.spotify.pages import Page
from bot.spotify.transport import Query

T = TypeVar("T", bound=ApiModel)

PAGE_SIZE = 50
DEFAULT_CONCURRENCY = 4

# How many of the last entries are remembered, to find the place again.
_MAX_RECENT = 5 * PAGE_SIZE
# How often the place may be lost, and how many pages are read each time, before giving up.
_MAX_CHANGES, _MAX_LOOKUPS = 20, 8


class Paging(Generic[T]):
    """A list by offset, to be iterated once. Entries are None where Spotify says null.

    total    Spotify's own count, which can disagree with what there is; None before the first page
    read     how many entries came
    changed  whether the list changed meanwhile

    Raises LibraryChanged if the list changed so much that the position is lost, and the errors of
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
        """How many more entries there should be, by Spotify's own count."""
        return max(0, (self.total or 0) - self.read_count)

    async def page(self, offset: int = 0) -> Page[T]:
        """The page that begins there, alone; one that was kept will do."""
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
            left = self._reserved - (self._api.calls_sent - self._sent_before)
            self._api.release(self._path, max(0, left))

    async def _pages(self) -> AsyncIterator[tuple[Page[T], int]]:
        """Each page, and how many of its first entries came already."""
        offset, skip = 0, 0
        page = await self._fetch_page(offset)
        self.total, self._first_page = page.total, FirstPage(page)
        await self._on_first_page()
        if page.total > self._page_size:
            more = -(-(page.total - self._page_size) // self._step)
            self._api.reserve(self._path, more + self._newest_first)
            self._reserved, self._sent_before = more + self._newest_first, self._api.calls_sent
        asked = changes = 0
        while True:
            if offset and self._has_shifted(page):
                self._cancel()
                changes += 1
                if changes > _MAX_CHANGES:
                    raise LibraryChanged(f"{changes} times")
                if self._overlap and page.total == self.total:
                    raise LibraryChanged("rearranged")
                offset, page, skip = await self._resync(offset, page.total)
                self.changed, self.total, asked = True, page.total, offset
            yield page, skip
            if page.next is None or not page.items:
                if offset or skip:
                    self._recheck_top()
                return
            offset += self._step
            asked = self._prefetch(asked, page.total)
            page, skip = await self._prefetched.popleft(), self._overlap

    async def _on_first_page(self) -> None:
        """For lists with something to find out once the first page is there."""

    def _prefetch(self, last_offset: int, total: int) -> int:
        """Send for as many pages as may be in flight, and for the top behind the last of them.

        The offset of the last page that was sent for.
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
        """How many pages may be in flight: half as many after each rate limit."""
        if self._api.rate_limits_met > self._rate_limits_met:
            self._rate_limits_met = self._api.rate_limits_met
            self._concurrency = max(1, self._concurrency // 2)
        return self._concurrency

    def _has_shifted(self, page: Page[T]) -> bool:
        """Whether this page, as far as one can see, does not continue where the last one ended."""
        if page.total != self.total:
            return True
        if self._overlap:
            return bool(page.items) and not self._recent.may_end_with(page.items[0])
        told = (entry for entry in page.items if identity_of(entry) is not None)
        if not self._newest_first or (first := next(told, None)) is None:
            return False
        return bool(self._first_page.is_newer(first)) or first in self._recent

    async def _resync(self, offset: int, total: int) -> tuple[int, Page[T], int]:
        """The page with the first entry that did not come yet: its offset, it, and where.

        That page alone shows what is on both sides of the place: between two, the list may change.
        """
        at = max(0, offset - 1 + total - (self.total or 0) - self._page_size // 2)
        for _ in range(_MAX_LOOKUPS):
            page = await self._fetch_page(at)
            ends = page.next is None or len(page.items) < self._page_size
            if (end := self._recent.index_after_last(page)) is not None:
                place, after = end
                if place < len(page.items) or ends:
                    return at, page, place
                at += max(1, place - 1 + after - self._page_size // 2)
            elif (begin := self._first_original_entry(page, at)) is not None:
                return at, page, begin
            elif page.items and self._first_page.is_newer(page.items[-1]):
                at += self._page_size - 1
            else:
                at = max(0, at - self._page_size + 1)
        raise LibraryChanged("lost the place")

    def _first_original_entry(self, page: Page[T], at: int) -> int | None:
        """The place of the first entry that was there at first, where all that came is gone."""
        if at == 0 and not page.items:
            return 0
        begin = self._first_page.first_original_index(page) if self._recent.is_complete else None
        if begin is None or (begin == 0 and at):
            return None
        return self._recent.skip_nulls(page, begin)

    async def _added_at_top(self, page: Page[T]) -> list[T | None]:
        """What was added at the top since the first page was read, newest first, each once."""
        if not self._first_page.differs_from(page):
            return []
        self.changed, self.total = True, page.total
        added: list[T | None] = []
        came: set[Hashable] = set()
        at, sure = 0, True
        for _ in range(_MAX_LOOKUPS):
            for entry in page.items:
                identity, newer = identity_of(entry), self._first_page.is_newer(entry)
                met = entry in self._first_page or (
                    entry in self._recent and self._recent.is_complete
                )
                if met or ((newer is False or entry in self._recent) and sure):
                    return added
                if identity is None and not newer:
                    continue  # nobody can tell a null that was there
                sure &= newer is True
                if identity is None or identity not in came:
                    came.add(identity)
                    added.append(entry)
            if page.next is None and sure:
                return added
            at += self._page_size - 1
            page = await self._fetch_page(at)
            if page.items and identity_of(page.items[0]) not in came:
                at, page = 0, await self._fetch_page(0)
        raise LibraryChanged("lost the top")
