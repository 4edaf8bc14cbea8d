"""A file of records, one a line, that a kill in the middle of a write leaves usable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

R = TypeVar("R")

_FILE_MODE = 0o600


class AppendLog(Generic[R]):
    """Records of one type, oldest first. A reader gets each complete record.

    A record is handed to the operating system when `append` returns, so the end of the process
    loses none. Only the last line can be cut; it is taken for not written.
    """

    def __init__(self, path: Path, record: type[R]) -> None:
        """Blocks shortly. Raises OSError."""
        self._path = path
        self._decoder = msgspec.json.Decoder(record)
        self._encoder = msgspec.json.Encoder()
        with path.open("ab") as file:
            path.chmod(_FILE_MODE)
            file.truncate(self._whole_length())

    def read(self) -> Iterator[R]:
        """All records. Raises OSError."""
        with self._path.open("rb") as file:
            for line in file:
                yield self._decoder.decode(line)

    def append(self, *records: R) -> None:
        """Raises OSError."""
        lines = [self._encoder.encode(record) + b"\n" for record in records]
        with self._path.open("ab") as file:
            file.write(b"".join(lines))

    def _whole_length(self) -> int:
        """Bytes up to the end of the last whole line."""
        length = 0
        with self._path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    length += len(line)
        return length
