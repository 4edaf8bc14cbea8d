"""An event loop whose timeouts a test can let expire without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import TypeVarTuple, Unpack

from tests.stall_free_loop import StallFreeLoop

_Ts = TypeVarTuple("_Ts")


class FastForwardLoop(StallFreeLoop):
    """An event loop whose clock the test can move forward by `ahead`, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0
        self._next_wait: tuple[int, asyncio.Event] | None = None

    def time(self) -> float:
        return super().time() + self.ahead

    def next_wait(self, seconds: int) -> asyncio.Event:
        """An event that is set when something begins to wait for this many seconds."""
        began = asyncio.Event()
        self._next_wait = seconds, began
        return began

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        if self._next_wait and self._next_wait[0] == round(when - self.time()):
            self._next_wait[1].set()
        return super().call_at(when, callback, *args, context=context)


def run_fast_forward(scenario: Callable[[FastForwardLoop], Awaitable[None]]) -> None:
    """Run the scenario on such a loop."""
    loop = FastForwardLoop()

    async def run() -> None:
        await scenario(loop)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())
