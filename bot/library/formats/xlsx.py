"""Writes an Excel workbook row by row, so that its memory does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song

# Excel's limits for a cell's text and for a sheet's name.
_MAX_TEXT, _MAX_SHEET_NAME = 32_767, 31
# The titles that are links: xlsxwriter keeps some 600 bytes of each until the end. Excel allows
# 65,530.
_MAX_LINKS = 15_000
_FORBIDDEN_IN_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))

# Each column: its header, and its width in characters.
COLUMNS = (
    ("Title", 40),
    ("Artists", 30),
    ("Album", 30),
    ("Length (s)", 10),
    ("Release date", 13),
    ("Disc", 6),
    ("Track", 6),
    ("Explicit", 9),
    ("ISRC", 15),
    ("Added at (UTC)", 20),
    ("Added by", 20),
    ("Spotify URI", 40),
)
ITEM_COLUMNS = (
    ("Name", 40),
    ("By", 30),
    ("Release date", 13),
    ("Parts", 8),
    ("Added at (UTC)", 20),
    ("Spotify URI", 40),
)
_DAY, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# Excel's dates begin in 1900, in which it counts a day that never was.
_MIN_YEAR = 1901


def write(songs: Iterable[Song], file: BinaryIO, *, list_name: str, folder: Path | None) -> None:
    """One sheet of songs: a frozen first row, numbers and dates as such, titles that are links.

    folder  for temporary files

    Raises OSError.
    """
    rows = ((song.url, song.name, _song_cells(song)) for song in songs)
    _write(rows, COLUMNS, file, list_name, folder)


def write_items(
    items: Iterable[SavedItem], file: BinaryIO, *, list_name: str, folder: Path | None
) -> None:
    """As `write`, of albums, artists, shows or audiobooks."""
    rows = ((item.url, item.name, _item_cells(item)) for item in items)
    _write(rows, ITEM_COLUMNS, file, list_name, folder)


def _song_cells(song: Song) -> tuple[object, ...]:
    return (
        song.byline,
        song.album.name,
        None if song.duration_ms is None else song.duration_ms / 1000,
        _date(song.release_date),
        song.disc_number,
        song.track_number,
        song.explicit,
        song.isrc,
        _date(song.added_at),
        song.added_by,
        song.uri,
    )


def _item_cells(item: SavedItem) -> tuple[object, ...]:
    return item.by, _date(item.release_date), item.parts, _date(item.added_at), item.uri


def _date(text: str) -> date | str:
    """The day or the time (UTC) of ISO 8601; the text if it is neither, such as a year."""
    try:
        value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        if isinstance(value, datetime) and value.tzinfo:
            value = value.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return text
    return value if value.year >= _MIN_YEAR else text


def _write(
    rows: Iterable[tuple[str, str, tuple[object, ...]]],
    columns: Sequence[tuple[str, int]],
    file: BinaryIO,
    list_name: str,
    folder: Path | None,
) -> None:
    """Write rows of a link, its text, and the other cells. No cell is a formula."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(folder) if folder else None,
    }
    workbook = xlsxwriter.Workbook(file, options)
    sheet = workbook.add_worksheet(_sheet_name(list_name))
    bold = workbook.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, (header, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    link = workbook.get_default_url_format()
    day, time = (workbook.add_format({"num_format": form}) for form in (_DAY, _TIME))
    for row, (url, title, cells) in enumerate(rows, 1):
        _write_title(sheet, row, url, title[:_MAX_TEXT], link)
        for column, cell in enumerate(cells, 1):
            match cell:
                case bool():
                    sheet.write_boolean(row, column, cell)
                case int() | float():
                    sheet.write_number(row, column, cell)
                case date():
                    form = time if isinstance(cell, datetime) else day
                    sheet.write_datetime(row, column, cell, form)
                case str() if cell:
                    sheet.write_string(row, column, cell[:_MAX_TEXT])
    try:
        workbook.close()
    except FileCreateError as error:
        raise error.args[0] from None  # the OSError


def _write_title(sheet: Worksheet, row: int, url: str, title: str, link: Format) -> None:
    if url and title and row <= _MAX_LINKS:
        sheet.write_url(row, 0, url, link, title)
    else:
        sheet.write_string(row, 0, title)


def _sheet_name(name: str) -> str:
    printable = "".join(c for c in name.translate(_FORBIDDEN_IN_SHEET_NAME) if c.isprintable())
    # Excel counts UTF-16 code units, and refuses the name "History".
    while len(printable.encode("utf-16-le")) > 2 * _MAX_SHEET_NAME:
        printable = printable[:-1]
    printable = printable.strip()
    return printable if printable and printable.lower() != "history" else "Songs"
