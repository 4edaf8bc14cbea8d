"""Exports a library, or a list of it, as files that its owner can keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import TypeVar

from bot.errors.content import WrongFormat
from bot.errors.spotify import LibraryChanged, SpotifyDown
from bot.library.earlier_lists import EarlierExport
from bot.library.export_files import ExportContents, can_hold, write_export
from bot.library.export_lists import ExportList, Selection
from bot.library.export_outcome import require_entries
from bot.library.export_progress import ExportProgress
from bot.library.export_report import ListReport
from bot.library.export_selection import FAILURES, ExportFolder, FailedList, error_name
from bot.library.fit import fit
from bot.library.formats import JSON, ZIP
from bot.library.formats.library_json import Origin, account_mark
from bot.library.job_files import translate_disk_errors
from bot.library.line_file import count_lines
from bot.library.list_feed import ListFeed, read_and_write
from bot.library.running_job import Progress
from bot.library.since import take_over
from bot.library.spool import SpooledList, spool
from bot.spotify import Spotify

T = TypeVar("T")

# How often to read a list that changes meanwhile.
_MAX_READS = 3
# How often Spotify may fail at one place of a list, while it answers otherwise. The one who runs
# the export waits after each.
_MAX_FAILURES = 3


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What to export.

    what         one of SELECTIONS, or a playlist's name or link
    file_format  one of FORMATS, ZIP or JSON
    exported_at  ISO 8601
    raw          whether cells of CSV that a spreadsheet would run as formulas stay as they are
    """

    what: str
    file_format: str
    exported_at: str
    raw: bool = False


@dataclass(frozen=True)
class Export:
    """A finished export.

    files    in the folder of the export: one, or several that divide it
    reports  one for each list in the export
    hidden   the number of playlists that Spotify shows only to their owners
    failed   names of lists that could not be read, with reasons
    left_out  nouns for the entries of the lists that the format cannot hold
    since     whether there was an earlier export to go on from
    """

    contents: ExportContents
    file_format: str
    files: list[Path]
    reports: list[ListReport]
    hidden: int
    failed: list[tuple[str, str]]
    left_out: list[str]
    unreadable: int
    since: bool = False

    @property
    def selection(self) -> str:
        """One of SELECTIONS; empty for one playlist."""
        return self.contents.origin.selection

    async def fit(self, max_bytes: int) -> Export:
        """The export in files of at most so many bytes, of which each works alone.

        If that is impossible, its only file is larger. Raises StorageError.
        """
        fitting = partial(fit, self.contents, self.file_format, self.files[0], max_bytes)
        with translate_disk_errors():
            return replace(self, files=await _in_thread(self.contents, fitting))


async def export(
    request: ExportRequest,
    spotify: Spotify,
    folder: Path,
    *,
    report: Callable[[Progress], object] = lambda _: None,
    earlier: EarlierExport | None = None,
) -> Export:
    """Read the lists and write the files. Called again, it goes on where it was.

    folder     holds what is read, and the files
    report     shows the progress
    earlier    what has not changed since is taken over from it

    Raises WrongFormat, NothingToExport, StorageError from the disk, and SpotifyError.
    """
    work = ExportProgress(report, spotify, folder)
    with translate_disk_errors():
        spools = ExportFolder(folder, Event())
        try:
            files = folder / "files"
            files.mkdir(0o700, exist_ok=True)
            plan = await _plan(request, spotify, spools, earlier)
            work.plan([plan.selection.lists[index] for index in plan.fitting])
            # The file is written while the lists are read, by a thread that waits for them.
            write = partial(write_export, plan.contents, request.file_format, files)
            reading = _read(plan, spotify, spools, work, earlier)
            contents, path = await read_and_write(reading, write, plan.feed)
        finally:
            work.store()
        require_entries(contents)
        return Export(
            contents,
            request.file_format,
            [path],
            contents.reports,
            hidden=len(contents.hidden),
            failed=[(source.name, reason) for source, reason in contents.failed],
            left_out=[source.noun for source in contents.left_out],
            unreadable=contents.unreadable,
            since=earlier is not None,
        )


async def _in_thread(contents: ExportContents, write: Callable[[], T]) -> T:
    """What `write` returns. If this is cancelled, the thread ends first.

    Otherwise the thread would still write while its folder is erased.
    """
    task = asyncio.create_task(asyncio.to_thread(write))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        contents.cancelled.set()
        await asyncio.wait({task})
        raise


@dataclass(frozen=True)
class _Plan:
    """What to read and write; `fitting` has the indices of the lists that the format can hold."""

    selection: Selection
    fitting: list[int]
    contents: ExportContents
    feed: ListFeed
    failed: list[tuple[ExportList, str]]
    keep_json: bool


async def _plan(
    request: ExportRequest,
    spotify: Spotify,
    folder: ExportFolder,
    earlier: EarlierExport | None,
) -> _Plan:
    is_known = earlier is not None and earlier.origin.account  # that of the same account
    user = earlier.origin.user if earlier and is_known else None
    selection = await folder.selection(spotify, request.what, user)
    lists = selection.lists
    fitting = [
        index for index, each in enumerate(lists) if can_hold(request.file_format, each.section)
    ]
    if lists and not fitting:
        raise WrongFormat
    feed = ListFeed(len(fitting), folder.cancelled)
    failed: list[tuple[ExportList, str]] = []
    contents = ExportContents(
        lists=[
            SpooledList(lists[index], folder.path, 0, 0, None, False, folder.cancelled)
            for index in fitting
        ],
        feed=feed,
        hidden=selection.hidden,
        failed=failed,
        left_out=[each for index, each in enumerate(lists) if index not in fitting],
        unreadable=selection.unreadable,
        exported_at=request.exported_at,
        origin=Origin(selection.what, account_mark(spotify.account), selection.user),
        raw=request.raw,
        cancelled=folder.cancelled,
    )
    keep_json = request.file_format in (JSON, ZIP)
    return _Plan(selection, fitting, contents, feed, failed, keep_json)


async def _read(
    plan: _Plan,
    spotify: Spotify,
    folder: ExportFolder,
    work: ExportProgress,
    earlier: EarlierExport | None,
) -> ExportContents:
    """Read all lists. The contents are what `plan.contents` is in the end."""
    lists: list[SpooledList] = []
    for number, index in enumerate(plan.fitting):
        result = folder.result(index, plan.selection.lists[index])
        if result is None:
            result = await _read_list(spotify, folder, plan, number, work, earlier)
            folder.finish_list(index, result)
        if isinstance(result, FailedList):
            plan.failed.append((result.source, result.reason))
        else:
            lists.append(result)
        known = None if isinstance(result, FailedList) else result
        work.finish_list(number, known.count if known else 0)
        plan.feed.end(number, known)
    work.writing()
    return replace(plan.contents, lists=lists, feed=None)


async def _read_list(
    spotify: Spotify,
    folder: ExportFolder,
    plan: _Plan,
    number: int,
    work: ExportProgress,
    earlier: EarlierExport | None,
) -> SpooledList | FailedList:
    """Read a list, again from the start if it changes too much.

    If its rest cannot be read, the result has what could be. Raises what makes it unreadable if it
    is the only list, and SpotifyDown unless that concerns this list alone.
    """
    selection, index = plan.selection, plan.fitting[number]
    path = folder.spool_path(index)
    try:
        for attempt in count(1):
            source = selection.lists[index]
            if earlier is not None and not path.exists():  # it would be one of an earlier run
                source = await take_over(spotify, source, earlier)
                if source.playlist is not selection.lists[index].playlist:
                    selection.lists[index] = replace(source, taken_over=None)
                    folder.store(selection)
            try:
                # A list that was taken over only in part cannot be continued: it is read again.
                is_read = source.taken_over is None
                target = path if is_read else path.with_suffix(".taken")
                on_page = partial(plan.feed.page, number, source, path) if is_read else None
                spooled = await spool(
                    spotify,
                    source,
                    target,
                    work,
                    folder.cancelled,
                    keep_json=plan.keep_json,
                    on_page=on_page,
                    on_rewrite=partial(plan.feed.restart, number),
                )
                return replace(spooled, path=target.replace(path))
            except LibraryChanged:
                plan.feed.restart(number)
                path.unlink(missing_ok=True)
                if attempt == _MAX_READS:
                    raise
            if source.playlist is not None:
                playlist = await spotify.playlists.get(source.playlist.require_uri())
                selection.lists[index] = ExportList(source.section, playlist)
                folder.store(selection)
    except tuple(FAILURES) as error:
        source, name = selection.lists[index], error_name(error)
        read = await asyncio.to_thread(count_lines, path)
        if isinstance(error, SpotifyDown):
            if folder.count_failure(index, read) < _MAX_FAILURES:
                raise
            await spotify.profile.me()  # raises SpotifyDown if it is not about this list
        if read:
            cancelled = folder.cancelled
            return SpooledList(source, path, read, 0, None, False, cancelled, gap=name)
        if len(selection.lists) + len(selection.hidden) == 1:
            raise
        return FailedList(source, name)
    raise AssertionError
