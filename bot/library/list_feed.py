"""Hands the lists of an export to the threads that write its files, while they are read."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition, Event
from typing import Any, TypeVar

from bot.library.export_lists import ExportList
from bot.library.line_file import read_page
from bot.library.spool import SpooledList

# To wake a thread for each page takes as long as to write the page. What is left of them at the
# end is written when the last page has come.
_PAGES_AT_ONCE = 20

R = TypeVar("R")
W = TypeVar("W")


class ListRestarted(Exception):
    """What a thread has got of a list is void: the list is read again from the start."""


@dataclass
class _State:
    """A list that is read.

    known     the list as far as it is known; None before, and if nothing of it could be read
    pages     how often a page came
    is_over   whether no more will come
    restarts  how often it was read again from the start
    """

    known: SpooledList | None = None
    pages: int = 0
    is_over: bool = False
    restarts: int = 0


class ListFeed:
    """Iterating yields each list when it has begun; its `entries` wait for those to come.

    One task calls `page`, `restart`, `end` and `cancel`; threads iterate.
    """

    def __init__(self, count: int, cancelled: Event) -> None:
        self._states = [_State() for _ in range(count)]
        self._cancelled = cancelled
        self._changed = Condition()

    # ---- the task that reads

    def page(self, index: int, source: ExportList, path: Path) -> None:
        """A page of a list is in its file."""
        state = self._states[index]
        state.pages += 1
        if state.known is None:
            follow = partial(self._lines, index)
            state.known = SpooledList(
                source, path, 0, 0, None, False, self._cancelled, follow=follow
            )
        if state.pages % _PAGES_AT_ONCE == 0:
            self._notify()

    def restart(self, index: int) -> None:
        """The list is read again from the start."""
        state = self._states[index]
        state.restarts += 1
        state.known = None
        self._notify()

    def end(self, index: int, result: SpooledList | None) -> None:
        """The list is read; None if nothing of it could be."""
        self._states[index].known = result
        self._states[index].is_over = True
        self._notify()

    def cancel(self) -> None:
        """Let the threads end: they get CancelledError."""
        self._cancelled.set()
        self._notify()

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # ---- the threads that write

    def __iter__(self) -> Iterator[tuple[SpooledList, Callable[[], SpooledList]]]:
        """Each list, and what returns it as it is in the end."""
        for index, state in enumerate(self._states):
            self._wait(lambda state=state: state.known is not None or state.is_over)  # type: ignore[misc]
            if (known := state.known) is not None:
                yield known, partial(self._result, index, state.restarts)

    def _result(self, index: int, restarts: int) -> SpooledList:
        state = self._states[index]
        self._wait(lambda: state.is_over or state.restarts != restarts)
        if state.known is None or state.restarts != restarts:
            raise ListRestarted
        return state.known

    def _lines(self, index: int) -> Iterator[bytes]:
        """The lines of a list, as they come. Raises ListRestarted and CancelledError."""
        state = self._states[index]
        known, restarts = state.known, state.restarts
        if known is None:
            raise ListRestarted
        try:
            file = known.path.open("rb")
        except FileNotFoundError:
            raise ListRestarted from None
        with file:
            while True:
                pages, is_over = state.pages, state.is_over
                while state.restarts == restarts and (lines := read_page(file)) is not None:
                    yield from lines
                if state.restarts != restarts:
                    raise ListRestarted
                if is_over:
                    return
                wanted = pages + _PAGES_AT_ONCE
                self._wait(
                    lambda wanted=wanted: (  # type: ignore[misc]
                        state.pages >= wanted or state.is_over or state.restarts != restarts
                    )
                )

    def _wait(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened. Raises CancelledError."""
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled.is_set() or happened())
        if self._cancelled.is_set():
            raise CancelledError


async def read_and_write(
    reading: Coroutine[Any, Any, R], write: Callable[[], W], feed: ListFeed
) -> tuple[R, W]:
    """The results of the task that reads and of the function that writes, which blocks.

    If one fails, the other is ended before its error is raised.
    """
    # Not among the threads of the event loop: waiting here, it would keep others from working.
    with ThreadPoolExecutor(1) as pool:
        writing = asyncio.get_running_loop().run_in_executor(pool, write)
        tasks = asyncio.create_task(reading), writing
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            if not all(task.done() and _error_of(task) is None for task in tasks):
                tasks[0].cancel()
                feed.cancel()
            await asyncio.wait(tasks)
            errors = [_error_of(task) for task in tasks]
        for error in errors:
            if error is not None and not isinstance(error, asyncio.CancelledError):
                raise error
        return tasks[0].result(), tasks[1].result()


def _error_of(task: asyncio.Future[Any]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()
