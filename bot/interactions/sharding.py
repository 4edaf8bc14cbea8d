"""Which shards this process has, and when each may identify at Discord's gateway."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors.bot_error import StartupError
from bot.store import Store

_log = logging.getLogger(__name__)

_SHARDS_NOTE = "shards"


class Sharding:
    """One process of several takes every `count`-th shard; alone, it takes all.

    number, count  of this process, and of all
    shards         the number of shards; None for what Discord recommends at the first start
    """

    def __init__(
        self,
        store: Store,
        number: int = 1,
        count: int = 1,
        shards: int | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._number = number
        self._count = count
        self._shards = shards
        self._sleep = sleep
        self._concurrency = 1

    async def choose(self, recommended: int, limit: dict[str, Any]) -> tuple[int, list[int]] | None:
        """The number of shards and those of this process; None to leave both to discord.py.

        recommended, limit  what Discord says at GET /gateway/bot

        Raises StartupError if Discord does not allow so many more starts today.
        """
        self._concurrency = max(1, int(limit.get("max_concurrency") or 1))
        if self._count == 1 and self._shards is None:
            return None
        if self._shards is not None:
            await self._store.set_meta(_SHARDS_NOTE, str(self._shards))
        shards = self._shards or int(
            await self._store.agree(_SHARDS_NOTE, str(max(recommended, self._count)))
        )
        own = list(range((self._number - 1) % self._count, shards, self._count))
        remaining = limit.get("remaining")
        if isinstance(remaining, int) and remaining < len(own):
            raise StartupError(
                f"Discord allows only {remaining} more connections today, and this process needs "
                f"{len(own)}. Try again later."
            )
        if not own:
            raise StartupError(
                f"There are only {shards} shards for {self._count} processes. Raise SHARDS."
            )
        _log.info("shards %s of %d", ", ".join(map(str, own)), shards)
        return shards, own

    async def wait_to_identify(self, shard_id: int | None, *, initial: bool) -> None:
        """Wait until this shard may identify. Raises StorageError."""
        slots = self._store.identify_slots
        if slots is not None:
            await self._sleep(await slots.reserve((shard_id or 0) % self._concurrency))
        elif not initial:
            await asyncio.sleep(5.0)
