"""Progress of long work, shown in its deferred reply."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable

import aiohttp
import discord

# Seconds between two edits: Discord allows a message five in five seconds.
EDIT_INTERVAL = 1.5


class ProgressMessage:
    """Call it as often as there is news; it edits the reply at most once in PACE seconds.

    `edit` puts a text into the reply.
    """

    def __init__(
        self,
        edit: Callable[[str], Awaitable[object]],
        doing: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._edit = edit
        self._task = doing
        self._clock = clock
        self._next = clock()

    async def __call__(self, done: int, expected: int) -> None:
        if self._clock() >= self._next:
            self._next = self._clock() + EDIT_INTERVAL
            says = f"{self._task}: {done:,} of {expected:,}."
            try:
                await self._edit(says)
            except (discord.DiscordException, aiohttp.ClientError, OSError):
                # The work matters more than its progress; the file will find its way.
                self._next = math.inf
