"""The progress of long work, shown in its deferred reply."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self

from bot.errors.bot_error import BotError
from bot.interactions.discord_errors import DISCORD_ERRORS

Progress = Callable[[int, int], Awaitable[None]]
"""Called after each step of long work: steps done, steps expected."""

# Seconds between two edits: Discord allows a message five in five seconds.
EDIT_INTERVAL = 1.5


class ProgressMessage:
    """Call it after each step; it edits the reply at most once in EDIT_INTERVAL seconds.

    edit     puts a text into the reply
    task     what the text begins with
    stopped  the text if the work ends with an error, which the user gets as another message
    """

    def __init__(
        self,
        edit: Callable[[str], Awaitable[object]],
        task: str,
        stopped: str = "",
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._edit = edit
        self._task = task
        self._stopped = stopped
        self._monotonic = monotonic
        self._next_edit = monotonic()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if self._stopped and isinstance(error, BotError):
            with suppress(*DISCORD_ERRORS):  # the error matters more
                await self._edit(self._stopped)

    async def __call__(self, done: int, expected: int) -> None:
        if self._monotonic() >= self._next_edit:
            self._next_edit = self._monotonic() + EDIT_INTERVAL
            try:
                await self._edit(f"{self._task}: {done:,} of {expected:,}.")
            except DISCORD_ERRORS:
                # The work matters more than its progress: continue without showing it.
                self._next_edit = math.inf
