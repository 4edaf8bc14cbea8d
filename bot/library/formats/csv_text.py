"""Writes CSV as chunks of text, with cells that no spreadsheet runs as formulas."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

# Without it, Excel decodes the file with the local code page.
BYTE_ORDER_MARK = "\ufeff"

_FORMULA_SIGNS = frozenset("=+-@")
# A text that begins like this is no formula; nor is an empty one.
_HARMLESS = {"", *string.ascii_letters, *string.digits}
# In a line of quoted cells without quotes of their own: the beginning of a cell that is neither
# empty nor harmless at the first glance.
_RISKY_CELL = re.compile('"[^A-Za-z0-9",]')
# RFC 4180 quotes cells with these; some readers end a line at a lone "\r".
_NEEDS_QUOTES = re.compile('[,"\r\n]')
_CHUNK_ROWS = 200


def csv_text(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    quote_all: bool = False,
    byte_order_mark: bool = False,
    raw: bool = False,
) -> Iterator[str]:
    """The file's text in chunks, with `\\n` at line ends. `cell_text` makes texts of other values.

    Python's csv.writer takes four times as long.

    raw  whether to leave cells alone that a spreadsheet would run as formulas
    """
    if byte_order_mark:
        yield BYTE_ORDER_MARK
    line = _quoted if quote_all else _quoted_if_needed
    all_rows = chain((columns,), rows)
    while chunk := "".join([line(row, raw) for row in islice(all_rows, _CHUNK_ROWS)]):
        yield chunk


def cell_text(value: int | None) -> str:
    """A number or a boolean as the text of a cell; None is an empty cell."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(row: Sequence[str], raw: bool) -> str:
    line = '"' + '","'.join(row) + '"'
    if line.count('"') == 2 * len(row) and (raw or not _RISKY_CELL.search(line)):
        return line + "\n"  # at once, as most lines are
    return ",".join(map(_cell, row if raw else map(_safe, row))) + "\n"


def _quoted_if_needed(row: Sequence[str], raw: bool) -> str:
    find = _NEEDS_QUOTES.search
    texts = row if raw else map(_safe, row)
    return ",".join([_cell(text) if find(text) else text for text in texts]) + "\n"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text as a formula (OWASP, "CSV Injection")."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    characters = unicodedata.normalize("NFKC", text)
    # A spreadsheet may ignore spaces, control and format characters before a formula.
    visible = (c for c in characters if unicodedata.category(c)[0] not in "CZ")
    return next(visible, "") in _FORMULA_SIGNS


def _safe(text: str) -> str:
    if text[:1] in _HARMLESS:
        return text
    # What looks like the result gets another apostrophe, so that `unescaped` restores each cell.
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescaped(cell: str) -> str:
    """The text of a cell before `csv_text` made it harmless. An apostrophe of its own stays."""
    return cell[1:] if cell[:1] == "'" and is_formula(cell.lstrip("'")) else cell
