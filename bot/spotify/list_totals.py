"""Spotify's counts of a list's entries, which are hints about its end, not proof of a change."""

from __future__ import annotations

from typing import Any

from bot.spotify.pages import Page

# The pages in a row that may bring nothing new.
_MAX_IDLE_PAGES = 5


class ListTotals:
    """The counts in the pages of a list; they may differ although nothing changes.

    latest           the count of the page read last; None if it had no usable count
    lowest, highest  of the counts of all pages; None without a usable count
    unread           the least number of entries that the first page did not show, if it shows none
    """

    def __init__(self) -> None:
        self.latest: int | None = None
        self.lowest: int | None = None
        self.highest: int | None = None
        self.unread = 0
        self._before_latest: int | None = None

    def add(self, total: int | None) -> None:
        self._before_latest, self.latest = self.latest, total
        if total is not None:
            self.lowest = total if self.lowest is None else min(total, self.lowest)
            self.highest = total if self.highest is None else max(total, self.highest)

    @property
    def range(self) -> tuple[int, int] | None:
        """The lowest and the highest count, if they differ: the list or only its count changed."""
        if self.lowest is None or self.highest is None or self.lowest == self.highest:
            return None
        return self.lowest, self.highest

    def missing(self, read_count: int) -> int:
        """The number of missing entries, by the lower of the last two counts.

        The last two pages are requested at the same time, so either count may be the older one.
        If no entry was read, at least `unread` are missing.
        """
        counts = [total for total in (self.latest, self._before_latest) if total is not None]
        missing = max(0, min(counts) - read_count) if counts else 0
        return missing if read_count else max(missing, self.unread)

    def expects_more(self, position: int) -> bool:
        """Whether a count says that the list has more than `position` entries."""
        return self.highest is not None and self.highest > position

    def confirms(self, position: int) -> bool:
        """Whether the latest count says that the list has exactly `position` entries."""
        return self.latest == position

    def ends(self, page: Page[Any], position: int, idle_pages: int, page_size: int) -> bool:
        """Whether to read no further.

        page        the last one read, of which `page_size` entries were requested
        position    the number of entries up to here
        idle_pages  the pages in a row that brought nothing new, this one included
        """
        more, is_short = self.expects_more(position), len(page.items) < page_size
        if idle_pages == 0:
            # A full page without a next one is the last one only if Spotify's count agrees.
            return page.next is None and not more and (is_short or self.confirms(position))
        if page.next is None or is_short:
            return idle_pages > 1 or not more
        # Added entries may have moved the last entries read to this page.
        return idle_pages > _MAX_IDLE_PAGES
