"""Holds the entries of lists in temporary files, so that memory does not grow with a library."""

from __future__ import annotations

import zlib
from asyncio import CancelledError
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from threading import Event

from bot.errors.spotify import SpotifyDown
from bot.interactions.progress import StoppableWork
from bot.library.export_lists import ExportList, json_of, open_list
from bot.spotify import Spotify
from bot.spotify.api_model import ApiModel
from bot.spotify.paging import PAGE_SIZE
from bot.text.escape import safe

_LEVEL = 1  # of zlib: a page takes 1 ms and shrinks to a tenth
_CHUNK = 64 * 1024


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

    def part(self, first: int, last: int) -> SpooledList:
        """The entries from `first` to before `last`. What the list lacks is said of its end."""
        is_whole = self.is_whole and last - first == self.count
        part = replace(self, first=self.first + first, count=last - first, is_whole=is_whole)
        if last == self.count:
            return part
        return replace(part, missing=0, counts=None, complete=True)

    def lines(self) -> Iterator[bytes]:
        """The entries' JSON, in order."""
        return islice(self._file_lines(), self.first, self.first + self.count)

    def _file_lines(self) -> Iterator[bytes]:
        unpack = zlib.decompressobj()
        rest = b""
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                *lines, rest = (rest + unpack.decompress(chunk)).split(b"\n")
                yield from lines
        yield from (rest + unpack.flush()).split(b"\n")[:-1]

    def entries(self) -> Iterator[tuple[ApiModel | None, bytes]]:
        """Each entry with its JSON; None if it is null or unreadable. Raises CancelledError."""
        for line in self.lines():
            if self.cancelled.is_set():
                raise CancelledError
            try:
                yield self.source.decode(line), line
            except SpotifyDown:
                yield None, line


async def spool(
    spotify: Spotify, source: ExportList, path: Path, work: StoppableWork, cancelled: Event
) -> SpooledList | None:
    """Read a list into a new file; None if the work was stopped.

    cancelled  see SpooledList

    Raises SpotifyError, and OSError from the disk.
    """
    work.begin(f"Reading {safe(source.name)}")
    reader = open_list(spotify, source)
    pack = zlib.compressobj(_LEVEL)
    lines: list[bytes] = []

    with path.open("wb") as file:

        def write() -> None:
            lines.append(b"")
            file.write(pack.compress(b"\n".join(lines)))
            lines.clear()

        async for entry in reader:
            lines.append(json_of(entry))
            if len(lines) == PAGE_SIZE:
                write()
                await work(reader.read_count, max(reader.read_count, reader.total or 0))
            if work.stop_requested:
                return None
        if lines:
            write()
        file.write(pack.flush())
    return SpooledList(
        source,
        path,
        count=reader.read_count,
        missing=reader.missing,
        counts=None if reader.moved else reader.totals.range,
        complete=reader.complete,
        cancelled=cancelled,
        earlier=source.taken_over.earlier if source.taken_over else 0,
        read_at=source.taken_over.read_at if source.taken_over else "",
    )
