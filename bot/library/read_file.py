"""Reads a file that somebody gave to the bot, of any format that holds a library."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
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
    OtherSpreadsheet,
    RichText,
    UnknownFile,
    UnreadableFile,
    WebPage,
)
from bot.library.formats import table, xlsx_rows
from bot.library.formats.file_facts import FileFacts, FileKind
from bot.library.formats.imported import Entries
from bot.library.formats.list_name import FileLists
from bot.library.imported_library import ImportedLibrary, Limits, keep
from bot.library.join_files import PART_NAME, ReadFile, join_files
from bot.library.read_archive import StoppableFile, Unpacking, open_archive
from bot.library.read_text import read_text
from bot.text.escape import safe

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
# How files begin that people may attach in place of another.
_OTHERS: dict[bytes, type[UnreadableFile]] = {
    b"\x1f\x8b": OtherArchive,  # gzip
    b"Rar!": OtherArchive,
    b"7z\xbc\xaf\x27\x1c": OtherArchive,
    b"BZh": OtherArchive,
    b"\xfd7zXZ": OtherArchive,
    b"\xd0\xcf\x11\xe0": OldWorkbook,  # also a workbook with a password
    b"{\\rtf": RichText,
}
# The parts by which the spreadsheets of LibreOffice, Apple and binary ones of Excel are known.
_SPREADSHEETS = {"content.xml", "Index/Document.iwa", "xl/workbook.bin"}
# Bytes of a workbook or an archive in an archive, which is unpacked to be read.
_MAX_INNER = 200 * 1024**2
_LOSSLESS = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"tonearm"\s*:')
_HEAD = 100
# What archives have beside their parts; /export adds the first two.
_JUNK = re.compile(
    r"(README|skipped)(-[0-9]+-of-[0-9]+)?\.(txt|csv)|\..*|__MACOSX|Thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Upload:
    """A file to read.

    name      as its sender calls it; used where the file does not name its list
    is_inner  whether it was in an archive
    """

    path: Path
    name: str
    is_inner: bool = False


def read_library(
    path: Path,
    folder: Path,
    *,
    name: str = "",
    keep_spotify: bool = False,
    cancelled: Event | None = None,
) -> ImportedLibrary:
    """The library in one file. See `read_files`."""
    return read_files([Upload(path, name)], folder, keep_spotify=keep_spotify, cancelled=cancelled)


def read_files(
    uploads: Sequence[Upload],
    folder: Path,
    *,
    keep_spotify: bool = False,
    cancelled: Event | None = None,
) -> ImportedLibrary:
    """The library in some files, read to their ends before anything is returned. Blocks.

    The format is known by a file's content. Of an archive, the lossless JSON is read if it is
    there, else all parts with songs. An archive in an archive is read as a file of its own. The
    parts of a divided export become one. A file that is the same as another one is read once.

    folder        an empty one, for the entries
    keep_spotify  whether to keep Spotify's own JSON of each entry (`ImportedEntry.spotify`)
    cancelled     ends the reading when it is set: it raises CancelledError then

    Raises UnreadableFile, and OSError from the disk.
    """
    reading = _Reading(folder, keep_spotify, cancelled or Event())
    for upload in uploads:
        try:
            reading.add(upload)
        except UnreadableFile as error:
            if len(uploads) > 1:
                error.file_name = upload.name
                error.message += f" It’s about {safe(upload.name)}."
            raise
    library = join_files(reading.read, folder)
    library.facts.repeated += reading.repeated
    library.store()
    return library


@dataclass
class _Reading:
    """The reading of some files; `folder` is also for temporary files."""

    folder: Path
    keep_spotify: bool
    cancelled: Event
    read: list[ReadFile] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    _known: set[bytes] = field(default_factory=set)
    _limits: Limits = field(default_factory=Limits)
    _unpacking: Unpacking = field(default_factory=Unpacking)

    def add(self, upload: Upload) -> None:
        """Read a file, and the archives in it. Raises UnreadableFile."""
        with upload.path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").digest()
        if digest in self._known:
            self.repeated.append(upload.name)
            return
        self._known.add(digest)
        file = ReadFile(upload.name, FileFacts(), [])
        inner = list[ZipInfo]()
        number = len(self.read)
        self.read.append(file)
        try:
            with closing(self._file(upload, file.facts, inner)) as entries:
                file.lists.extend(keep(entries, self.folder, f"{number:03}", self._limits))
        except (UnknownFile, FileEmpty, ListeningHistory):
            if not inner:
                raise
        if upload.is_inner and inner:
            raise ArchiveInArchive
        for part in inner:
            self._add_inner(upload, part)
        if not any(each.lists for each in self.read[number:]):
            raise ListeningHistory if file.facts.history_left_out else UnknownFile

    def _add_inner(self, upload: Upload, part: ZipInfo) -> None:
        """Read an archive in an archive."""
        with (
            open_archive(upload.path, self.cancelled) as archive,
            self._unpacked(archive, part) as path,
        ):
            name = PurePosixPath(part.filename).name
            try:
                self.add(Upload(path, name, is_inner=True))
            except (UnknownFile, FileEmpty, ListeningHistory) as error:
                facts = self.read[-1].facts
                facts.history_left_out |= isinstance(error, ListeningHistory)
                facts.left_out.append(part.filename)
            except UnreadableFile as error:
                raise _about(part, error) from None

    @contextmanager
    def _unpacked(self, archive: ZipFile, part: ZipInfo) -> Iterator[Path]:
        """A copy of an archive in an archive, which can be read in any order."""
        if part.file_size > _MAX_INNER:
            raise ArchiveTooLarge
        with NamedTemporaryFile(dir=self.folder) as copy:
            with archive.open(part) as file:
                shutil.copyfileobj(file, copy)
            copy.flush()
            yield Path(copy.name)

    def _file(self, upload: Upload, facts: FileFacts, inner: list[ZipInfo]) -> Entries:
        """Adds the archives in an archive to `inner`."""
        path = upload.path
        with path.open("rb") as file:
            head = file.read(8)
        for start, error in _OTHERS.items():
            if head.startswith(start):
                raise error
        if not head.startswith(_ZIP_STARTS):
            yield from read_text(
                lambda: io.BufferedReader(StoppableFile(path, self.cancelled)),
                FileLists(upload.name),
                facts,
                keep_spotify=self.keep_spotify,
            )
            return
        with open_archive(path, self.cancelled) as archive:
            self._unpacking.count(archive.infolist())
            if not _SPREADSHEETS.isdisjoint(archive.namelist()):
                raise OtherSpreadsheet
            if xlsx_rows.CONTENT_TYPES in archive.namelist():
                yield from self._workbook(archive, FileLists(upload.name), facts)
            else:
                yield from self._archive(archive, facts, inner)

    def _archive(self, archive: ZipFile, facts: FileFacts, inner: list[ZipInfo]) -> Entries:
        parts = [part for part in archive.infolist() if not part.is_dir() and not _is_junk(part)]
        heads: list[bytes] = []
        for part in parts:
            with archive.open(part) as file:
                heads.append(file.read(_HEAD))
        names = [PurePosixPath(name).name for name in archive.namelist() if name[-4:] != ".zip"]
        names.sort(key=lambda name: not name.startswith("README"))  # of an archive of several lists
        facts.part_name = next(filter(PART_NAME.match, names), "")
        lossless = [p for p, head in zip(parts, heads, strict=True) if _LOSSLESS.match(head)]
        has_songs = False
        for part, head in zip(parts, heads, strict=True):
            is_archive = head.startswith(_ZIP_STARTS)
            if lossless and part not in lossless and not is_archive:
                continue
            try:
                entries = self._part(archive, part, facts)
                if is_archive:
                    entries = self._inner(archive, part, facts, inner)
                for pair in entries:
                    has_songs = True
                    yield pair
            except (UnknownFile, FileEmpty, ListeningHistory) as error:
                facts.history_left_out |= isinstance(error, ListeningHistory)
                facts.left_out.append(part.filename)
            except UnreadableFile as error:
                raise _about(part, error) from None
        if not has_songs:
            if facts.left_out and all(name.endswith(".html") for name in facts.left_out):
                raise WebPage
            raise ListeningHistory if facts.history_left_out else UnknownFile

    def _part(self, archive: ZipFile, part: ZipInfo, facts: FileFacts) -> Entries:
        opener = partial(archive.open, part)
        return read_text(opener, _lists(part), facts, keep_spotify=self.keep_spotify)

    def _inner(
        self, archive: ZipFile, part: ZipInfo, facts: FileFacts, inner: list[ZipInfo]
    ) -> Entries:
        """Of a workbook in the archive. Another archive is added to `inner`."""
        with self._unpacked(archive, part) as path, open_archive(path, self.cancelled) as opened:
            if xlsx_rows.CONTENT_TYPES not in opened.namelist():
                inner.append(part)
                return
            self._unpacking.count(opened.infolist())
            yield from self._workbook(opened, _lists(part), facts)

    def _workbook(self, archive: ZipFile, lists: FileLists, facts: FileFacts) -> Entries:
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
        facts.kinds.add(FileKind.WORKBOOK)


def _about(part: ZipInfo, error: UnreadableFile) -> UnreadableFile:
    """The error with the name of the part."""
    error.message += f" It’s about {safe(PurePosixPath(part.filename).name)} in the archive."
    return error


def _lists(part: ZipInfo) -> FileLists:
    # /export writes the list's name as a comment: it may be more than a file's name can hold.
    return FileLists(part.filename, part.comment.decode(errors="replace"))


def _is_junk(part: ZipInfo) -> bool:
    """Whether a part says nothing of music, which needs no mention."""
    names: Sequence[str] = PurePosixPath(part.filename).parts
    return any(_JUNK.fullmatch(name) for name in names)
