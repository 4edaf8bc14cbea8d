"""An event loop whose timeouts a test can let expire without waiting."""

from __future__ import annotations

from tests.stall_free_loop import StallFreeLoop


class FastForwardLoop(StallFreeLoop):
    """An event loop whose clock the test can move forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead
