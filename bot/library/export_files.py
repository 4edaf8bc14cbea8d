"""Writes spooled lists as files of a format, and packs them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import BinaryIO

from bot.library.export_lists import ExportList, LibrarySection
from bot.library.export_readme import readme_text, skipped_csv
from bot.library.export_report import ListReport
from bot.library.formats import FORMATS, Format, ListInfo, encode
from bot.library.formats.library_json import write as write_json
from bot.library.formats.saved_item import SavedItem, saved_item_of
from bot.library.formats.song import Song, song_of
from bot.library.spool import SpooledList
from bot.spotify.models import Playlist

ZIP, JSON = "zip", "json"

_SONG_LISTS = (LibrarySection.LIKED, LibrarySection.EPISODES, LibrarySection.PLAYLIST)
_MAX_FILE_NAME = 60


@dataclass(frozen=True, kw_only=True)
class ExportContents:
    """What to write.

    hidden      playlists that Spotify shows only to their owners
    failed      lists that could not be read, with the reason
    unreadable  playlists that could not be read in the list of playlists
    cancelled   ends the writing when it is set: `SpooledList.entries` raises CancelledError
    """

    lists: Sequence[SpooledList]
    hidden: Sequence[Playlist] = ()
    failed: Sequence[tuple[ExportList, str]] = ()
    unreadable: int = 0
    exported_at: str
    raw: bool = False
    reports: list[ListReport] = field(default_factory=list)
    cancelled: Event = field(default_factory=Event)


def write_export(contents: ExportContents, file_format: str, folder: Path) -> Path:
    """Write the file of a format, or an archive if there are several. Blocks.

    file_format  a key of FORMATS, or ZIP or JSON

    Fills `contents.reports`, one for each list in the file. Raises OSError from the disk.
    """
    if file_format == JSON:
        path = folder / f"{_stem(contents)}.json"
        with path.open("wb") as file:
            contents.reports.extend(_write_json(contents, file))
        return path
    form = FORMATS["csv" if file_format == ZIP else file_format]
    fitting = [spooled for spooled in contents.lists if _can_carry(form, spooled)]
    if file_format != ZIP and len(fitting) == 1 == len(contents.lists):
        path = folder / f"{_stem(contents)}{form.suffix}"
        with path.open("wb") as file:
            _write_list(contents, fitting[0], form, file)
        return path
    path = folder / f"{_stem(contents)}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_archive(contents, archive, form, fitting, with_json=file_format == ZIP)
    return path


def _write_archive(
    contents: ExportContents,
    archive: zipfile.ZipFile,
    form: Format,
    fitting: Sequence[SpooledList],
    *,
    with_json: bool,
) -> None:
    """Write the lists that fit the format, what was skipped, and the README."""

    def add(name: str, write: Callable[[BinaryIO], object]) -> None:
        with archive.open(name, "w", force_zip64=True) as member:
            write(member)  # type: ignore[arg-type]

    for number, spooled in enumerate(fitting, 1):
        name = _member_name(spooled.source, number, form.suffix)
        add(name, partial(_write_list, contents, spooled, form))
    if with_json:
        add("library.json", partial(_write_json, contents))
    if skipped := skipped_csv(contents.reports):
        add("skipped.csv", partial(encode, skipped))
    text = readme_text(
        contents.reports,
        exported_at=contents.exported_at,
        raw=contents.raw,
        hidden=[playlist.name or "Untitled" for playlist in contents.hidden],
        failed=[(source.name, reason) for source, reason in contents.failed],
        left_out=[each.source.name for each in contents.lists if each not in fitting],
        unreadable=contents.unreadable,
    )
    add("README.txt", partial(encode, [text]))


def _write_json(contents: ExportContents, file: BinaryIO) -> list[ListReport]:
    """Write all lists; returns a report for each."""
    reports = [_new_report(spooled) for spooled in contents.lists]
    text = write_json(contents.lists, reports, contents.hidden, exported_at=contents.exported_at)
    encode(text, file)
    return reports


def _write_list(
    contents: ExportContents, spooled: SpooledList, form: Format, file: BinaryIO
) -> None:
    report = _new_report(spooled)
    contents.reports.append(report)
    source = spooled.source
    info = ListInfo(
        name=source.name,
        exported_at=contents.exported_at,
        raw=contents.raw,
        link=source.playlist.uri.link if source.playlist and source.playlist.uri else "",
        is_playlist=source.playlist is not None,
    )
    if source.section in _SONG_LISTS:
        form.write(_songs(spooled, report), file, info)
    else:
        assert form.write_items is not None
        form.write_items(_items(spooled, report), file, info)


def _new_report(spooled: SpooledList) -> ListReport:
    return ListReport(
        spooled.source.name,
        spooled.source.noun,
        missing=spooled.missing,
        counts=spooled.counts,
        complete=spooled.complete,
    )


def _songs(spooled: SpooledList, report: ListReport) -> Iterator[Song]:
    for entry, line in spooled.entries():
        report.count(entry, line)
        if (song := song_of(entry)) is not None:
            yield song


def _items(spooled: SpooledList, report: ListReport) -> Iterable[SavedItem]:
    for entry, line in spooled.entries():
        report.count(entry, line)
        if (item := saved_item_of(entry)) is not None:
            yield item


def _can_carry(form: Format, spooled: SpooledList) -> bool:
    return spooled.source.section in _SONG_LISTS or form.write_items is not None


def _stem(contents: ExportContents) -> str:
    """The file's name without its suffix: never a part of what somebody called a playlist."""
    if len(contents.lists) == 1 and not contents.hidden:
        return contents.lists[0].source.section.value
    return "library"


def _member_name(source: ExportList, number: int, suffix: str) -> str:
    """The path of a list in the archive. The number keeps apart playlists of one name."""
    if source.playlist is None:
        return f"{source.section}{suffix}"
    return f"playlists/{number:03} {file_name(source.name)}{suffix}".replace(" .", ".")


def file_name(name: str) -> str:
    """The name with only those characters that every file system takes."""
    kept = "".join(c if c.isalnum() or c in " -_()&" else "_" for c in name)
    return " ".join(kept.split())[:_MAX_FILE_NAME].strip()
