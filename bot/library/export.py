"""Exports a library, or a list of it, as a file that its owner can keep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from itertools import count
from pathlib import Path
from threading import Event
from typing import TypeVar

from bot.errors.content import (
    ExportInProgress,
    FileTooLarge,
    NothingToExport,
    TooManyExports,
    WrongFormat,
)
from bot.errors.spotify import LibraryChanged, NotFound, NotPermitted, SpotifyError
from bot.interactions.progress import StoppableWork
from bot.library.export_files import ExportContents, can_hold, write_export
from bot.library.export_folders import new_folder, translate_disk_errors
from bot.library.export_lists import ExportList, select_lists
from bot.library.export_report import ListReport
from bot.library.fit import fit
from bot.library.formats.library_json import Origin, account_mark
from bot.library.spool import SpooledList, spool
from bot.spotify import Spotify
from bot.spotify.entries import Entries

T = TypeVar("T")

# Exports at the same time, which share one Spotify app's rate limit.
MAX_EXPORTS = 4
# How often to read a playlist that changes meanwhile.
_MAX_READS = 3
# Why a playlist among others may be left out.
_REASONS: dict[type[SpotifyError], str] = {
    NotFound: "Spotify no longer has it",
    NotPermitted: "Spotify shows it only to its owner",
    LibraryChanged: "it changed while it was read",
}


@dataclass(frozen=True)
class Export:
    """The files of an export, which exist as long as `RunningExports.start` is open.

    files    the names, and the files open for reading; several if one would be too large
    reports  one for each list in the export
    hidden   the number of playlists that Spotify shows only to their owners
    failed   names of lists that could not be read, with reasons
    left_out  nouns for the entries of the lists that the format cannot hold
    """

    files: list[tuple[str, BufferedReader]]
    reports: list[ListReport]
    hidden: int
    failed: list[tuple[str, str]]
    left_out: list[str]
    unreadable: int


class RunningExports:
    """Exports in progress: one for each user, and MAX_EXPORTS in all.

    make_folder     makes a folder for the files of an export, and erases it after the block
    announce_after  seconds without progress, as on a rate limit, before *Stop* is offered
    """

    def __init__(
        self, make_folder: Callable[[], AbstractContextManager[Path]] = new_folder
    ) -> None:
        self.make_folder = make_folder
        self.announce_after = 2.0
        self._running: dict[int, asyncio.Task[Export | None] | None] = {}
        self._is_closed = False

    def forget(self, user_id: int) -> None:
        """End the user's export, which erases its files."""
        if task := self._running.get(user_id):
            task.cancel()

    async def close(self) -> None:
        """End all exports, which erases their files."""
        self._is_closed = True
        tasks = [task for task in self._running.values() if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    @asynccontextmanager
    async def start(
        self,
        user_id: int,
        spotify: Spotify,
        what: str,
        file_format: str,
        *,
        max_bytes: int,
        exported_at: str,
        work: StoppableWork,
        raw: bool = False,
    ) -> AsyncIterator[Export | None]:
        """Read and write an export, None if it is stopped; its file is erased after the block.

        what         one of SELECTIONS, or a playlist's name or link
        file_format  one of FORMATS, ZIP or JSON
        exported_at  ISO 8601
        raw          whether cells of CSV that a spreadsheet would run as formulas stay as they are

        Raises ExportInProgress, TooManyExports, WrongFormat, NothingToExport, FileTooLarge if even
        the parts of the file exceed `max_bytes`, StorageError from the disk, and SpotifyError.
        """
        if user_id in self._running:
            raise ExportInProgress
        if len(self._running) >= MAX_EXPORTS:
            raise TooManyExports
        self._running[user_id] = None
        try:
            with ExitStack() as stack:
                with translate_disk_errors():
                    folder = stack.enter_context(self.make_folder())
                making = _make(
                    stack, spotify, what, file_format, folder, max_bytes, work, exported_at, raw
                )
                task = self._running[user_id] = asyncio.create_task(making)
                work.on_stop = task.cancel
                try:
                    yield await self._result(task, work)
                finally:
                    task.cancel()
                    await asyncio.wait({task})
        finally:
            del self._running[user_id]

    async def _result(
        self, task: asyncio.Task[Export | None], work: StoppableWork
    ) -> Export | None:
        """The export; None if its task was cancelled, and not the command that waits for it."""
        try:
            await asyncio.wait({task}, timeout=self.announce_after)
            if not task.done():
                await work.announce()
            return await task
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if self._is_closed or (waiting is not None and waiting.cancelling()):
                raise
            return None


async def _make(
    stack: ExitStack,
    spotify: Spotify,
    what: str,
    file_format: str,
    folder: Path,
    max_bytes: int,
    work: StoppableWork,
    exported_at: str,
    raw: bool,
) -> Export | None:
    """Read the lists and write the file, which `stack` closes."""
    with translate_disk_errors():
        contents = await _read(spotify, what, file_format, folder, work, exported_at, raw)
        if contents is None:
            return None
        # Writing 50,000 songs takes a second, during which the event loop must not block.
        path = await _in_thread(contents, partial(write_export, contents, file_format, folder))
        _require_entries(contents)
        paths = await _in_thread(contents, partial(fit, contents, file_format, path, max_bytes))
        if not paths:
            raise FileTooLarge
        return Export(
            [(path.name, stack.enter_context(path.open("rb"))) for path in paths],
            contents.reports,
            hidden=len(contents.hidden),
            failed=[(source.name, reason) for source, reason in contents.failed],
            left_out=[source.noun for source in contents.left_out],
            unreadable=contents.unreadable,
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


async def _read(
    spotify: Spotify,
    what: str,
    file_format: str,
    folder: Path,
    work: StoppableWork,
    exported_at: str,
    raw: bool,
) -> ExportContents | None:
    selection = await select_lists(spotify, what)
    fitting = [each for each in selection.lists if can_hold(file_format, each.section)]
    if selection.lists and not fitting:
        raise WrongFormat
    several = len(selection.lists) + len(selection.hidden) > 1
    lists: list[SpooledList] = []
    failed: list[tuple[ExportList, str]] = []
    numbers, cancelled = count(), Event()
    for source in fitting:
        try:
            spooled = await _spool(spotify, source, folder, numbers, work, cancelled)
        except (NotFound, NotPermitted, LibraryChanged) as error:
            if not several:
                raise
            reason = next(text for kind, text in _REASONS.items() if isinstance(error, kind))
            failed.append((source, reason))
            continue
        if spooled is None:
            return None
        lists.append(spooled)
    return ExportContents(
        lists=lists,
        hidden=selection.hidden,
        failed=failed,
        left_out=[each for each in selection.lists if each not in fitting],
        unreadable=selection.unreadable,
        exported_at=exported_at,
        origin=Origin(selection.what, account_mark(spotify.account), selection.user),
        raw=raw,
        cancelled=cancelled,
    )


async def _spool(
    spotify: Spotify,
    source: ExportList,
    folder: Path,
    numbers: count[int],
    work: StoppableWork,
    cancelled: Event,
) -> SpooledList | None:
    """Read a list, again from the start if it changes too much. Raises LibraryChanged."""
    for attempt in count(1):
        try:
            path = folder / f"list-{next(numbers)}"
            return await spool(spotify, source, path, work, cancelled)
        except LibraryChanged:
            if attempt == _MAX_READS or source.playlist is None:
                raise
            playlist = await spotify.playlists.get(source.playlist.require_uri())
            source = ExportList(source.section, playlist)
    raise AssertionError


_ONLY_LOCAL_FILES = (
    "Those are only local files, which have no links, so that format can’t list them. "
    "Choose another one, such as CSV."
)
_NO_SONGS = (
    "You have no songs or episodes yet, and that format holds nothing else. "
    "Choose another one, such as JSON."
)


def _require_entries(contents: ExportContents) -> None:
    """Raises NothingToExport if all lists are empty, ListUnreadable if no entry is readable."""
    if contents.hidden or any(report.exported for report in contents.reports):
        return
    lists, message = contents.lists, None
    if any(report.linkless for report in contents.reports):
        raise NothingToExport(message=_ONLY_LOCAL_FILES)
    unread = sum(report.skipped_count + report.missing for report in contents.reports)
    if contents.left_out:
        message = _NO_SONGS
    elif len(lists) == 1:
        message = lists[0].source.nothing
    nothing = NothingToExport(message=message)
    Entries((), unreadable=unread + contents.unreadable + len(contents.failed)).require(nothing)
