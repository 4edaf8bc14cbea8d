"""Reads an export that Tonearm wrote earlier, so that a new one can continue or compare it.

Only the JSON has what Spotify said of each item. `formats.library_json` writes each item on a line
of its own, so that memory does not grow with the library.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import IO, Any

import msgspec

from bot.errors.backups import (
    EarlierExportIncomplete,
    EarlierExportTooLarge,
    NotAnEarlierExport,
    OtherAccount,
)
from bot.library.export_lists import ExportList
from bot.library.formats.library_json import KEYS, VERSION, Origin, account_mark
from bot.library.line_file import LineWriter, read_lines

# Bytes of a line, which has one item, and of a whole file: a library of 250,000 songs has less.
_MAX_LINE, _MAX_BYTES = 1024 * 1024, 1024 * 1024 * 1024
# The members of an archive to look at.
_MAX_MEMBERS = 2_000
_BAD_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class _Dated(msgspec.Struct, frozen=True):
    added_at: Any = None


class SavedLine(msgspec.Struct, frozen=True):
    """What a line of an export says of its item; empty for an item that Spotify no longer had."""

    uri: str | None = None
    track: str | None = None
    name: str | None = None
    album: str | None = None
    artist: str | None = None
    spotify: _Dated | None = None

    @property
    def title(self) -> str:
        return self.track or self.name or self.album or ""

    @property
    def added_at(self) -> str:
        """ISO 8601; empty if it is not known."""
        date = self.spotify.added_at if self.spotify else None
        return date if isinstance(date, str) else ""


class _RawLine(msgspec.Struct):
    spotify: msgspec.Raw
    uri: str | None = None


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
    read_at: str = ""
    failed: str | None = None


@dataclass(frozen=True)
class EarlierList:
    """A list of an earlier export.

    key       of a section in `formats.library_json.KEYS`; of a playlist, its URI
    path      its lines; None for a playlist that Spotify did not show
    count     the number of its items
    missing   how many more Spotify counted
    complete  whether the list was read to its end, and is all here
    read_at   ISO 8601
    """

    key: str
    path: Path | None
    name: str = ""
    owner: str | None = None
    snapshot_id: str | None = None
    count: int = 0
    missing: int = 0
    complete: bool = False
    read_at: str = ""

    @property
    def is_playlist(self) -> bool:
        return self.key.startswith("spotify:playlist:")

    def lines(self) -> Iterator[SavedLine]:
        """The items, in order. Blocks. Raises NotAnEarlierExport."""
        return map(_LINE.decode, self._stored())

    def raw(self) -> Iterator[bytes]:
        """Spotify's JSON of the items, in order. Blocks."""
        return (bytes(_RAW.decode(line).spotify) for line in self._stored())

    def raw_with_uri(self) -> Iterator[tuple[str | None, bytes]]:
        """As `raw`, each with the item's URI. Blocks."""
        decoded = map(_RAW.decode, self._stored())
        return ((line.uri, bytes(line.spotify)) for line in decoded)

    def _stored(self) -> Iterator[bytes]:
        return iter(()) if self.path is None else read_lines(self.path)


@dataclass(frozen=True)
class EarlierExport:
    """An earlier export.

    exported_at  ISO 8601
    lists        by their keys
    failed       the keys of lists that could not be read then
    """

    exported_at: str
    origin: Origin
    lists: dict[str, EarlierList]
    failed: frozenset[str] = frozenset()

    def require_account(self, account: str) -> None:
        """Raises OtherAccount if the export is of another Spotify account than this ID's."""
        if self.origin.account and self.origin.account != account_mark(account):
            raise OtherAccount


def read_earlier(path: Path, folder: Path) -> EarlierExport:
    """The export in a file; its items are spooled in the folder. Blocks.

    path  an archive that has the JSON, or the JSON itself

    Raises NotAnEarlierExport, and OSError from the disk.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                file.seek(0)
                return _Reader(file, folder).read()
            with zipfile.ZipFile(file) as archive, archive.open(_json_member(archive)) as member:
                return _Reader(member, folder).read()
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
_LINE = msgspec.json.Decoder(SavedLine)
_RAW = msgspec.json.Decoder(_RawLine)
_HEAD = msgspec.json.Decoder(_Head)
_NAMES = {key: ExportList(section).name for section, key in KEYS.items()}
_END_OF_ARRAY = (b"]", b"]}")


@dataclass
class _Reader:
    """Reads the JSON line by line; an unexpected line raises NotAnEarlierExport."""

    file: IO[bytes]
    folder: Path
    read_bytes: int = 0
    numbers: Iterator[int] = field(default_factory=count)

    def read(self) -> EarlierExport:
        lists: dict[str, EarlierList] = {}
        facts: dict[str, _Facts] = {}
        exported_at, origin = "", Origin()
        if self._line() != b"{" or self._field(self._line()) != ("tonearm", b"%d" % VERSION):
            raise NotAnEarlierExport("another file")
        while (line := self._line()) != b"}":
            key, value = self._field(line)
            if key == "exported_at":
                exported_at = msgspec.json.decode(value, type=str)
            elif key == "origin":
                origin = msgspec.json.decode(value, type=Origin)
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
        return EarlierExport(exported_at, origin, known, failed)

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
                line.decode()  # msgspec does not look into what it skips
                _LINE.decode(line)
                writer.write(line)
        return replace(described, path=path, count=number)

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


_facts: Callable[[bytes], _Facts] = msgspec.json.Decoder(_Facts).decode


def _add(lists: dict[str, EarlierList], each: EarlierList) -> None:
    """Raises NotAnEarlierExport if the list is there twice."""
    if each.key in lists:
        raise NotAnEarlierExport("a list twice")
    lists[each.key] = each


def _with_facts(each: EarlierList, facts: _Facts | None) -> EarlierList:
    if facts is None:
        return each
    return replace(
        each,
        missing=facts.missing,
        complete=facts.complete and facts.items == each.count,
        read_at=facts.read_at,
    )
