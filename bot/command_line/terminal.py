"""What the commands write to a terminal: sentences, and the progress of long work."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NoReturn

from bot.library.running_job import Progress

if TYPE_CHECKING:
    from tqdm import tqdm

_BAR = "{desc}: {n_fmt}/{total_fmt} |{bar}| {remaining} left{postfix}"
# Of the Markdown in a task's name.
_ESCAPE = re.compile(r"\\([^\w\s])")


def say(text: str) -> None:
    """Write a line to standard error; standard output is for what another program reads."""
    print(text, file=sys.stderr, flush=True)


def plain(name: str) -> str:
    """A name from outside on one line, without what a terminal would run as a command."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


class TerminalProgress:
    """A bar for each task; without a terminal, nothing.

    requests  the number of requests to Spotify so far
    shown     what was shown last
    """

    def __init__(self) -> None:
        self.requests = 0
        self.shown = Progress("")
        self._bar: tqdm[NoReturn] | None = None

    def count_request(self, *_exchange: object) -> None:
        self.requests += 1

    def show(self, progress: Progress) -> None:
        """Show how far the work is."""
        if self._bar is None or progress.task != self.shown.task:
            self._open_bar(progress)
        self.shown = progress
        if self._bar is not None:
            self._bar.total = progress.expected or None
            self._bar.set_postfix_str(f"{self.requests:,} requests", refresh=False)
            self._bar.update(progress.done - self._bar.n)

    def _open_bar(self, progress: Progress) -> None:
        from tqdm import tqdm

        self.close()
        text = plain(_ESCAPE.sub(r"\1", progress.task))
        self._bar = tqdm(
            desc=text,
            initial=progress.done,  # so that the time left is computed from this run alone
            bar_format=_BAR,
            leave=False,
            disable=None,
            dynamic_ncols=True,
            mininterval=0.2,
        )

    def close(self) -> None:
        """Remove the bar, so that a line can be written."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
