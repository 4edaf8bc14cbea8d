"""The shelf for answers: bounded, and what is forgotten or too old is really gone from it."""

from __future__ import annotations

import asyncio
import gc
import itertools
import weakref
from typing import Any

from bot.spotify.kept import Answer, Kept, Key
from sandbox.clock import Clock


class Thing:
    """Something that can be seen to be gone."""


async def put(kept: Kept, account: str, size: int, path: str = "me") -> Any:
    async def ask() -> Answer:
        return Answer(Thing(), size)

    return await kept.get(Key(account, path, ()), 60, ask)


async def test_what_is_forgotten_is_gone(clock: Clock) -> None:
    kept = Kept(clock)
    held = {who: weakref.ref(await put(kept, who, 10)) for who in ("ada", "grace", "")}
    kept.forget("ada")
    kept.forget("")
    gc.collect()
    assert [who for who, thing in held.items() if thing() is not None] == ["grace", ""]


async def test_what_is_forgotten_while_it_is_asked_is_not_kept(clock: Clock) -> None:
    kept = Kept(clock)
    asked = asyncio.Event()

    async def ask() -> Answer:
        await asked.wait()
        return Answer(Thing(), 10)

    asking = asyncio.create_task(kept.get(Key("ada", "me", ()), 60, ask))
    await asyncio.wait([asking], timeout=0)
    kept.forget("ada")
    asked.set()
    assert await asking is not await put(kept, "ada", 10)


async def test_what_is_too_old_is_gone_once_anything_changes(clock: Clock) -> None:
    kept = Kept(clock)
    old = weakref.ref(await put(kept, "ada", 10))
    clock.advance(61)
    await put(kept, "grace", 10)
    gc.collect()
    assert old() is None


async def test_what_gets_too_old_while_it_is_forgotten_is_forgotten() -> None:
    """Time passes at every look at the clock."""
    ticks = itertools.count()
    for seconds in range(1, 30):
        kept = Kept(lambda: float(next(ticks)))
        for path in ("me", "me/player", "search"):
            kept.put(Key("ada", path, ()), seconds, Answer(Thing(), 10))
        kept.forget("ada")


async def test_what_is_too_old_already_is_forgotten_as_well(clock: Clock) -> None:
    kept = Kept(clock)
    old = weakref.ref(await put(kept, "ada", 10))
    clock.advance(61)
    kept.forget("ada")
    gc.collect()
    assert old() is None


async def test_it_is_bounded_and_the_longest_unused_goes_first(clock: Clock) -> None:
    kept = Kept(clock, largest=100)
    held = {size: weakref.ref(await put(kept, str(size), size)) for size in (30, 31, 32)}
    assert await put(kept, "30", 0) is held[30]()
    held[101] = weakref.ref(await put(kept, "101", 101))
    held[33] = weakref.ref(await put(kept, "33", 33))
    gc.collect()
    assert [size for size, thing in held.items() if thing() is not None] == [30, 32, 33]
