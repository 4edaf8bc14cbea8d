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

from bot.errors import LibraryChanged
from bot.spotify.caller import Caller
from bot.spotify.lists import Page
from bot.spotify.models import Part
from bot.spotify.places import Tail, Top, identity_of
from bot.spotify.transport import Query

T = TypeVar("T", bound=Part)

PAGE = 50
FLIGHTS = 4

# How many of the last entries are remembered, to find the place again.
_TAIL = 5 * PAGE
# How often the place may be lost, and how many pages are read each time, before giving up.
_CHANGES, _LOOKS = 20, 8


class Paging(Generic[T]):
    """A list by offset, to be iterated once. Entries are None where Spotify says null.

    total    Spotify's own count, which can disagree with what there is; None before the first page
    read     how many entries came
    changed  whether the list changed meanwhile

    Raises LibraryChanged where so much changed that the place is lost, and what `Caller.get` does.
    """

    def __init__(
        self,
        call: Caller,
        path: str,
        read: Callable[[bytes], Page[T]],
        query: Query | None = None,
        *,
        size: int = PAGE,
        flights: int = FLIGHTS,
        overlap: int = 0,
        grows_at_top: bool = False,
    ) -> None:
        self._call = call
        self._path = path
        self._read_page = read
        self._query = query or {}
        self._size = size
        self._step = size - overlap
        self._overlap = overlap
        self._grows_at_top = grows_at_top
        self._flights = flights
        self._limited = call.limited
        self._tail: Tail[T] = Tail(_TAIL)
        self._top: Top[T] = Top(Page([]))
        self._ahead: deque[asyncio.Task[Page[T]]] = deque()
        self._again: asyncio.Task[Page[T]] | None = None
        self._promised = self._sent = 0
        self.total: int | None = None
        self.read = 0
        self.changed = False

    @property
    def missing(self) -> int:
        """How many more entries there should be, by Spotify's own count."""
        return max(0, (self.total or 0) - self.read)

    async def page(self, offset: int = 0) -> Page[T]:
        """The page that begins there, alone; one that was kept will do."""
        query = {**self._query, "limit": self._size, "offset": offset}
        return await self._call.get(self._path, query, read=self._read_page)

    async def __aiter__(self) -> AsyncIterator[T | None]:
        try:
            async for page, skip in self._pages():
                for entry in page.items[skip:]:
                    self.read += 1
                    self._tail.append(entry)
                    yield entry
            if self._again is not None:
                for entry in await self._added(await self._again):
                    self.read += 1
                    yield entry
        finally:
            self._cancel()
            left = self._promised - (self._call.sent - self._sent)
            self._call.release(self._path, max(0, left))

    async def _pages(self) -> AsyncIterator[tuple[Page[T], int]]:
        """Each page, and how many of its first entries came already."""
        offset, skip = 0, 0
        page = await self._page(offset)
        self.total, self._top = page.total, Top(page)
        await self._begun()
        if page.total > self._size:
            more = -(-(page.total - self._size) // self._step)
            self._call.promise(self._path, more + self._grows_at_top)
            self._promised, self._sent = more + self._grows_at_top, self._call.sent
        asked = changes = 0
        while True:
            if offset and self._moved(page):
                self._cancel()
                changes += 1
                if changes > _CHANGES:
                    raise LibraryChanged(f"{changes} times")
                if self._overlap and page.total == self.total:
                    raise LibraryChanged("rearranged")
                offset, page, skip = await self._found_again(offset, page.total)
                self.changed, self.total, asked = True, page.total, offset
            yield page, skip
            if page.next is None or not page.items:
                if offset or skip:
                    self._look_again()
                return
            offset += self._step
            asked = self._send(asked, page.total)
            page, skip = await self._ahead.popleft(), self._overlap

    async def _begun(self) -> None:
        """For lists with something to find out once the first page is there."""

    def _send(self, asked: int, total: int) -> int:
        """Send for as many pages as may be in flight, and for the top behind the last of them.

        The offset of the last page that was sent for.
        """
        while not self._ahead or len(self._ahead) + bool(self._again) < self._allowed():
            if self._ahead and asked + self._step >= total:
                self._look_again()
                break
            asked += self._step
            self._ahead.append(self._task(asked))
        return asked

    def _look_again(self) -> None:
        if self._grows_at_top and self._again is None:
            self._again = self._task(0)

    def _task(self, offset: int) -> asyncio.Task[Page[T]]:
        return asyncio.create_task(self._page(offset))

    def _cancel(self) -> None:
        for task in (*self._ahead, self._again):
            if task is not None:
                task.cancel()
        self._ahead.clear()
        self._again = None

    async def _page(self, offset: int) -> Page[T]:
        query = {**self._query, "limit": self._size, "offset": offset}
        return await self._call.get(self._path, query, read=self._read_page, fresh=True)

    def _allowed(self) -> int:
        """How many pages may be in flight: half as many after each rate limit."""
        if self._call.limited > self._limited:
            self._limited = self._call.limited
            self._flights = max(1, self._flights // 2)
        return self._flights

    def _moved(self, page: Page[T]) -> bool:
        """Whether this page, as far as one can see, does not continue where the last one ended."""
        if page.total != self.total:
            return True
        if self._overlap:
            return bool(page.items) and not self._tail.ends_with(page.items[0])
        told = (entry for entry in page.items if identity_of(entry) is not None)
        if not self._grows_at_top or (first := next(told, None)) is None:
            return False
        return bool(self._top.is_newer(first)) or first in self._tail

    async def _found_again(self, offset: int, total: int) -> tuple[int, Page[T], int]:
        """The page with the first entry that did not come yet: its offset, it, and where.

        That page alone shows what is on both sides of the place: between two, the list may change.
        """
        at = max(0, offset - 1 + total - (self.total or 0) - self._size // 2)
        for _ in range(_LOOKS):
            page = await self._page(at)
            ends = page.next is None or len(page.items) < self._size
            if (end := self._tail.ends_on(page)) is not None:
                place, after = end
                if place < len(page.items) or ends:
                    return at, page, place
                at += max(1, place - 1 + after - self._size // 2)
            elif (begin := self._nothing_left(page, at)) is not None:
                return at, page, begin
            elif page.items and self._top.is_newer(page.items[-1]):
                at += self._size - 1
            else:
                at = max(0, at - self._size + 1)
        raise LibraryChanged("lost the place")

    def _nothing_left(self, page: Page[T], at: int) -> int | None:
        """The place of the first entry that was there at first, where all that came is gone."""
        if at == 0 and not page.items:
            return 0
        begin = self._top.begins_on(page) if self._tail.is_all else None
        if begin is None or (begin == 0 and at):
            return None
        return self._tail.behind_nulls(page, begin)

    async def _added(self, page: Page[T]) -> list[T | None]:
        """What was added at the top since the first page was read, newest first, each once."""
        if not self._top.differs(page):
            return []
        self.changed, self.total = True, page.total
        added: list[T | None] = []
        came: set[Hashable] = set()
        at, sure = 0, True
        for _ in range(_LOOKS):
            for entry in page.items:
                identity, newer = identity_of(entry), self._top.is_newer(entry)
                met = entry in self._top or (entry in self._tail and self._tail.is_all)
                if met or ((newer is False or entry in self._tail) and sure):
                    return added
                if identity is None and not newer:
                    continue  # nobody can tell a null that was there
                sure &= newer is True
                if identity is None or identity not in came:
                    came.add(identity)
                    added.append(entry)
            if page.next is None and sure:
                return added
            at += self._size - 1
            page = await self._page(at)
            if page.items and identity_of(page.items[0]) not in came:
                at, page = 0, await self._page(0)
        raise LibraryChanged("lost the top")
