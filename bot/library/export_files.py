"""Writes spooled lists as files of a format, and packs them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import BinaryIO, TypeVar

from bot.library.export_lists import SONG_LISTS, ExportList, LibrarySection
from bot.library.export_readme import ABOUT_ZIP, ExportSummary, readme_text, skipped_csv
from bot.library.export_report import ListReport, Part
from bot.library.file_names import file_name, playlist_stem
from bot.library.formats import FORMATS, JSON, ZIP, Format, ListInfo, encode
from bot.library.formats.library_json import Origin
from bot.library.formats.library_json import write as write_json
from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song
from bot.library.job_files import create
from bot.library.list_feed import ListFeed, ListRestarted
from bot.library.spool import SpooledList
from bot.library.zip_merge import move_members
from bot.spotify.models import Playlist

T = TypeVar("T", Song, SavedItem)

# In bytes: a zip allows 65,535 for a comment.
_MAX_COMMENT = 4_000


@dataclass(frozen=True, kw_only=True)
class ExportContents:
    """What to write.

    feed        hands over the lists if they are still read; `lists` has only their sources then
    hidden      playlists that Spotify shows only to their owners
    failed      lists that could not be read, with the reason
    left_out    lists that the format cannot hold
    unreadable  playlists that could not be read in the list of playlists
    cancelled   ends the writing when it is set: `SpooledList.entries` raises CancelledError
    part        if the lists are a part of an export; None if they are all of it
    """

    lists: Sequence[SpooledList]
    feed: ListFeed | None = None
    hidden: Sequence[Playlist] = ()
    failed: Sequence[tuple[ExportList, str]] = ()
    left_out: Sequence[ExportList] = ()
    unreadable: int = 0
    exported_at: str
    origin: Origin = field(default_factory=Origin)
    raw: bool = False
    reports: list[ListReport] = field(default_factory=list)
    cancelled: Event = field(default_factory=Event)
    part: Part | None = None

    @property
    def is_archive(self) -> bool:
        """Whether several lists were selected, even if not all of them can be exported."""
        if self.part is not None:
            return self.part.is_of_archive
        lacking = self.hidden or self.failed or self.left_out or self.unreadable
        return len(self.lists) != 1 or bool(lacking)

    def cancel(self) -> None:
        """End the writing: it raises CancelledError."""
        self.cancelled.set()
        if self.feed is not None:
            self.feed.cancel()

    def each(self) -> Iterator[tuple[SpooledList, Callable[[], SpooledList]]]:
        """The lists, and for each what returns it as it is when all its entries were iterated."""
        if self.feed is not None:
            return iter(self.feed)
        return ((spooled, partial(_same, spooled)) for spooled in self.lists)

    @property
    def suffix(self) -> str:
        """Follows the stem of each file's name."""
        return self.part.suffix if self.part else ""


def _same(spooled: SpooledList) -> SpooledList:
    return spooled


def can_hold(file_format: str, section: LibrarySection) -> bool:
    """Whether a format, as in `write_export`, can hold the entries of such a list."""
    form = FORMATS.get(file_format)
    return form is None or section in SONG_LISTS or form.write_items is not None


def write_export(contents: ExportContents, file_format: str, folder: Path) -> Path:
    """Write the file of a format, or an archive if there are several. Blocks.

    file_format  a key of FORMATS, or ZIP or JSON; it can hold all the lists

    Fills `contents.reports`, one for each list in the file. Raises OSError from the disk.
    """
    while True:
        try:
            return _write(contents, file_format, folder)
        except ListRestarted:
            contents.reports.clear()


def _write(contents: ExportContents, file_format: str, folder: Path) -> Path:
    if file_format == JSON:
        path = folder / f"{_stem(contents)}.json"
        with create(path) as file:
            _write_json(contents, contents.reports, file)
        return path
    is_zip = file_format == ZIP
    form = FORMATS["csv" if is_zip else file_format]
    if not is_zip and not contents.is_archive:
        path = folder / f"{_stem(contents)}{form.suffix}"
        info = ListInfo(exported_at=contents.exported_at, raw=contents.raw, folder=folder)
        with create(path) as file:
            for spooled, result in contents.each():
                _write_list(contents, spooled, result, form, info, file)
        return path
    info = ListInfo(
        exported_at=contents.exported_at,
        raw=contents.raw,
        for_people=is_zip,
        in_archive=True,
        folder=folder,
    )
    path = folder / f"{_stem(contents)}.zip"
    with create(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_archive(contents, archive, form, info, folder, with_json=is_zip)
    return path


def _write_archive(
    contents: ExportContents,
    archive: zipfile.ZipFile,
    form: Format,
    info: ListInfo,
    folder: Path,
    *,
    with_json: bool,
) -> None:
    """Write the lists, what was skipped, and the README."""

    def add(name: str, write: Callable[[BinaryIO], object], title: str = "") -> None:
        with archive.open(name, "w", force_zip64=True) as member:
            write(member)  # type: ignore[arg-type]
        # An import knows the list's name from here: the file's name has only plain characters.
        archive.getinfo(name).comment = title.encode(errors="replace")[:_MAX_COMMENT]

    numbers = count(1)
    # The JSON has all lists, so it is written in the same time as the other files, and moved.
    with ThreadPoolExecutor(1) as pool:
        json = pool.submit(_write_json_archive, contents, folder) if with_json else None
        try:
            for spooled, result in contents.each():
                name = _member_name(spooled.source, numbers, f"{contents.suffix}{form.suffix}")
                write = partial(_write_list, contents, spooled, result, form, info)
                add(name, write, spooled.source.name)
        except OSError:
            contents.cancel()  # else the other thread would wait for the rest
            raise
        if json is not None:
            move_members(json.result(), archive)
    summary = _summary(contents, contents.reports)
    if rows := summary.skipped_rows():
        add(f"skipped{contents.suffix}.csv", partial(encode, skipped_csv(rows, raw=contents.raw)))
    text = readme_text(
        summary,
        about=ABOUT_ZIP if with_json else form.about,
        is_csv=form.is_csv,
        exported_at=contents.exported_at,
        raw=contents.raw,
        part=contents.part,
    )
    add(f"README{contents.suffix}.txt", partial(encode, [text]))


def _write_json_archive(contents: ExportContents, folder: Path) -> Path:
    """An archive with the JSON alone."""
    path = folder / ".json"  # no list has such a name
    name = f"library{contents.suffix}.json"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        _write_json(contents, [], member)  # type: ignore[arg-type]
    return path


def _summary(contents: ExportContents, reports: Sequence[ListReport]) -> ExportSummary:
    return ExportSummary(
        reports,
        hidden=[playlist.name or "Untitled" for playlist in contents.hidden],
        failed=[(source.name, reason) for source, reason in contents.failed],
        left_out=[source.name for source in contents.left_out],
        unreadable=contents.unreadable,
    )


def _write_json(contents: ExportContents, reports: list[ListReport], file: BinaryIO) -> None:
    """Write all lists; adds a report for each."""
    text = write_json(
        contents.each(),
        reports,
        contents.hidden,
        contents.failed,
        lambda: _summary(contents, reports).skipped_rows(),  # known when all lists are read
        exported_at=contents.exported_at,
        origin=contents.origin,
        part=contents.part,
    )
    encode(text, file)


def _write_list(
    contents: ExportContents,
    spooled: SpooledList,
    result: Callable[[], SpooledList],
    form: Format,
    info: ListInfo,
    file: BinaryIO,
) -> None:
    report = ListReport.of(spooled)
    contents.reports.append(report)
    source = spooled.source
    info = replace(
        info,
        name=source.name,
        link=source.playlist.uri.link if source.playlist and source.playlist.uri else "",
        is_playlist=source.playlist is not None,
    )
    if source.section in SONG_LISTS:
        form.write(_fitting(spooled, Song, form, report), file, info)
    else:
        assert form.write_items is not None
        form.write_items(_fitting(spooled, SavedItem, form, report), file, info)
    report.end(result())


def _fitting(spooled: SpooledList, kind: type[T], form: Format, report: ListReport) -> Iterator[T]:
    """The items of a list that the format can hold; counts all entries."""
    for entry in spooled.entries():
        item = entry.item
        has_address = item is None or form.address is None or bool(form.address(item))
        if report.count(entry, has_address=has_address) and isinstance(item, kind):
            yield item


def _stem(contents: ExportContents) -> str:
    """The file's name without its suffix."""
    if contents.is_archive:
        return f"library{contents.suffix}"
    source = contents.lists[0].source
    stem = playlist_stem(source.name) if source.playlist else source.section.value
    return stem + contents.suffix


def _member_name(source: ExportList, numbers: Iterator[int], suffix: str) -> str:
    """The path of a list in the archive. The number keeps apart playlists of one name."""
    if source.playlist is None:
        return f"{source.section}{suffix}"
    name = f"{next(numbers):03} {file_name(source.name)}".rstrip()
    return f"playlists/{name}{suffix}"
