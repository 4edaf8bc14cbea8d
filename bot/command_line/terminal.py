"""What the commands write to a terminal: sentences, and the progress of long work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

from bot.interactions.progress import StoppableWork

if TYPE_CHECKING:
    from tqdm import tqdm


def say(text: str) -> None:
    """Write a line to standard error; standard output is for what another program reads."""
    print(text, file=sys.stderr, flush=True)


def plain(name: str) -> str:
    """A name from outside on one line, without what a terminal would run as a command."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


class TerminalProgress(StoppableWork):
    """A bar for each part of the work; without a terminal, nothing until `close` of a part.

    requests  the number of requests to Spotify so far
    steps     a number that grows with each step
    """

    def __init__(self) -> None:
        super().__init__(self._ignore, "")
        self.requests = self.steps = 0
        self._bar: tqdm[NoReturn] | None = None

    def count_request(self, *_exchange: object) -> None:
        self.requests += 1

    def begin(self, task: str) -> None:
        from tqdm import tqdm

        self.close()
        self._bar = tqdm(desc=task, unit="", leave=False, disable=None, dynamic_ncols=True)

    def continue_with(self, task: str) -> None:
        """Begin this part of the work, unless it has begun."""
        if self._bar is None or self._bar.desc != f"{task}: ":
            self.begin(task)

    async def __call__(self, done: int, expected: int) -> None:
        self.show(done, expected)

    def show(self, done: int, expected: int) -> None:
        """Show how much of the part is done."""
        self.steps += 1
        if self._bar is not None:
            self._bar.total = expected
            self._bar.set_postfix_str(f"{self.requests:,} requests", refresh=False)
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Remove the bar, so that a line can be written."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    async def _ignore(self, _text: str, _can_stop: bool) -> None:
        """The text of a message in Discord."""
