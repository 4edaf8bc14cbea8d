"""The tests' event loop: its time excludes stalls of the machine, and nothing else."""

from __future__ import annotations

import asyncio

from tests.stall_free_loop import MAX_CALLBACK, StallFreeLoop, StallFreeTime


def test_stall_passes_no_more_time_than_a_callback_may_take() -> None:
    readings = iter([5.0, 5.0625, 65.0, 65.0625])
    time = StallFreeTime(lambda: next(readings))
    assert [time.read() for _ in range(3)] == [0.0625, 0.0625 + MAX_CALLBACK, 0.125 + MAX_CALLBACK]


def test_loop_waits_as_long_as_others() -> None:
    async def wait() -> float:
        loop = asyncio.get_running_loop()
        started_at = other.time()
        await asyncio.wait([loop.create_future()], timeout=0.12)
        return other.time() - started_at

    other = asyncio.new_event_loop()
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        assert runner.run(wait()) >= 0.119
    other.close()
