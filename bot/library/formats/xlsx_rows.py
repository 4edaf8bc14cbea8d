"""Reads the rows of an Excel workbook without openpyxl, which takes 10 MiB and has no streams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO
from zipfile import ZipFile

from bot.errors.files import FileDamaged, TooManyEntries
from bot.library.formats.csv_rows import MAX_COLUMNS
from bot.library.formats.imported import MAX_TEXT
from bot.library.formats.table_headers import Column, columns_by_name
from bot.library.formats.xml_events import xml_events

CONTENT_TYPES = "[Content_Types].xml"
_SHEETS = re.compile(r"xl/worksheets/sheet[0-9]+\.xml")
_WORKBOOK = "xl/workbook.xml"
_USUAL_TITLE = re.compile(
    r"(Sheet|Tabelle|Feuil|Hoja|Foglio|Blad|Planilha|Ark|Лист|シート)[0-9]+|Songs"
)
_STRINGS = "xl/sharedStrings.xml"
# Characters of the texts that sheets share, which all stay in memory.
MAX_STRINGS = 32 * 1024 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
# Excel's escape for characters that XML cannot contain.
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# Day 0 of Excel's calendar, in which 1900 has a leap day; right from March 1900 on.
_DAY_ZERO = datetime(1899, 12, 30)
_MAX_DAY = 2_958_465  # in the year 9999


def sheets(archive: ZipFile) -> list[tuple[str, str]]:
    """The paths of the workbook's sheets in the archive, with their titles.

    A title that Excel, or /export, gives to any sheet is empty. Raises the errors of `xml_events`.
    """
    names = sorted(
        (name for name in archive.namelist() if _SHEETS.fullmatch(name)),
        key=lambda name: int(re.sub("[^0-9]", "", name)),
    )
    titles: list[str] = []
    if _WORKBOOK in archive.namelist():
        with archive.open(_WORKBOOK) as file:
            for name, attributes, _ in xml_events(file):
                if name == "sheet" and attributes is not None:
                    titles.append(attributes.get("name", ""))
    if len(titles) != len(names):
        titles = [""] * len(names)
    return [
        (name, "" if _USUAL_TITLE.fullmatch(title) else title)
        for name, title in zip(names, titles, strict=True)
    ]


def shared_strings(archive: ZipFile) -> list[str]:
    """The texts that cells of all sheets refer to. Raises the errors of `xml_events`."""
    if _STRINGS not in archive.namelist():
        return []
    strings: list[str] = []
    size = 0
    with archive.open(_STRINGS) as file:
        inside: list[str] = []
        parts: list[str] = []
        for name, attributes, text in xml_events(file):
            if attributes is not None:
                inside.append(name)
                continue
            inside.pop()
            # A phonetic guide (rPh) is not a part of the text.
            if name == "t" and "rPh" not in inside:
                parts.append(text)
            elif name == "si":
                strings.append("".join(parts))
                size += len(strings[-1]) + 50
                parts.clear()
            if size > MAX_STRINGS:
                raise TooManyEntries(MAX_STRINGS // 50, "texts")
    return strings


def read_rows(sheet: IO[bytes], strings: list[str]) -> Iterator[list[str]]:
    """The rows of a sheet as texts; a date in a column of dates is ISO 8601, in UTC.

    Raises the errors of `xml_events`.
    """
    row: list[str] = []
    dates: set[int] = set()
    is_first = True
    kind, position, value = "", 0, ""
    for name, attributes, text in xml_events(sheet):
        match name, attributes:
            case "row", None:
                if is_first:
                    found = columns_by_name(row)
                    dates = {found[c] for c in (Column.ADDED_AT,) if c in found}
                    is_first = False
                yield row
                row = []
            case "c", None:
                if position < MAX_COLUMNS:
                    row.extend([""] * (position + 1 - len(row)))
                    is_date = position in dates and not is_first
                    row[position] = _cell(kind, value, strings, is_date)
            case "c", dict():
                kind, value = attributes.get("t", "n"), ""
                reference = _REFERENCE.fullmatch(attributes.get("r", ""))
                position = _column(reference[1]) if reference else len(row)
            case (("v" | "t"), None):
                value += text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(kind: str, value: str, strings: list[str], is_date: bool) -> str:
    if kind == "s":
        try:
            value = strings[int(value)]
        except (ValueError, IndexError) as error:
            raise FileDamaged("a cell refers to no text") from error
    elif kind == "n" and is_date:
        return _date(value)
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)[:MAX_TEXT]


def _date(value: str) -> str:
    try:
        day = float(value)
    except ValueError:
        return ""
    if not 0 < day <= _MAX_DAY:
        return ""
    time = _DAY_ZERO + timedelta(seconds=round(day * 24 * 60 * 60))
    return time.isoformat() + "Z"
