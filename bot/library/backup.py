"""Exports a library, and compares it with an earlier export."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.library.comparable_file import comparable
from bot.library.earlier_export import read_earlier
from bot.library.earlier_lists import EarlierExport
from bot.library.export import Export, ExportRequest, export
from bot.library.export_lists import EVERYTHING
from bot.library.fit import MAX_FILES
from bot.library.formats import JSON, ZIP, encode
from bot.library.formats.csv_text import csv_text
from bot.library.imported_library import ImportedLibrary
from bot.library.job_files import create, translate_disk_errors
from bot.library.library_diff import LibraryDiff, compare, rows
from bot.library.running_job import Progress
from bot.spotify import Spotify

# The name of the table of changes.
CHANGES = "changes.csv"
# Seconds after which a list is read again although it seems unchanged: only so is it noticed what
# Spotify no longer has.
_READ_AGAIN = 28 * 24 * 60 * 60.0
# Seconds by which clocks differ.
_MAX_CLOCK_ERROR = 10 * 60.0
_COLUMNS = ("Change", "List", "Name", "Artist", "Link")


@dataclass(frozen=True)
class BackupResult:
    """What a backup made.

    diff     the changes since the earlier export; None if there is none
    changes  the table of changes; None without any
    is_sent  whether the export is sent, too: it is not if nothing has changed
    """

    export: Export
    diff: LibraryDiff | None = None
    changes: Path | None = None
    is_sent: bool = True

    @property
    def files(self) -> list[Path]:
        files = list(self.export.files) if self.is_sent else []
        return [*files, self.changes] if self.changes and len(files) < MAX_FILES else files

    async def fit(self, max_bytes: int) -> BackupResult:
        """The same with files that a place takes."""
        return replace(self, export=await self.export.fit(max_bytes)) if self.is_sent else self


Earlier = EarlierExport | ImportedLibrary


async def back_up(
    spotify: Spotify,
    folder: Path,
    earlier: Earlier | None,
    *,
    started_at: datetime,
    only_changes: bool,
    report: Callable[[Progress], object],
) -> BackupResult:
    """Export the library, and compare it. Called again, it goes on where it was.

    folder        of the job
    only_changes  whether only the table of changes is wanted
    Raises as `export` does.
    """
    is_recent = isinstance(earlier, EarlierExport) and _is_recent(earlier, started_at)
    since = earlier if isinstance(earlier, EarlierExport) and is_recent else None
    request = ExportRequest(
        what=EVERYTHING,
        file_format=JSON if only_changes else ZIP,
        exported_at=started_at.isoformat(timespec="seconds"),
    )
    with translate_disk_errors():
        target = folder / "export"
        target.mkdir(0o700, exist_ok=True)
    done = await export(request, spotify, target, report=report, earlier=since)
    if earlier is None:
        return BackupResult(done)
    with translate_disk_errors():
        diff = await asyncio.to_thread(_compare, earlier, done.files, folder)
    if _is_future(diff.since, started_at):
        diff = replace(diff, since="")
    is_sent = not only_changes and not (diff.is_empty and since)
    return BackupResult(done, diff, None if diff.is_empty else folder / CHANGES, is_sent)


def _compare(earlier: Earlier, files: Sequence[Path], folder: Path) -> LibraryDiff:
    """The changes, which are written as a table as well. Blocks."""
    lists = folder / "export-lists"
    lists.mkdir(0o700, exist_ok=True)
    now = read_earlier(files, lists)
    if isinstance(earlier, ImportedLibrary):
        earlier = comparable(earlier, now, lists)
    diff = compare(earlier, now)
    with create(folder / CHANGES) as file:
        encode(csv_text(_COLUMNS, rows(diff), byte_order_mark=True, raw=False), file)
    return diff


def _is_recent(earlier: EarlierExport, now: datetime) -> bool:
    """Whether no list was read so long ago that all should be read again."""
    dates = [each.read_at for each in earlier.lists.values() if each.paths is not None]
    return all(
        _seconds_since(date, now) < _READ_AGAIN and not _is_future(date, now) for date in dates
    )


def _is_future(date: str, now: datetime) -> bool:
    """Whether a date cannot be true."""
    return _seconds_since(date, now) < -_MAX_CLOCK_ERROR


def _seconds_since(date: str, now: datetime) -> float:
    try:
        return (now - datetime.fromisoformat(date)).total_seconds()
    except (ValueError, TypeError):  # not a date, or one without a time zone
        return _READ_AGAIN
