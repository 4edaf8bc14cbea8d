"""Reads the rows of a CSV, however its cells are separated."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from bot.errors.files import FileCutOff, FileDamaged
from bot.library.formats.decoded_text import MAX_LINE, Lines
from bot.library.formats.imported import MAX_TEXT
from bot.library.formats.table_headers import columns_by_name

# The first lines, from which the separator is known: their number, and their characters.
_SAMPLE_LINES, _SAMPLE_SIZE = 20, 256 * 1024
# Of a row; the others are left out.
MAX_COLUMNS = 64
_SEPARATORS = ",;\t"
# A line that Excel understands, and that it does not show.
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_SHAZAM = "shazam library"
_SHAZAM_COLUMNS = 6


def read_rows(lines: Lines) -> Iterator[list[str]]:
    """The rows with their cells, of which long ones are cut; an empty line is an empty row.

    Raises FileCutOff if the last row has no end, and FileDamaged for a cell that is too large.
    """
    head: list[str] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        if len(head) == _SAMPLE_LINES or size > _SAMPLE_SIZE:
            break
    if head and head[0].strip(' \t\r\n",;').casefold() == _SHAZAM:
        return _shazam_rows(chain(head[1:], lines), _separator(head[1:]))
    separator = ""
    if head and (match := _SEPARATOR_LINE.fullmatch(head[0])):
        separator = match[1]
        del head[0]
    if not separator and (whole := _wrapped(head)):
        separator = _separator(whole)
        rows = _rows(chain(head, lines), lines, separator)
        return (next(csv.reader(row, delimiter=separator), []) for row in rows)
    return _rows(chain(head, lines), lines, separator or _separator(head))


def _rows(source: Iterable[str], lines: Lines, separator: str) -> Iterator[list[str]]:
    row_lines: list[str] = []  # of the row that is being read
    has_ended = False

    def track() -> Iterator[str]:
        nonlocal has_ended
        size = 0
        for line in source:
            size = len(line) + (size if row_lines else 0)
            if size > MAX_LINE:
                raise FileDamaged("a row is too large")
            row_lines.append(line)
            yield line
        has_ended = True

    def parse(line: str) -> list[str]:
        """The row of a line alone, in which quotation marks may mean nothing."""
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            with suppress(csv.Error):  # a cell is too large
                found = next(csv.reader([line], delimiter=separator, quoting=quoting), [])
                if len(found) == width:
                    return found if quoting == csv.QUOTE_MINIMAL else [c.strip('"') for c in found]
        return []

    tracked = track()
    reader = csv.reader(tracked, delimiter=separator)
    width, short_rows = 0, 0
    row: list[str] | None = []
    while True:
        row_lines.clear()
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:  # a cell is too large
            row, reader = None, csv.reader(tracked, delimiter=separator)
        width = width or len(row or ())
        rows = [row] if row is not None else []
        # The reader returns a row without asking for another line, unless a cell has no end.
        if row is None or has_ended or (len(row_lines) > 1 and len(row) != width):
            # A stray quotation mark has swallowed rows, unless each line alone is no row either.
            rows = [parse(line) for line in row_lines]
            is_half = has_ended and lines.is_cut and len(rows) == 1
            if is_half or not all(rows):
                if has_ended:
                    raise FileCutOff("a cell without an end")
                if row is None:
                    raise FileDamaged("a cell is too large")
                rows = [row]
        for each in rows:
            short_rows += len(each) < width
            yield [cell[:MAX_TEXT] for cell in each[:MAX_COLUMNS]]
    if lines.is_cut and row is not None and len(row) < width and short_rows == 1:
        raise FileCutOff("the last row is too short")


def _separator(head: list[str]) -> str:
    """The separator that gives the first lines the most known columns, and the most columns."""

    def score(separator: str) -> tuple[int, int]:
        try:
            rows = [row for row in csv.reader(head, delimiter=separator) if row]
        except csv.Error:
            return 0, 0
        if not rows:
            return 0, 0
        return len(columns_by_name(rows[0])), min(len(row) for row in rows[:-1] or rows)

    return max(_SEPARATORS, key=score)


def _wrapped(head: list[str]) -> list[str]:
    """The rows in the cells of a table with one column; empty if it is no such table.

    A spreadsheet with another separator saves it so: each row is a quoted cell.
    """
    with suppress(csv.Error):  # a cell is too large
        rows = [row for line in head for row in csv.reader([line.strip()]) if row]
        if all(len(row) == 1 for row in rows) and head and head[0].startswith('"'):
            whole = [row[0] for row in rows]
            first = next(csv.reader(whole[:1], delimiter=_separator(whole)), [])
            return whole if len(columns_by_name(first)) > 1 else []
    return []


def _shazam_rows(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The rows of Shazam's file, one a line. Its cells may have stray quotation marks."""
    for line in lines:
        row = next(csv.reader([line.strip()], delimiter=separator, skipinitialspace=True), [])
        if len(row) > _SHAZAM_COLUMNS:
            # The title is split; the number and time before it and the link behind it are not.
            row = [*row[:2], separator.join(row[2:-3]), *row[-3:]]
        yield [cell.strip(' "')[:MAX_TEXT] for cell in row]
