"""Writes one link to open.spotify.com a line, which spotDL and Spotify's own apps take as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song


def write(items: Iterable[Song | SavedItem]) -> Iterator[str]:
    """The file's lines, for items with a link."""
    return (f"{item.url}\n" for item in items)
