"""The response cache is bounded, and releases evicted and expired responses."""

from __future__ import annotations

import asyncio
import gc
import itertools
import weakref
from typing import Any

from bot.spotify.cache import CachedResponse, CacheKey, ResponseCache
from sandbox.clock import Clock


class CachedValue:
    """An object that a weak reference can watch."""


async def put_value(kept: ResponseCache, account: str, size: int) -> Any:
    async def ask() -> CachedResponse:
        return CachedResponse(CachedValue(), size)

    return await kept.get(CacheKey(account, "me", ()), 60, ask)


async def test_forgotten_values_are_freed(clock: Clock) -> None:
    kept = ResponseCache(monotonic=clock.monotonic)
    held = {who: weakref.ref(await put_value(kept, who, 10)) for who in ("ada", "grace", "")}
    kept.invalidate("ada")
    kept.invalidate("")
    gc.collect()
    assert [who for who, thing in held.items() if thing() is not None] == ["grace", ""]


async def test_value_forgotten_while_fetching_is_not_cached(clock: Clock) -> None:
    kept = ResponseCache(monotonic=clock.monotonic)
    asked = asyncio.Event()

    async def ask() -> CachedResponse:
        await asked.wait()
        return CachedResponse(CachedValue(), 10)

    asking = asyncio.create_task(kept.get(CacheKey("ada", "me", ()), 60, ask))
    await asyncio.wait([asking], timeout=0)
    kept.invalidate("ada")
    asked.set()
    assert await asking is not await put_value(kept, "ada", 10)


async def test_expired_values_are_freed_on_next_change(clock: Clock) -> None:
    kept = ResponseCache(monotonic=clock.monotonic)
    old = weakref.ref(await put_value(kept, "ada", 10))
    clock.advance(61)
    await put_value(kept, "grace", 10)
    gc.collect()
    assert old() is None


async def test_value_expiring_during_forget_is_freed() -> None:
    """A clock that advances at every reading."""
    ticks = itertools.count()
    for seconds in range(1, 30):
        kept = ResponseCache(monotonic=lambda: float(next(ticks)))
        for path in ("me", "me/player", "search"):
            kept.put(CacheKey("ada", path, ()), seconds, CachedResponse(CachedValue(), 10))
        kept.invalidate("ada")


async def test_expired_value_is_forgotten(clock: Clock) -> None:
    kept = ResponseCache(monotonic=clock.monotonic)
    old = weakref.ref(await put_value(kept, "ada", 10))
    clock.advance(61)
    kept.invalidate("ada")
    gc.collect()
    assert old() is None


async def test_cache_is_bounded_and_evicts_least_recently_used(clock: Clock) -> None:
    kept = ResponseCache(monotonic=clock.monotonic, max_bytes=100)
    held = {size: weakref.ref(await put_value(kept, str(size), size)) for size in (30, 31, 32)}
    assert await put_value(kept, "30", 0) is held[30]()
    held[101] = weakref.ref(await put_value(kept, "101", 101))
    held[33] = weakref.ref(await put_value(kept, "33", 33))
    gc.collect()
    assert [size for size, thing in held.items() if thing() is not None] == [30, 32, 33]
