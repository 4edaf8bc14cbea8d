"""Lines of bytes in a compressed file, which one reads and writes a few at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

_LEVEL = 1  # of zlib: JSON shrinks to a tenth at 100 MB a second
_CHUNK = 64 * 1024
_MAX_UNWRITTEN = 50


class LineWriter:
    """Writes lines, which contain no line break. Raises OSError from the disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._pack = zlib.compressobj(_LEVEL)
        self._lines: list[bytes] = []

    def write(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) == _MAX_UNWRITTEN:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
            self._file.write(self._pack.flush())
        finally:
            self._file.close()

    def _flush(self) -> None:
        self._file.write(self._pack.compress(b"".join(line + b"\n" for line in self._lines)))
        self._lines.clear()


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that a LineWriter has closed."""
    unpack = zlib.decompressobj()
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            *lines, rest = (rest + unpack.decompress(chunk)).split(b"\n")
            yield from lines
    yield from (rest + unpack.flush()).split(b"\n")[:-1]
