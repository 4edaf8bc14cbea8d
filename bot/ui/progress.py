"""Progress of long work, shown in its deferred reply."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import discord

# Seconds between two edits: Discord allows a message five in five seconds.
PACE = 1.5


class Progress:
    """Call it as often as there is news; it edits the reply at most once in PACE seconds."""

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        doing: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interaction = interaction
        self._doing = doing
        self._clock = clock
        self._next = clock()

    async def __call__(self, done: int, expected: int) -> None:
        if self._clock() >= self._next:
            self._next = self._clock() + PACE
            says = f"{self._doing}: {done:,} of {expected:,}."
            try:
                await self._interaction.edit_original_response(content=says)
            except (discord.DiscordException, aiohttp.ClientError, OSError):
                # The work matters more than its progress; the file will find its way.
                self._next = math.inf
