"""The imports of one user that can be taken back: the last one, and those before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.library import import_journal, import_steps
from bot.library.running_job import RunningJob
from bot.spotify.rate_limiter import DAY

# The parts of one export, and some more; older ones are forgotten.
MAX_KEPT = 20
# In the progress of a job: it takes back, it is done with that, and the number of the import.
UNDO, UNDONE, NUMBER = "undo", "undone", "number"
_EARLIER = "earlier"


@dataclass(frozen=True)
class KeptImport:
    """An import of a job's folder.

    number  0 for the job's own, 1 for the one before it, and so on
    id      of the job that it was
    at      its end, in seconds since 1970
    """

    number: int
    id: int
    at: float
    folder: Path

    @property
    def record(self) -> tuple[int, float]:
        """For `earlier_arguments`."""
        return self.id, self.at


def still_kept(job: RunningJob, now: float) -> list[KeptImport]:
    """Those that ended within a day and were not taken back, the last one first."""
    own = job.id, job.row.touched_at
    records = [own, *job.arguments.get(_EARLIER, ())]
    first = current_number(job) + bool(job.progress.get(UNDONE))
    return [
        KeptImport(each, records[each][0], records[each][1], folder_of(job, each))
        for each in range(first, len(records))
        if records[each][1] + DAY >= now
    ]


def current_number(job: RunningJob) -> int:
    """The number of the import that the job adds or takes back."""
    return int(job.progress.get(NUMBER, 0))


def folder_of(job: RunningJob, number: int) -> Path:
    return job.folder / f"{_EARLIER}-{number}" if number else job.folder


def earlier_arguments(imports: Iterable[KeptImport]) -> dict[str, Any]:
    """The part of a job's arguments that names the imports before it."""
    return {_EARLIER: [each.record for each in imports]}


def copy(imports: Iterable[KeptImport], folder: Path) -> None:
    """Copy what they added, so that it outlives their job. Blocks. Raises OSError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(0o700)
    for new_number, each in enumerate(imports, start=1):
        target = folder / f"{_EARLIER}-{new_number}"
        target.mkdir(0o700)
        for name in (import_steps.FILE, import_journal.FILE):
            if (each.folder / name).exists():
                shutil.copy2(each.folder / name, target / name)


def move(source: Path, folder: Path) -> None:
    """Move the copies of `copy` into the folder of a job. Blocks. Raises OSError."""
    for each in source.iterdir():
        each.rename(folder / each.name)
