"""Keeps what was read from a file on disk, list by list, so that memory does not grow with it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.errors.files import TooManyEntries
from bot.library.formats.file_facts import FileFacts
from bot.library.formats.imported import Entries, ImportedEntry, ImportedList
from bot.library.job_files import create

MAX_ENTRIES = 1_000_000
MAX_LISTS = 20_000
# Entries of all lists that wait in memory, and bytes of them.
_MAX_WAITING, _MAX_WAITING_BYTES = 5_000, 4 * 1024 * 1024
_LEVEL = 1  # of zlib
_CONTENTS = "contents.json"

_ENCODER = msgspec.json.Encoder()
_ENTRY = msgspec.json.Decoder(ImportedEntry)


@dataclass
class Limits:
    """How much more may be read into one library."""

    entries: int = MAX_ENTRIES
    lists: int = MAX_LISTS


class KeptList(msgspec.Struct, frozen=True):
    """A list, and the names of the files with its entries, in order; an empty list has none."""

    listed: ImportedList
    files: tuple[str, ...]


@dataclass(frozen=True)
class ImportedLibrary:
    """Files that were read to their end. The entries lie in `folder`, to be read repeatedly.

    facts  what the files say besides their lists
    """

    folder: Path
    facts: FileFacts
    kept: tuple[KeptList, ...]

    @property
    def lists(self) -> tuple[ImportedList, ...]:
        """In the files' order."""
        return tuple(each.listed for each in self.kept)

    def entries(self, listed: ImportedList) -> Iterator[ImportedEntry]:
        """The entries of a list in order, those with problems too. Blocks. Raises OSError."""
        for name in next(each.files for each in self.kept if each.listed is listed):
            with gzip.open(self.folder / name) as file:
                for line in file:
                    yield _ENTRY.decode(line)

    def store(self) -> None:
        """Write what the folder lacks besides the entries. Blocks. Raises OSError."""
        with create(self.folder / _CONTENTS) as file:
            file.write(_ENCODER.encode(_Contents(self.facts, self.kept)))


class _Contents(msgspec.Struct):
    """What the folder of a library says besides the entries."""

    facts: FileFacts
    lists: tuple[KeptList, ...]


def keep(entries: Entries, folder: Path, prefix: str, limits: Limits) -> list[KeptList]:
    """Read a file to its end into the folder. Blocks.

    prefix  of the names of its files there

    Raises UnreadableFile, and OSError from the disk.
    """
    numbers: dict[ImportedList, int] = {}
    waiting: dict[int, list[bytes]] = {}
    count = size = 0

    def name(number: int) -> str:
        return f"{prefix}-{number:05}.jsonl.gz"

    def write() -> None:
        for number, lines in waiting.items():
            with create(folder / name(number), append=True) as file:
                file.write(gzip.compress(b"".join(lines), _LEVEL, mtime=0))
        waiting.clear()

    for listed, entry in entries:
        number = numbers.setdefault(listed, len(numbers))
        if number == limits.lists:
            raise TooManyEntries(MAX_LISTS, "lists")
        if entry is None:
            continue
        count += 1
        if count > limits.entries:
            raise TooManyEntries(MAX_ENTRIES)
        listed.count += 1
        if entry.problem is not None:
            listed.problems[entry.problem] = listed.problems.get(entry.problem, 0) + 1
        line = _ENCODER.encode(entry) + b"\n"
        waiting.setdefault(number, []).append(line)
        size += len(line)
        if count % _MAX_WAITING == 0 or size > _MAX_WAITING_BYTES:
            write()
            size = 0
    write()
    limits.entries -= count
    limits.lists -= len(numbers)
    return [
        KeptList(listed, (name(number),) if listed.count else ())
        for listed, number in numbers.items()
    ]


def kept(folder: Path) -> ImportedLibrary | None:
    """The library that was stored in the folder; None if that did not end. Raises OSError."""
    try:
        content = (folder / _CONTENTS).read_bytes()
        contents = msgspec.json.decode(content, type=_Contents)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return ImportedLibrary(folder, contents.facts, contents.lists)
