"""Opens zip archives that strangers made, without unpacking what would fill memory or disk."""

from __future__ import annotations

import io
import stat
import zlib
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from threading import Event
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bot.errors.files import (
    ArchiveLocked,
    ArchivePath,
    ArchiveTooLarge,
    FileCutOff,
    FileDamaged,
    TooManyEntries,
)

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Bytes of all parts together when unpacked: a library of a million songs has some 2 GB of JSON.
MAX_UNPACKED = 2 * 1024**3
# How many times as large as its compressed form a part may be, beyond the first bytes. Exports
# have 10 to 40; what repeats one byte has 1,000.
MAX_RATIO, _FREE = 200, 32 * 1024**2
MAX_PARTS = 20_000
# Bytes of the list of parts, which zipfile reads as a whole: some 45,000 parts.
_MAX_DIRECTORY = 2 * 1024**2
_ENCRYPTED = 0x1
_END, _END_LENGTH = b"PK\x05\x06", 22


class StoppableFile(io.FileIO):
    """A file whose reading raises CancelledError as soon as an event is set."""

    def __init__(self, path: Path, cancelled: Event) -> None:
        super().__init__(path)
        self._cancelled = cancelled

    def readinto(self, buffer: Buffer, /) -> int:
        if self._cancelled.is_set():
            raise CancelledError
        return super().readinto(buffer)


class _BoundedReads(io.BufferedReader):
    """A file of which nothing large can be read at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        is_large = size is None or not 0 <= size <= _MAX_DIRECTORY
        content = super().read(_MAX_DIRECTORY + 1 if is_large else size)
        if len(content) > _MAX_DIRECTORY:
            raise ArchiveTooLarge("the archive's list of parts is too large")
        return content


class Unpacking:
    """Bytes that may still be unpacked of all archives that are read together."""

    def __init__(self) -> None:
        self._left = MAX_UNPACKED

    def count(self, parts: list[ZipInfo]) -> None:
        """Raises ArchiveTooLarge."""
        self._left -= sum(part.file_size for part in parts)
        if self._left < 0:
            raise ArchiveTooLarge("too many bytes")


@contextmanager
def open_archive(path: Path, cancelled: Event) -> Iterator[ZipFile]:
    """The archive, every part of which is known to be harmless to read.

    cancelled  see StoppableFile

    Raises ArchiveTooLarge, ArchiveLocked, ArchivePath, FileCutOff, FileDamaged, and OSError. What
    is wrong with a part raises when it is read, inside the `with`.
    """
    with _BoundedReads(StoppableFile(path, cancelled)) as file:
        try:
            archive = ZipFile(file)
        except (BadZipFile, EOFError, ValueError, OverflowError, NotImplementedError) as error:
            raise (FileDamaged if _has_end(path) else FileCutOff)("malformed zip") from error
        with archive:
            _check(archive.infolist())
            try:
                yield archive
            except (BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
                raise FileDamaged("a malformed part of a zip") from error


def _has_end(path: Path) -> bool:
    """Whether the archive has all of the record that stands at the end of each."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 64 * 1024 - _END_LENGTH, 0))
        end = file.read()
    return 0 <= end.rfind(_END) <= len(end) - _END_LENGTH


def _check(parts: list[ZipInfo]) -> None:
    if len(parts) > MAX_PARTS:
        raise TooManyEntries(MAX_PARTS, "parts")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ArchiveTooLarge("too many bytes")
    for part in parts:
        if part.file_size > _FREE and part.file_size > part.compress_size * MAX_RATIO:
            raise ArchiveTooLarge("compressed too well")
        if part.header_offset < 0:
            raise FileDamaged("a part that begins before the archive")
        if part.flag_bits & _ENCRYPTED:
            raise ArchiveLocked
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise FileDamaged("a kind of compression that no export has")
        if not is_inside(part.orig_filename) or stat.S_ISLNK(part.external_attr >> 16):
            raise ArchivePath


def is_inside(name: str) -> bool:
    """Whether a part's name stays inside the folder into which a tool would unpack it."""
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in name[:2]
