"""The progress of long work, shown in its deferred reply, and the *Stop* button that ends it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from bot.errors.bot_error import BotError
from bot.interactions.discord_errors import DISCORD_ERRORS

Progress = Callable[[int, int], Awaitable[None]]
"""Called after each step of long work: steps done, steps expected."""

# Seconds between two edits: Discord allows a message five in five seconds.
EDIT_INTERVAL = 1.5

_STOPPING = "Stopping after this one."
_FAILED = "Stopped, see below."


class ProgressMessage:
    """Call it after each step; it edits the reply at most once in EDIT_INTERVAL seconds.

    edit     puts a text into the reply
    task     what the text begins with

    `was_shown`: whether it has edited the reply.
    """

    def __init__(
        self,
        edit: Callable[[str], Awaitable[object]],
        task: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._edit = edit
        self._task = task
        self._monotonic = monotonic
        self._next_edit = monotonic()
        self.was_shown = False

    async def __call__(self, done: int, expected: int) -> None:
        if self._monotonic() >= self._next_edit:
            self._next_edit = self._monotonic() + EDIT_INTERVAL
            self.was_shown = True
            try:
                await self._edit(f"{self._task}: {done:,} of {expected:,}.")
            except DISCORD_ERRORS:
                # The work matters more than its progress: continue without showing it.
                self._next_edit = math.inf


class StoppableWork:
    """Long work with a *Stop* button. Call it after each step; read `stop_requested` before one.

    edit  puts a text into the reply; its second argument says whether the button is of use
    task  what the text begins with

    Its edits follow one another, so that the last text stays.
    """

    def __init__(
        self,
        edit: Callable[[str, bool], Awaitable[object]],
        task: str,
    ) -> None:
        self.stop_requested = False
        self._edit = edit
        self._turn = asyncio.Lock()
        self._is_over = False
        self._progress = ProgressMessage(self._show, task)

    async def __call__(self, done: int, expected: int) -> None:
        if not self.stop_requested:
            await self._progress(done, expected)

    async def stop(self) -> None:
        """Let the work end after its current step, of which the call may have been sent already."""
        if self._is_over:
            return
        self.stop_requested = True
        with suppress(*DISCORD_ERRORS):
            await self._show(_STOPPING)

    async def finish(self, text: str | None = None) -> None:
        """Put the last text, if any, into the reply; nothing edits it later."""
        async with self._turn:
            self._is_over = True
            if text is not None:
                await self._edit(text, False)

    async def _show(self, text: str) -> None:
        async with self._turn:
            if not self._is_over:
                await self._edit(text, not self.stop_requested)


class RunningWork:
    """The work that a *Stop* button can end, by the ID in the custom_id of that button."""

    def __init__(self) -> None:
        self._running: dict[int, StoppableWork] = {}

    @asynccontextmanager
    async def track(
        self,
        work_id: int,
        edit: Callable[[str, bool], Awaitable[object]],
        task: str,
    ) -> AsyncIterator[StoppableWork]:
        """Wraps the work; see StoppableWork. An error ends it, too.

        work_id  the ID of the interaction that began it
        """
        work = self._running[work_id] = StoppableWork(edit, task)
        try:
            yield work
        except BotError:
            with suppress(*DISCORD_ERRORS):  # the error matters more
                await work.finish(_FAILED)
            raise
        finally:
            del self._running[work_id]

    async def stop(self, work_id: int) -> bool:
        """Let the work end after its current step; False if it has ended already."""
        work = self._running.get(work_id)
        if work is not None:
            await work.stop()
        return work is not None
