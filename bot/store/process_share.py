"""Which of the processes that share a database this one is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors.content import BeingUpdated


@dataclass(frozen=True)
class ProcessShare:
    """`number` is from 1 to `count`, and above that for a spare; a bot alone is 1 of 1."""

    number: int = 1
    count: int = 1

    @property
    def is_spare(self) -> bool:
        """Whether it only answers for another process while that one is replaced."""
        return self.number > self.count

    def require_lasting(self) -> None:
        """Raises BeingUpdated if what this process begins would end with it."""
        if self.is_spare:
            raise BeingUpdated

    def owns(self, process: int) -> bool:
        """Whether this process goes on with what that one began.

        That is its own, and what one began that is not there any more: there are fewer now.
        """
        return (process - 1) % self.count + 1 == self.number
