"""Waiting for something to change, without asking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

DEFAULT_TIMEOUT = 20.0


class BotExited(Exception):
    """The bot ended while somebody waited for it."""


class ChangeNotifier:
    """Counts the changes of a simulated service and wakes the tasks that wait for the next one.

    bot_task  the running bot; when it ends, every wait fails at once
    timeout   seconds that a wait takes at most, unless it names a timeout of its own
    """

    def __init__(self) -> None:
        self.version = 0
        self.timeout = DEFAULT_TIMEOUT
        self.bot_task: asyncio.Future[Any] | None = None
        self._next_change: asyncio.Event = asyncio.Event()

    def notify(self) -> None:
        """Say that something visible has changed."""
        self.version += 1
        self._next_change.set()
        self._next_change = asyncio.Event()

    async def wait_for_change(self, version: int, timeout: float | None = None) -> int:
        """The version as soon as it is newer than `version`.

        Raises TimeoutError after `timeout` seconds, BotExited as soon as the bot ends.
        """
        async with asyncio.timeout(self.timeout if timeout is None else timeout):
            while self.version <= version:
                await self._wait_or_exit(self._next_change.wait)
        return self.version

    async def wait_until(
        self,
        predicate: Callable[[], bool],
        description: str = "that",
        timeout: float | None = None,
    ) -> None:
        """Wait until `predicate()`. Raises TimeoutError naming `description`, or BotExited."""
        timeout = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(timeout):
                while not predicate():
                    await self._wait_or_exit(self._next_change.wait)
        except TimeoutError:
            raise TimeoutError(f"waited {timeout} s in vain for {description}") from None

    async def _wait_or_exit(self, wait_once: Callable[[], Awaitable[object]]) -> None:
        waiting = asyncio.ensure_future(wait_once())
        watched = {waiting} if self.bot_task is None else {waiting, self.bot_task}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self.bot_task is not None and self.bot_task.done():
            reason = None if self.bot_task.cancelled() else self.bot_task.exception()
            raise BotExited("the bot ended while it was waited for") from reason
