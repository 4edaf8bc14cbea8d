"""Holds the entries of lists in temporary files, so that memory does not grow with a library."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from threading import Event
from typing import Any

from bot.errors.spotify import SpotifyDown
from bot.library.export_entry import ExportEntry
from bot.library.export_lists import ExportList, ListReader, json_of, open_list
from bot.library.export_progress import ExportProgress
from bot.library.line_file import LineWriter, read_lines
from bot.library.removed_entries import drop_removed
from bot.spotify import Spotify
from bot.spotify.cursor_paging import FollowedArtists
from bot.spotify.models import Artist
from bot.spotify.paging import MAX_RECENT, PAGE_SIZE, Paging
from bot.spotify.raw_entries import RawArtist
from bot.text.escape import safe


@dataclass(frozen=True)
class SpooledList:
    """The entries of a list as Spotify sent them, one JSON value a line, compressed.

    count     the number of entries
    missing   the number of entries that Spotify counts but does not list
    counts    Spotify's lowest and highest count, if they differ although nothing moved
    complete  whether the list had an end; if not, there may be more entries
    cancelled  ends an iteration over the entries, which runs in a thread
    first     the number of entries in the file before the first one of these
    is_whole  whether these are all entries in the file
    earlier   how many of the entries were taken over from an earlier export
    read_at   when these were read, in ISO 8601
    follow    makes an iterator of the lines of a list that is still read
    is_current  whether none of the entries was removed while the list was read, as far as it shows
    gap       why the rest was not read, as a class of `export_selection.FAILURES`; empty: it was
    """

    source: ExportList
    path: Path
    count: int
    missing: int
    counts: tuple[int, int] | None
    complete: bool
    cancelled: Event
    first: int = 0
    is_whole: bool = True
    earlier: int = 0
    read_at: str = ""
    gap: str = ""
    is_current: bool = True
    follow: Callable[[], Iterator[bytes]] | None = field(default=None, repr=False)

    def part(self, first: int, last: int) -> SpooledList:
        """The entries from `first` to before `last`. What the list lacks is said of its end."""
        is_whole = self.is_whole and last - first == self.count
        part = replace(self, first=self.first + first, count=last - first, is_whole=is_whole)
        if last == self.count:
            return part
        return replace(part, missing=0, counts=None, complete=True, gap="", is_current=True)

    def lines(self) -> Iterator[bytes]:
        """The entries as the file has them, in order."""
        if self.follow is not None:
            return self.follow()
        return islice(read_lines(self.path), self.first, self.first + self.count)

    def entries(self) -> Iterator[ExportEntry]:
        """The entries, in order. Raises CancelledError."""
        for line in self.lines():
            if self.cancelled.is_set():
                raise CancelledError
            yield ExportEntry.parse(line)


async def spool(
    spotify: Spotify,
    source: ExportList,
    path: Path,
    work: ExportProgress,
    cancelled: Event,
    *,
    keep_json: bool = True,
    on_page: Callable[[], object] | None = None,
    on_rewrite: Callable[[], object] = lambda: None,
) -> SpooledList:
    """Read a list into a file.

    If the file has entries from an earlier reading, continues after them. So a list that was cut
    short, by an error or the end of the process, costs only the calls that are left.

    cancelled  see SpooledList
    keep_json  whether a file of the export has what Spotify sent
    on_page    called after each page of the file
    on_rewrite  called before entries in the file are erased, which the list has no longer

    Raises SpotifyError, and OSError from the disk.
    """
    work.begin(f"Reading {safe(source.name)}")
    reader = open_list(spotify, source, keep_json=keep_json)
    async with _open(path, source, reader, on_page) as writer:
        async for entry in reader:
            writer.write(_kept(source, entry, keep_json=keep_json).line())
            if reader.read_count % PAGE_SIZE == 0:
                await work(reader.read_count, max(reader.read_count, reader.total or 0))
    removed = await drop_removed(spotify, reader, path, on_rewrite)
    count = reader.read_count - removed.count
    return SpooledList(
        source,
        path,
        count=count,
        missing=reader.totals.missing(count) if removed.count else reader.missing,
        counts=None if reader.moved or removed.count else reader.totals.range,
        complete=reader.complete,
        cancelled=cancelled,
        earlier=source.taken_over.earlier if source.taken_over else 0,
        read_at=source.taken_over.read_at if source.taken_over else "",
        is_current=removed.is_sure,
    )


@asynccontextmanager
async def _open(
    path: Path, source: ExportList, reader: ListReader, on_page: Callable[[], object] | None
) -> AsyncIterator[LineWriter]:
    """A writer for what the reader yields, which continues after the entries in the file.

    A playlist of an unknown version, a list of a few pages, and what is taken over from a file are
    read from the start.
    """
    known = source.playlist is None or source.playlist.snapshot_id is not None
    can_resume = known and source.taken_over is None and not source.section.is_listening
    writer = LineWriter(path, resume=can_resume, on_page=on_page)
    try:
        if writer.count:
            await asyncio.to_thread(_resume, reader, path, writer.count)
        yield writer
    finally:
        writer.close()


def _resume(reader: ListReader, path: Path, count: int) -> None:
    """Let the reader continue after the entries in the file. Blocks."""
    entries = map(ExportEntry.parse, read_lines(path))
    match reader:
        case Paging():
            first = list(islice(entries, PAGE_SIZE))
            reader.resume(first, [*deque(chain(first, entries), MAX_RECENT)], count)
        case FollowedArtists():
            uris = [each.item.uri if each.item else "" for each in entries]
            reader.resume([Artist(id=uri.rpartition(":")[2]) if uri else None for uri in uris])


def _kept(source: ExportList, entry: Any, *, keep_json: bool) -> ExportEntry:
    """What the file keeps of what a list reader yielded."""
    json = json_of(entry)
    model = entry if isinstance(entry, RawArtist) else entry and entry.entry
    if model is None and json:  # as of an entry that was taken over
        try:
            model = source.decode(json)
        except SpotifyDown:
            model = None
    return ExportEntry.of(model, json, keep_json=keep_json)
