"""How far an export is: entries and requests of all its lists together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors.storage import StorageError
from bot.library.export_lists import ExportList
from bot.library.job_files import create, translate_disk_errors
from bot.library.running_job import Progress
from bot.spotify import Spotify
from bot.spotify.paging import PAGE_SIZE

# The requests of a list whose length is not known yet: most have one page.
_UNKNOWN_CALLS = 1


class ExportProgress:
    """Reports after each page. `spool` calls `begin` with each list, then this object.

    report  shows the progress
    folder  holds the number of requests that earlier runs have made
    """

    def __init__(
        self, report: Callable[[Progress], object], spotify: Spotify, folder: Path
    ) -> None:
        self._report = report
        self._spotify = spotify
        self._calls_file = folder / "calls"
        self._calls_before = self._read_calls()
        self._lists: list[ExportList] = []
        self._done: list[int] = []
        self._expected: list[int | None] = []
        self._current = 0
        self._noun = "entry"
        self._task = "Reading your library"

    def plan(self, lists: Sequence[ExportList]) -> None:
        """Set the lists to read."""
        self._lists = list(lists)
        self._done = [0] * len(lists)
        nouns = {each.noun for each in lists}
        self._noun = nouns.pop() if len(nouns) == 1 else "entry"
        self._expected = [each.playlist.total if each.playlist else None for each in lists]

    def finish_list(self, index: int, count: int) -> None:
        """The list has `count` entries, all of which are read, or will not be."""
        self._done[index] = count
        self._expected[index] = count
        self._current = index + 1

    def begin(self, task: str) -> None:
        """Go on with the next list; `task` says so."""
        self._task = task

    async def __call__(self, done: int, expected: int) -> None:
        """So many entries of the current list are read."""
        self._done[self._current] = done
        self._expected[self._current] = max(done, expected)
        calls, left = self._calls, self._calls_left()
        short = None
        for path, calls_left in left.items():
            budget = self._spotify.background_budget(path)
            if calls_left > budget.available:
                short = budget
        self._report(
            Progress(
                self._task,
                sum(self._done),
                sum(each or 0 for each in self._expected),
                noun=self._noun,
                calls=calls,
                calls_expected=calls + sum(left.values()),
                calls_a_day=short.daily if short else 0,
                is_own_share=short is not None and short.is_own_share,
            )
        )

    def writing(self) -> None:
        """All lists are read."""
        done, calls = sum(self._done), self._calls
        self._report(Progress("Writing the file", done, done, self._noun, calls=calls))

    def store(self) -> None:
        """Keep the number of requests for the next run, if the disk allows it."""
        with suppress(StorageError), translate_disk_errors(), create(self._calls_file) as file:
            file.write(str(self._calls).encode())

    @property
    def _calls(self) -> int:
        return self._calls_before + self._spotify.calls_sent

    def _calls_left(self) -> dict[str, int]:
        """The requests that are left, by a path of their group of endpoints."""
        left: dict[str, int] = defaultdict(int)
        for source, done, expected in zip(self._lists, self._done, self._expected, strict=True):
            entries = 0 if expected is None else expected - done
            pages = -(-max(0, entries) // (PAGE_SIZE - 1))
            path = "playlists" if source.playlist else "me/tracks"
            if expected is None:
                left[path] += _UNKNOWN_CALLS
            elif pages:  # and one that looks whether the list has changed
                left[path] += pages + 1
        return left

    def _read_calls(self) -> int:
        try:
            return int(self._calls_file.read_text())
        except (OSError, ValueError):
            return 0
