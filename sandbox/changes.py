"""Waiting for something to change, without asking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE = 5.0


class BotDied(Exception):
    """The bot ended while somebody waited for it."""


class Changes:
    """Counts changes of a pretend service and wakes those who wait for the next one.

    `lifeline` is the running bot; when it ends, every wait fails at once.
    """

    def __init__(self) -> None:
        self.version = 0
        self.lifeline: asyncio.Future[Any] | None = None
        self._next: asyncio.Event = asyncio.Event()

    def note(self) -> None:
        """Say that something visible has changed."""
        self.version += 1
        self._next.set()
        self._next = asyncio.Event()

    async def after(self, version: int, timeout: float = PATIENCE) -> int:
        """The version as soon as it is newer than `version`.

        Raises TimeoutError after `timeout` seconds, BotDied as soon as the lifeline ends.
        """
        async with asyncio.timeout(timeout):
            while self.version <= version:
                await self._or_death(self._next.wait)
        return self.version

    async def until(
        self, there: Callable[[], bool], what: str = "that", timeout: float = PATIENCE
    ) -> None:
        """Wait until `there()` holds. Raises TimeoutError naming `what`, or BotDied."""
        try:
            async with asyncio.timeout(timeout):
                while not there():
                    await self._or_death(self._next.wait)
        except TimeoutError:
            raise TimeoutError(f"waited {timeout} s in vain for {what}") from None

    async def _or_death(self, wait: Callable[[], Awaitable[object]]) -> None:
        waiting = asyncio.ensure_future(wait())
        watched = {waiting} if self.lifeline is None else {waiting, self.lifeline}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self.lifeline is not None and self.lifeline.done():
            reason = None if self.lifeline.cancelled() else self.lifeline.exception()
            raise BotDied("the bot ended while it was waited for") from reason
