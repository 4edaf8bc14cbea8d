"""Writes an Excel workbook row by row, so that its memory does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.library.formats.song import Song

# Excel's limits for a cell's text, for a sheet's name and for the links of a sheet.
_MAX_TEXT, _MAX_SHEET_NAME, _MAX_LINKS = 32_767, 31, 65_000
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
    ("Added at", 22),
    ("Added by", 20),
    ("Spotify URI", 40),
)


def write(songs: Iterable[Song], file: BinaryIO, *, list_name: str) -> None:
    """One sheet: a frozen first row, numbers as numbers, titles that link to Spotify.

    No cell is a formula: each text is written as text.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(list_name))
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, (header, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, header, bold)
        link = workbook.get_default_url_format()
        for row, song in enumerate(songs, 1):
            _write_row(sheet, row, song, link)


def _write_row(sheet: Worksheet, row: int, song: Song, link: Format) -> None:
    title = song.name[:_MAX_TEXT]
    if song.url and title and row <= _MAX_LINKS:
        sheet.write_url(row, 0, song.url, link, title)
    else:
        sheet.write_string(row, 0, title)
    seconds = None if song.duration_ms is None else song.duration_ms / 1000
    cells: tuple[object, ...] = (
        song.byline,
        song.album.name,
        seconds,
        song.release_date,
        song.disc_number,
        song.track_number,
        song.explicit,
        song.isrc,
        song.added_at,
        song.added_by,
        song.uri,
    )
    for column, cell in enumerate(cells, 1):
        if isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(row, column, cell)
        elif cell:
            sheet.write_string(row, column, str(cell)[:_MAX_TEXT])


def _sheet_name(name: str) -> str:
    printable = "".join(c for c in name.translate(_FORBIDDEN_IN_SHEET_NAME) if c.isprintable())
    # Excel counts UTF-16 code units, and refuses the name "History".
    while len(printable.encode("utf-16-le")) > 2 * _MAX_SHEET_NAME:
        printable = printable[:-1]
    printable = printable.strip()
    return printable if printable and printable.lower() != "history" else "Songs"
