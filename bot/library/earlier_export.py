"""Reads an export that Tonearm wrote earlier, so that a new one can continue or compare it.

Only the JSON has what Spotify said of each item. `formats.library_json` writes each item on a line
of its own, so that memory does not grow with the library.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import IO

import msgspec

from bot.errors.backups import (
    EarlierExportIncomplete,
    EarlierExportNewer,
    EarlierExportTooLarge,
    NotAnEarlierExport,
)
from bot.library.earlier_lists import EarlierExport, EarlierList, check_line
from bot.library.export_lists import ExportList
from bot.library.formats.library_json import KEYS, VERSION, Origin
from bot.library.line_file import LineWriter

# Bytes of a line, which has one item, and of a whole file: a library of 250,000 songs has less.
_MAX_LINE, _MAX_BYTES = 1024 * 1024, 1024 * 1024 * 1024
# The members of an archive to look at.
_MAX_MEMBERS = 2_000
_BAD_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class _Head(msgspec.Struct):
    """A playlist without its items."""

    uri: str | None = None
    name: str | None = None
    owner: str | None = None
    snapshot_id: str | None = None


class _Facts(msgspec.Struct):
    """What the file says of a list besides its items."""

    list: str
    items: int = -1
    missing: int = 0
    complete: bool = False
    ends: bool = False
    read_at: str = ""
    failed: str | None = None


def read_earlier(paths: Sequence[Path], folder: Path) -> EarlierExport:
    """The export in some files; its items are spooled in the folder. Blocks.

    paths  of archives that have the JSON, or of the JSON itself; several if it was divided

    Raises NotAnEarlierExport, and OSError from the disk.
    """
    numbers = count()
    parts = [part for path in paths if (part := _read_file(path, folder, numbers))]
    if not parts:
        raise NotAnEarlierExport("no JSON")
    return parts[0].export if parts[0].count == len(parts) == 1 else _joined(parts)


@dataclass(frozen=True)
class _Part:
    """What a file says; `number` from 1 and `count` if it is one of several.

    ends  the keys of lists that end in this file, or go on in the next one
    """

    export: EarlierExport
    number: int
    count: int
    ends: frozenset[str]


def _joined(parts: Sequence[_Part]) -> EarlierExport:
    """The export that was divided into these parts, some of which may be missing.

    Raises NotAnEarlierExport if they are parts of different exports.
    """
    parts = sorted(parts, key=lambda part: part.number)
    first = parts[0].export
    if any(
        (part.export.exported_at, part.export.origin) != (first.exported_at, first.origin)
        for part in parts
    ):
        raise NotAnEarlierExport("parts of different exports")
    is_whole = [part.number for part in parts] == list(range(1, parts[0].count + 1))
    lists: dict[str, EarlierList] = {}
    for part in parts:
        for key, each in part.export.lists.items():
            ends = is_whole and (each.paths is None or key in part.ends)
            before = lists.get(key)
            if before is None:
                lists[key] = replace(each, complete=each.complete or ends)
                continue
            if None in (before.paths, each.paths):
                raise NotAnEarlierExport("a list twice")
            lists[key] = replace(
                each,
                paths=(*(before.paths or ()), *(each.paths or ())),
                count=before.count + each.count,
                missing=before.missing + each.missing,
                complete=before.complete and ends,
            )
    origin = first.origin if is_whole else msgspec.structs.replace(first.origin, selection="")
    failed = frozenset().union(*(part.export.failed for part in parts))
    return EarlierExport(first.exported_at, origin, lists, failed)


def _read_file(path: Path, folder: Path, numbers: Iterator[int]) -> _Part | None:
    """None for a file of another kind, such as the table of changes of a backup."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                file.seek(0)
                if file.read(len(_START)) != _START:
                    return None
                file.seek(0)
                return _Reader(file, folder, numbers).read()
            with zipfile.ZipFile(file) as archive, archive.open(_json_member(archive)) as member:
                return _Reader(member, folder, numbers).read()
    except _BAD_ARCHIVE as error:
        raise NotAnEarlierExport(type(error).__name__) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotAnEarlierExport(type(error).__name__) from None


def _json_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The JSON in an archive. Raises NotAnEarlierExport."""
    for member in archive.infolist()[:_MAX_MEMBERS]:
        if member.filename.endswith(".json") and "/" not in member.filename:
            with archive.open(member) as file:
                if file.read(len(_START)) == _START:
                    return member
    raise NotAnEarlierExport("no JSON")


_START = b'{\n"tonearm": '
_HEAD = msgspec.json.Decoder(_Head)
_NAMES = {key: ExportList(section).name for section, key in KEYS.items()}
_END_OF_ARRAY = (b"]", b"]}")


@dataclass
class _Reader:
    """Reads the JSON line by line; an unexpected line raises NotAnEarlierExport."""

    file: IO[bytes]
    folder: Path
    numbers: Iterator[int]
    read_bytes: int = 0

    def read(self) -> _Part:
        lists: dict[str, EarlierList] = {}
        facts: dict[str, _Facts] = {}
        exported_at, origin = "", Origin()
        part = parts = 1
        if self._line() != b"{":
            raise NotAnEarlierExport("another file")
        _require_version(*self._field(self._line()))
        while (line := self._line()) != b"}":
            key, value = self._field(line)
            if key == "exported_at":
                exported_at = msgspec.json.decode(value, type=str)
            elif key == "origin":
                origin = msgspec.json.decode(value, type=Origin)
            elif key == "part":
                part = msgspec.json.decode(value, type=int)
            elif key == "parts":
                parts = msgspec.json.decode(value, type=int)
            elif value != b"[":
                continue  # a field of another version, or an empty list
            elif key == "playlists":
                for each in self._playlists():
                    _add(lists, each)
            elif key == "lists":
                facts = {fact.list: fact for fact in map(_facts, self._elements())}
            elif key == "skipped":
                for _ in self._elements():
                    pass
            else:
                _add(lists, self._spooled(EarlierList(key, None, _NAMES.get(key, key))))
        known = {key: _with_facts(each, facts.get(key)) for key, each in lists.items()}
        failed = frozenset(key for key, fact in facts.items() if fact.failed is not None)
        ends = frozenset(
            key for key, each in known.items() if key in facts and _ends(each, facts[key])
        )
        return _Part(EarlierExport(exported_at, origin, known, failed), part, parts, ends)

    def _playlists(self) -> Iterator[EarlierList]:
        while (line := self._line()) != b"]":
            has_items = line.endswith(b"[")
            head = _HEAD.decode(line + b"]}" if has_items else line)
            key = head.uri or f"unknown:{next(self.numbers)}"
            playlist = EarlierList(key, None, head.name or "", head.owner, head.snapshot_id)
            yield self._spooled(playlist) if has_items else playlist

    def _spooled(self, described: EarlierList) -> EarlierList:
        """The list, with the items that follow in the file."""
        path = self.folder / f"earlier-{next(self.numbers)}"
        number = 0
        with closing(LineWriter(path)) as writer:
            for number, line in enumerate(self._elements(), start=1):  # noqa: B007
                check_line(line)
                writer.write(line)
        return replace(described, paths=(path,), count=number)

    def _elements(self) -> Iterator[bytes]:
        while (line := self._line()) not in _END_OF_ARRAY:
            yield line

    def _line(self) -> bytes:
        """The next line without the comma at its end."""
        line = self.file.readline(_MAX_LINE + 1)
        self.read_bytes += len(line)
        if self.read_bytes > _MAX_BYTES:
            raise EarlierExportTooLarge
        if not line.endswith(b"\n"):
            if len(line) > _MAX_LINE:
                raise NotAnEarlierExport("a long line")
            raise EarlierExportIncomplete
        return line.rstrip(b"\r\n").removesuffix(b",")

    @staticmethod
    def _field(line: bytes) -> tuple[str, bytes]:
        """The key of a field, and its value or the value's beginning."""
        key, colon, value = line.partition(b'": ')
        if not colon or not key.startswith(b'"'):
            raise NotAnEarlierExport("another layout")
        return key[1:].decode(), value


def _require_version(key: str, value: bytes) -> None:
    """Raises NotAnEarlierExport."""
    if key != "tonearm":
        raise NotAnEarlierExport("another file")
    if msgspec.json.decode(value, type=int) > VERSION:
        raise EarlierExportNewer


_facts: Callable[[bytes], _Facts] = msgspec.json.Decoder(_Facts).decode


def _add(lists: dict[str, EarlierList], each: EarlierList) -> None:
    """Raises NotAnEarlierExport if the list is there twice."""
    if each.key in lists:
        raise NotAnEarlierExport("a list twice")
    lists[each.key] = each


def _ends(each: EarlierList, facts: _Facts) -> bool:
    return facts.ends and facts.items == each.count


def _with_facts(each: EarlierList, facts: _Facts | None) -> EarlierList:
    if facts is None:
        return each
    return replace(
        each,
        missing=facts.missing,
        complete=facts.complete and facts.items == each.count,
        read_at=facts.read_at,
    )
