"""Requests the pages of a list before they are needed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from bot.errors.spotify import BackgroundBudgetExceeded
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel
from bot.spotify.list_totals import ListTotals
from bot.spotify.pages import Page

T = TypeVar("T", bound=ApiModel)


class PagesInFlight(Generic[T]):
    """Keeps several pages in flight: the next ones, and at the end the first page again.

    As many pages wait for their turn at most. A single one is in flight only while it is awaited.

    concurrency  the most pages in flight; every rate limit halves it
    first_again  the second request for the first page, once it is sent
    """

    def __init__(
        self,
        api: ApiClient,
        fetch: Callable[[int], Coroutine[Any, Any, Page[T]]],
        totals: ListTotals,
        *,
        step: int,
        concurrency: int,
        newest_first: bool,
    ) -> None:
        self._api = api
        self._fetch = fetch
        self._totals = totals
        self._step = step
        self._newest_first = newest_first
        self._path = ""
        self._reserved = self._sent_before = 0
        self._rate_limits_met = api.rate_limits_met
        # Offsets and requests of the next pages, in order; those that have come wait here.
        self._pages: deque[tuple[int, asyncio.Task[Page[T]]]] = deque()
        self._last = 0
        self._in_flight: set[asyncio.Task[Page[T]]] = set()
        self._short_page_came = False  # it is not known where the pages after it begin
        self.concurrency = concurrency
        self.first_again: asyncio.Task[Page[T]] | None = None

    async def get(self, offset: int) -> Page[T]:
        """The page at `offset`; requests as many of the following ones as may be in flight."""
        if self._pages and self._pages[0][0] != offset:
            self.cancel()
        if not self._pages:
            self._request_page(offset)
        _, task = self._pages.popleft()
        self._request_following()
        return await task

    def request_first_again(self) -> None:
        if self._newest_first and self.first_again is None:
            self.first_again = asyncio.create_task(self._fetch(0))
            self._in_flight.add(self.first_again)  # to the end: more pages than these are unlikely

    def cancel(self) -> None:
        tasks, self._in_flight = self._in_flight, set()
        for task in tasks:
            task.cancel()
        self._pages.clear()
        self.first_again = None
        self._short_page_came = False

    def _request_following(self) -> None:
        """Request the pages that are expected after the last one, then the first page again."""
        allowed = self._allowed()
        most = 2 * allowed - 1 if allowed > 1 else 0
        while not self._short_page_came and len(self._in_flight) < allowed:
            if not self._totals.expects_more(self._last + self._step + 1):
                if self._totals.expects_more(self._last + 1):
                    self.request_first_again()
                break
            if len(self._pages) >= most:
                break
            self._request_page(self._last + self._step)

    def _request_page(self, offset: int) -> None:
        task = asyncio.create_task(self._fetch_and_go_on(offset))
        self._last = offset
        self._pages.append((offset, task))
        self._in_flight.add(task)

    async def _fetch_and_go_on(self, offset: int) -> Page[T]:
        page = await self._fetch(offset)
        if (task := asyncio.current_task()) in self._in_flight:
            self._in_flight.remove(task)
            self._short_page_came |= len(page.items) <= self._step
            # Here, so that the next request is sent before the reader processes this page.
            self._request_following()
        return page

    async def reserve(self, path: str, read_count: int) -> None:
        """Reserve the calls for a list after the entries that were read.

        A count that is too large for the budget is verified with one call: Spotify's counts may be
        wrong. Raises BackgroundBudgetExceeded.
        """
        total = self._totals.latest
        if total is None or total <= read_count:
            return
        calls = -(-(total - read_count) // self._step) + self._newest_first
        try:
            self._api.reserve(path, calls)
        except BackgroundBudgetExceeded:
            if (await self._fetch(total // 2)).items:
                raise
        else:
            self._path, self._reserved, self._sent_before = path, calls, self._api.calls_sent

    def close(self) -> None:
        """End all requests, and give back the calls that are still reserved."""
        self.cancel()
        if self._reserved:
            unused = self._reserved - (self._api.calls_sent - self._sent_before)
            self._api.release(self._path, max(0, unused))

    def _allowed(self) -> int:
        if self._api.rate_limits_met > self._rate_limits_met:
            self._rate_limits_met = self._api.rate_limits_met
            self.concurrency = max(1, self.concurrency // 2)
        return self.concurrency
