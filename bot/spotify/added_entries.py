"""Finds the entries that were added at the top of a list while it was read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar

from bot.errors.spotify import LibraryChanged
from bot.spotify.api_model import ApiModel
from bot.spotify.list_position import FirstPage, RecentEntries, identity_of
from bot.spotify.pages import Page

T = TypeVar("T", bound=ApiModel)

# The pages to read before giving up.
_MAX_PAGES = 8


async def added_at_top(
    page: Page[T],
    first_page: FirstPage[T],
    recent: RecentEntries[T],
    fetch: Callable[[int], Awaitable[Page[T]]],
    step: int,
) -> tuple[Page[T], list[T | None]]:
    """The first page as read last, and the added entries, newest first, without duplicates.

    page        the first page, read again at the end
    first_page  the first page at the beginning
    recent      the entries read last
    step        the distance between the offsets of two pages, which share an entry

    Without dates (`dated` is False), only an entry of the original first page ends the search.
    Raises LibraryChanged if too many were added.
    """
    added: list[T | None] = []
    if not first_page.differs_from(page):
        return page, added
    seen: set[Hashable] = set()
    offset, dated, first = 0, True, page
    for _ in range(_MAX_PAGES):
        for entry in page.items:
            identity, newer = identity_of(entry), first_page.is_newer(entry)
            was_read = entry in first_page or (entry in recent and recent.is_complete)
            if was_read or ((newer is False or entry in recent) and dated):
                return first, added
            if identity is None and not newer:
                continue  # the null may have been there before
            dated &= newer is True
            if identity is None or identity not in seen:
                seen.add(identity)
                added.append(entry)
        only_nulls = all(identity_of(entry) is None for entry in page.items)
        if (page.next is None and dated) or only_nulls:
            return first, added
        offset += step
        page = await fetch(offset)
        if page.items and identity_of(page.items[0]) not in seen:  # more were added: begin again
            offset, page, added = 0, await fetch(0), []
            first = page
            seen.clear()
    raise LibraryChanged("lost the top")
