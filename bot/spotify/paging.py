"""Lists of many pages as `async for`: several pages in flight, in order, nothing lost on the way.

A list may change while it is read. Then offsets point elsewhere, and entries would be skipped or
come twice. Every page says how many entries there are in all, and where the list grows at its top,
what was pushed down comes twice; where entries have no fixed place, pages overlap by one. So a
change is noticed at the next page, the place is found again by the entries that came last, and the
reading goes on from there. What was added at the top meanwhile is read at the end.
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
from bot.spotify.transport import Query

T = TypeVar("T", bound=Part)

PAGE = 50
FLIGHTS = 4

# How many of the last entries are remembered, to find the place again.
_TAIL = 5 * PAGE
# How often the place is looked for, and how many pages are read each time, before giving up.
_CHANGES, _LOOKS = 20, 6


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
        self._tail: deque[Hashable] = deque(maxlen=_TAIL)
        self._head: frozenset[Hashable] = frozenset()
        self.total: int | None = None
        self.read = 0
        self.changed = False

    @property
    def missing(self) -> int:
        """How many more entries there should be, by Spotify's own count."""
        return max(0, (self.total or 0) - self.read)

    async def __aiter__(self) -> AsyncIterator[T | None]:
        ahead: deque[asyncio.Task[Page[T]]] = deque()
        try:
            async for page, skip in self._pages(ahead):
                for entry in page.items[skip:]:
                    self.read += 1
                    if entry is not None and entry.identity is not None:
                        self._tail.append(entry.identity)
                    yield entry
        finally:
            _cancel(ahead)
        if self.changed and self._grows_at_top:
            async for entry in self._added():
                self.read += 1
                yield entry

    async def _pages(
        self, ahead: deque[asyncio.Task[Page[T]]]
    ) -> AsyncIterator[tuple[Page[T], int]]:
        """Each page, and how many of its first entries came already."""
        offset, skip = 0, 0
        page = await self._page(offset)
        self.total = page.total
        self._head = frozenset(_identities(page))
        await self._begun()
        self._call.afford(self._path, -(-max(0, page.total - self._size) // self._step))
        asked = changes = 0
        while True:
            if offset and self._moved(page):
                _cancel(ahead)
                changes += 1
                if changes > _CHANGES:
                    raise LibraryChanged(f"{changes} times")
                offset, page, skip = await self._found_again(offset)
                self.changed, self.total, asked = True, page.total, offset
            yield page, skip
            if page.next is None or not page.items:
                return
            offset += self._step
            while len(ahead) < self._allowed() and (asked + self._step < page.total or not ahead):
                asked += self._step
                ahead.append(task := asyncio.create_task(self._page(asked)))
                task.add_done_callback(_look_at)
            page, skip = await ahead.popleft(), self._overlap

    async def _begun(self) -> None:
        """For lists with something to find out once the first page is there."""

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
        first = page.items[0] if page.items else None
        if first is None or first.identity is None:
            return False
        if self._overlap:
            return bool(self._tail) and first.identity != self._tail[-1]
        return self._grows_at_top and first.identity in self._tail

    async def _found_again(self, offset: int) -> tuple[int, Page[T], int]:
        """The page in which the first entry is that did not come yet: its offset, it, and where.

        It comes after the last of those that came and are still there.
        """
        at, known = max(0, offset - self._size), set(self._tail)
        below: tuple[int, Page[T]] | None = None
        above = False
        for _ in range(_LOOKS):
            page = await self._page(at)
            places = [
                place
                for place, entry in enumerate(page.items)
                if entry is not None and entry.identity in known
            ]
            if places and (places[-1] + 1 < len(page.items) or page.next is None):
                return at, page, places[-1] + 1
            if places:
                if below is not None:
                    return *below, 0
                at, above = at + len(page.items), True
            elif above or (at == 0 and self.read <= _TAIL):
                return at, page, 0
            else:
                below, at = (at, page), max(0, at - self._size)
        raise LibraryChanged("lost the place")

    async def _added(self) -> AsyncIterator[T | None]:
        """What was added at the top since the first page was read."""
        for look in range(_LOOKS):
            page = await self._page(look * self._size)
            for entry in page.items:
                if entry is not None and entry.identity in self._head:
                    return
                yield entry
            if page.next is None:
                return
        raise LibraryChanged("lost the top")


def _identities(page: Page[T]) -> list[Hashable]:
    return [entry.identity for entry in page.items if entry is not None and entry.identity]


def _look_at(task: asyncio.Task[Page[T]]) -> None:
    """Its failure may never be needed, when an earlier page failed as well."""
    if not task.cancelled():
        task.exception()


def _cancel(tasks: deque[asyncio.Task[Page[T]]]) -> None:
    while tasks:
        tasks.pop().cancel()
