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
# RFC 4180 quotes cells with these; some readers end a line at a lone "\r".
_NEEDS_QUOTES = re.compile('[,"\r\n]')
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

    Python's csv.writer takes four times as long.

    raw  whether to leave cells alone that a spreadsheet would run as formulas
    """
    if byte_order_mark:
        yield BYTE_ORDER_MARK
    join = _quoted if quote_all else _quoted_if_needed
    # Most cells are harmless texts, at the first glance.
    texts = (
        [cell if type(cell) is str else _text(cell) for cell in row]
        for row in chain((columns,), rows)
    )
    if not raw:
        texts = ([t if t[:1] in _HARMLESS else _safe(t) for t in row] for row in texts)
    while chunk := "".join([join(row) for row in islice(texts, _CHUNK_ROWS)]):
        yield chunk


def _quoted(row: Sequence[str]) -> str:
    line = '"' + '","'.join(row) + '"\n'
    if line.count('"') == 2 * len(row):
        return line
    return ",".join(map(_cell, row)) + "\n"


def _quoted_if_needed(row: Sequence[str]) -> str:
    find = _NEEDS_QUOTES.search
    cells = [_cell(text) if find(text) else text for text in row]
    return ",".join(cells) + "\n"


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
    # What looks like the result gets another apostrophe, so that `unescaped` restores each cell.
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescaped(cell: str) -> str:
    """The text of a cell before `csv_text` made it harmless. An apostrophe of its own stays."""
    return cell[1:] if cell[:1] == "'" and is_formula(cell.lstrip("'")) else cell


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
