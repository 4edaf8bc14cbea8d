"""Which of the processes that share a database this one is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProcessShare:
    """`number` is from 1 to `count`; a bot alone is 1 of 1."""

    number: int = 1
    count: int = 1

    def owns(self, process: int) -> bool:
        """Whether this process goes on with what that one began.

        That is its own, and what one began that is not there any more: there are fewer now.
        """
        return (process - 1) % self.count + 1 == self.number
