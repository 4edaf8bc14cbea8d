"""Lines of bytes in a compressed file, which keeps its whole pages if its writing is cut short."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_LEVEL = 1  # of zlib: JSON shrinks to a tenth at 300 MB a second
_PAGE_LINES = 50
_PRIVATE_FILE = 0o600

# Before each page: a mark, its compressed size in bytes, their CRC-32, and its number of lines.
_HEADER = struct.Struct(">4sIII")
_MARK = b"page"


class LineWriter:
    """Writes lines, which contain no line break. Raises OSError from the disk.

    resume  keeps the whole pages that the file has, and writes behind them

    count    the number of lines in the file
    on_page  called after each page
    """

    def __init__(
        self, path: Path, *, resume: bool = False, on_page: Callable[[], object] | None = None
    ) -> None:
        flags = os.O_RDWR | os.O_CREAT | (0 if resume else os.O_TRUNC)
        self._file = os.fdopen(os.open(path, flags, _PRIVATE_FILE), "r+b", buffering=0)
        self._lines: list[bytes] = []
        self._on_page = on_page
        self.count = 0
        if not resume:
            return
        end = 0
        for page, count in _pages(path):
            end += _HEADER.size + len(page)
            self.count += count
        if self._file.seek(0, os.SEEK_END) > end:
            self._file.truncate(end)
            self._file.seek(end)

    def write(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) == _PAGE_LINES:
            self.flush()

    def close(self) -> None:
        try:
            self.flush()
        finally:
            self._file.close()

    def flush(self) -> None:
        """Write the lines so far, as a page that a later process finds."""
        if not self._lines:
            return
        page = zlib.compress(b"\n".join(self._lines), _LEVEL)
        header = _HEADER.pack(_MARK, len(page), zlib.crc32(page), len(self._lines))
        self._file.write(header + page)
        self.count += len(self._lines)
        self._lines.clear()
        if self._on_page is not None:
            self._on_page()


def count_lines(path: Path) -> int:
    """The number of lines of the file's whole pages; 0 without a file. Raises OSError."""
    return sum(count for _, count in _pages(path)) if path.exists() else 0


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of the file's whole pages. Raises OSError."""
    with path.open("rb") as file:
        while (lines := read_page(file)) is not None:
            yield from lines


def read_page(file: BinaryIO) -> list[bytes] | None:
    """The lines of the next page; None, at the same place, if there is none or not all of it."""
    page = _next_page(file)
    return None if page is None else zlib.decompress(page[0]).split(b"\n")


def _pages(path: Path) -> Iterator[tuple[bytes, int]]:
    """The compressed pages with their numbers of lines, up to one that is cut short."""
    with path.open("rb") as file:
        while (page := _next_page(file)) is not None:
            yield page


def _next_page(file: BinaryIO) -> tuple[bytes, int] | None:
    start = file.tell()
    header = file.read(_HEADER.size)
    if len(header) == _HEADER.size:
        mark, size, checksum, count = _HEADER.unpack(header)
        if mark == _MARK and len(page := file.read(size)) == size and zlib.crc32(page) == checksum:
            return page, count
    file.seek(start)
    return None
