"""A clock on which one can sleep, and which can be moved meanwhile."""

from __future__ import annotations

import asyncio
import time

import pytest

from sandbox.clock import Clock


async def test_who_sleeps_wakes_when_the_clock_is_moved_far_enough() -> None:
    clock = Clock()
    rest = clock.sleep
    early, late = asyncio.create_task(rest(60)), asyncio.create_task(rest(3600))
    await asyncio.to_thread(int)
    clock.advance(59)
    await asyncio.to_thread(int)
    assert not early.done()
    clock.advance(1)
    async with asyncio.timeout(1):
        await early
    assert not late.done()
    clock.advance(3540)
    async with asyncio.timeout(1):
        await late
    assert clock.listeners == []


async def test_real_time_counts_too() -> None:
    clock = Clock()
    rest = clock.sleep
    began, told = time.monotonic(), clock()
    await rest(0.02)
    assert time.monotonic() - began >= 0.019
    assert clock() - told >= 0.02
    assert clock.listeners == []


async def test_who_is_cancelled_in_their_sleep_leaves_nothing_behind() -> None:
    clock = Clock()
    rest = clock.sleep
    sleeping = asyncio.create_task(rest(60))
    await asyncio.to_thread(int)
    assert len(clock.listeners) == 1
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert clock.listeners == []


@pytest.mark.parametrize("seconds", [0, -1])
async def test_no_time_at_all_lets_others_go_on(seconds: float) -> None:
    rest = Clock().sleep
    seen: list[int] = []

    async def other() -> None:
        seen.append(1)

    task = asyncio.create_task(other())
    await rest(seconds)
    assert seen == [1]
    assert task.done()
