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


@dataclass(frozen=True)
class ImportedLibrary:
    """A file that was read to its end. Its entries lie in `folder`, which may be read repeatedly.

    facts  what the file says besides its lists
    lists  in the file's order
    """

    folder: Path
    facts: FileFacts
    lists: tuple[ImportedList, ...]

    def entries(self, listed: ImportedList) -> Iterator[ImportedEntry]:
        """The entries of a list in order, those with problems too. Blocks. Raises OSError."""
        path = _path(self.folder, next(i for i, each in enumerate(self.lists) if each is listed))
        if not path.exists():
            return
        with gzip.open(path) as file:
            for line in file:
                yield _ENTRY.decode(line)


class _Contents(msgspec.Struct):
    """What the folder of a library says besides the entries."""

    facts: FileFacts
    lists: list[ImportedList]


def keep(entries: Entries, facts: FileFacts, folder: Path) -> ImportedLibrary:
    """Read a file to its end into an empty folder. Blocks.

    Raises UnreadableFile, and OSError from the disk; the folder holds no library then.
    """
    numbers: dict[ImportedList, int] = {}
    waiting: dict[int, list[bytes]] = {}
    count = size = 0

    def write() -> None:
        for number, lines in waiting.items():
            with create(_path(folder, number), append=True) as file:
                file.write(gzip.compress(b"".join(lines), _LEVEL, mtime=0))
        waiting.clear()

    for listed, entry in entries:
        number = numbers.setdefault(listed, len(numbers))
        if number == MAX_LISTS:
            raise TooManyEntries(MAX_LISTS, "lists")
        if entry is None:
            continue
        count += 1
        if count > MAX_ENTRIES:
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
    contents = _Contents(facts, list(numbers))
    # Written last: a folder without it holds no library.
    with create(folder / _CONTENTS) as file:
        file.write(_ENCODER.encode(contents))
    return ImportedLibrary(folder, facts, tuple(numbers))


def kept(folder: Path) -> ImportedLibrary | None:
    """The library that `keep` put into the folder; None if it did not end. Raises OSError."""
    try:
        content = (folder / _CONTENTS).read_bytes()
        contents = msgspec.json.decode(content, type=_Contents)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return ImportedLibrary(folder, contents.facts, tuple(contents.lists))


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:05}.jsonl.gz"
