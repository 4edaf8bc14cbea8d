"""Writes CSV as chunks of text, with cells that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# Without it, Excel decodes the file with the local code page.
BYTE_ORDER_MARK = "\ufeff"

_FORMULA_SIGNS = frozenset("=+-@")
# A text that begins like this is no formula; nor is an empty one.
_HARMLESS = {"", *string.ascii_letters, *string.digits}
_CHUNK_ROWS = 200


def csv_text(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    quote_all: bool = False,
    byte_order_mark: bool = False,
    raw: bool = False,
) -> Iterator[str]:
    """The file's text in chunks: `\\n` at line ends; None is an empty cell.

    raw  whether to leave cells alone that a spreadsheet would run as formulas
    """
    lines = _Lines([BYTE_ORDER_MARK] if byte_order_mark else [])
    writer = csv.writer(
        lines, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\r\n"
    )
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_text(cell) for cell in row] if raw else [_safe(cell) for cell in row])
        if number % _CHUNK_ROWS == 0:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


class _Lines(list[str]):
    """Collects the lines of a csv.writer, and ends them with `\n`.

    The writer of Python 3.11 leaves a cell with `\r` unquoted unless its own lines end with `\r\n`.
    """

    def write(self, line: str) -> None:
        self.append(f"{line[:-2]}\n")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text as a formula (OWASP, "CSV Injection")."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    characters = unicodedata.normalize("NFKC", text)
    # A spreadsheet may ignore spaces, control and format characters before a formula.
    visible = (c for c in characters if unicodedata.category(c)[0] not in "CZ")
    return next(visible, "") in _FORMULA_SIGNS


def _safe(cell: object) -> str:
    text = _text(cell)
    if text[:1] in _HARMLESS:  # most cells, and much faster
        return text
    return f"'{text}" if is_formula(text) else text


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
