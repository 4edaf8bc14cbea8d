"""Writes CSV as chunks of text, with cells that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
import string
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# Without it, Excel decodes the file with the local code page.
BYTE_ORDER_MARK = "\ufeff"

# Characters that a spreadsheet may ignore before a formula.
_IGNORED_PREFIX = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"
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
    buffer = io.StringIO()
    writer = csv.writer(
        buffer, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    if byte_order_mark:
        buffer.write(BYTE_ORDER_MARK)
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([_text(cell) for cell in row] if raw else [_safe(cell) for cell in row])
        if number % _CHUNK_ROWS == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run the text as a formula (OWASP, "CSV Injection")."""
    visible = unicodedata.normalize("NFKC", text).lstrip(_IGNORED_PREFIX)
    return visible.startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r", "\n"))


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
