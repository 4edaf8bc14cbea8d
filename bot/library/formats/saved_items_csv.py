"""Writes albums, artists, shows or audiobooks as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.csv_text import cell_text, csv_text
from bot.library.formats.saved_item import SavedItem

COLUMNS = ("URI", "Name", "By", "Release Date", "Parts", "Added At", "Link")


def write(items: Iterable[SavedItem], *, raw: bool = False) -> Iterator[str]:
    """The file's text in chunks; a byte order mark for Excel.

    Parts are songs, episodes or chapters.
    """
    rows = (
        (
            item.uri,
            item.name,
            item.by,
            item.release_date,
            cell_text(item.parts),
            item.added_at,
            item.url,
        )
        for item in items
    )
    return csv_text(COLUMNS, rows, quote_all=True, byte_order_mark=True, raw=raw)
