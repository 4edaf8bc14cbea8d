"""The simulated clock, and sleeping on it."""

from __future__ import annotations

import asyncio
import time

import pytest

from sandbox.clock import Clock


async def test_sleep_ends_when_the_clock_is_advanced_far_enough() -> None:
    clock = Clock()
    sleep = clock.sleep
    early, late = (asyncio.create_task(sleep(seconds)) for seconds in (60, 3600))
    await _until_listening(clock, 2)
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


async def test_sleep_ends_after_real_time_too() -> None:
    clock = Clock()
    sleep = clock.sleep
    started_at, clock_time = time.monotonic(), clock()
    await sleep(0.02)
    assert time.monotonic() - started_at >= 0.019
    assert clock() - clock_time >= 0.02
    assert clock.listeners == []


async def test_cancelled_sleep_removes_its_listener() -> None:
    clock = Clock()
    sleep = clock.sleep
    sleeping = asyncio.create_task(sleep(60))
    await _until_listening(clock, 1)
    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    assert clock.listeners == []


async def _until_listening(clock: Clock, sleepers: int) -> None:
    while len(clock.listeners) < sleepers:
        await asyncio.to_thread(int)


@pytest.mark.parametrize("seconds", [0, -1])
async def test_sleep_of_no_time_yields_to_other_tasks(seconds: float) -> None:
    sleep = Clock().sleep
    seen: list[int] = []

    async def other() -> None:
        seen.append(1)

    task = asyncio.create_task(other())
    await sleep(seconds)
    assert seen == [1]
    assert task.done()


async def test_step_sets_the_time_of_the_machine_alone() -> None:
    clock = Clock()
    true, monotonic = clock(), clock.monotonic()
    clock.step(-3600)
    assert clock() >= true
    assert clock.monotonic() >= monotonic
    assert round(clock.machine_time() - clock()) == -3600
    clock.advance(10)
    assert round(clock.machine_time() - clock()) == -3600
