"""Reads a file that somebody gave to the bot, of any format that holds a library."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from threading import Event
from zipfile import ZipFile, ZipInfo

from bot.errors.files import (
    ArchiveInArchive,
    ArchiveTooLarge,
    FileEmpty,
    ListeningHistory,
    OldWorkbook,
    OtherArchive,
    UnknownFile,
    UnreadableFile,
)
from bot.library.formats import table, xlsx_rows
from bot.library.formats.file_facts import FileFacts, FileKind
from bot.library.formats.imported import Entries
from bot.library.formats.list_name import FileLists
from bot.library.imported_library import ImportedLibrary, keep
from bot.library.read_archive import StoppableFile, open_archive
from bot.library.read_text import read_text
from bot.text.escape import safe

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
# How files begin that people may attach in place of another.
_OTHERS: dict[bytes, type[UnreadableFile]] = {
    b"\x1f\x8b": OtherArchive,  # gzip
    b"Rar!": OtherArchive,
    b"7z\xbc\xaf\x27\x1c": OtherArchive,
    b"BZh": OtherArchive,
    b"\xfd7zXZ": OtherArchive,
    b"\xd0\xcf\x11\xe0": OldWorkbook,  # also a workbook with a password
}
# Bytes of a workbook in an archive, which is unpacked to be read.
_MAX_WORKBOOK = 200 * 1024**2
_LOSSLESS = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"tonearm"\s*:')
_HEAD = 100
# What archives have beside their parts; /export adds the first two.
_JUNK = re.compile(
    r"(README|skipped)(-[0-9]+-of-[0-9]+)?\.(txt|csv)|\..*|__MACOSX|Thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)


def read_library(
    path: Path,
    folder: Path,
    *,
    name: str = "",
    keep_spotify: bool = False,
    cancelled: Event | None = None,
) -> ImportedLibrary:
    """The library in a file, which is read to its end before anything is returned. Blocks.

    The format is known by the file's content. Of an archive, the lossless JSON is read if it is
    there, else all parts with songs.

    folder        an empty one, for the entries
    name          of the file, as its sender calls it; used where the file does not name its list
    keep_spotify  whether to keep Spotify's own JSON of each entry (`ImportedEntry.spotify`)
    cancelled     ends the reading when it is set: it raises CancelledError then

    Raises UnreadableFile, and OSError from the disk.
    """
    reading = _Reading(FileFacts(), folder, keep_spotify, cancelled or Event())
    with closing(reading.file(path, name)) as entries:
        return keep(entries, reading.facts, folder)


@dataclass(frozen=True)
class _Reading:
    """The reading of one file; `folder` is for temporary files."""

    facts: FileFacts
    folder: Path
    keep_spotify: bool
    cancelled: Event

    def file(self, path: Path, name: str) -> Entries:
        with path.open("rb") as file:
            head = file.read(8)
        for start, error in _OTHERS.items():
            if head.startswith(start):
                raise error
        if not head.startswith((_ZIP, _EMPTY_ZIP)):
            yield from read_text(
                lambda: io.BufferedReader(StoppableFile(path, self.cancelled)),
                FileLists(name),
                self.facts,
                keep_spotify=self.keep_spotify,
            )
            return
        with open_archive(path, self.cancelled) as archive:
            if xlsx_rows.CONTENT_TYPES in archive.namelist():
                yield from self._workbook(archive, FileLists(name))
            else:
                yield from self._archive(archive)

    def _archive(self, archive: ZipFile) -> Entries:
        parts = [part for part in archive.infolist() if not part.is_dir() and not _is_junk(part)]
        heads: list[bytes] = []
        for part in parts:
            with archive.open(part) as file:
                heads.append(file.read(_HEAD))
        lossless = [p for p, head in zip(parts, heads, strict=True) if _LOSSLESS.match(head)]
        has_songs = False
        for part, head in zip(parts, heads, strict=True):
            if lossless and part not in lossless:
                continue
            is_zip = head.startswith((_ZIP, _EMPTY_ZIP))
            try:
                for pair in self._inner(archive, part) if is_zip else self._part(archive, part):
                    has_songs = True
                    yield pair
            except (UnknownFile, FileEmpty, ListeningHistory) as error:
                self.facts.history_left_out |= isinstance(error, ListeningHistory)
                self.facts.left_out.append(part.filename)
            except UnreadableFile as error:
                error.message += (
                    f" It’s about {safe(PurePosixPath(part.filename).name)} in the archive."
                )
                raise
        if not has_songs:
            raise ListeningHistory if self.facts.history_left_out else UnknownFile

    def _part(self, archive: ZipFile, part: ZipInfo) -> Entries:
        opener = partial(archive.open, part)
        return read_text(opener, _lists(part), self.facts, keep_spotify=self.keep_spotify)

    def _inner(self, archive: ZipFile, part: ZipInfo) -> Entries:
        """Of a workbook in the archive. Raises ArchiveInArchive for another archive."""
        if part.file_size > _MAX_WORKBOOK:
            raise ArchiveTooLarge
        with NamedTemporaryFile(dir=self.folder) as copy:
            with archive.open(part) as file:
                shutil.copyfileobj(file, copy)
            copy.flush()
            with open_archive(Path(copy.name), self.cancelled) as inner:
                if xlsx_rows.CONTENT_TYPES not in inner.namelist():
                    raise ArchiveInArchive
                yield from self._workbook(inner, _lists(part))

    def _workbook(self, archive: ZipFile, lists: FileLists) -> Entries:
        """Of the sheets that have songs."""
        strings = xlsx_rows.shared_strings(archive)
        has_songs = False
        for path, title in xlsx_rows.sheets(archive):
            with archive.open(path) as sheet:
                rows = xlsx_rows.read_rows(sheet, strings)
                try:
                    for pair in table.read(
                        rows, FileLists(lists.path, lists.title or title), is_csv=False
                    ):
                        has_songs = True
                        yield pair
                except UnknownFile:
                    continue
        if not has_songs:
            raise UnknownFile("a workbook without songs")
        self.facts.kinds.add(FileKind.WORKBOOK)


def _lists(part: ZipInfo) -> FileLists:
    # /export writes the list's name as a comment: it may be more than a file's name can hold.
    return FileLists(part.filename, part.comment.decode(errors="replace"))


def _is_junk(part: ZipInfo) -> bool:
    """Whether a part says nothing of music, which needs no mention."""
    names: Sequence[str] = PurePosixPath(part.filename).parts
    return any(_JUNK.fullmatch(name) for name in names)
