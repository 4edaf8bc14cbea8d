"""Writes and reads lists of links, one a line, which spotDL and Spotify's own apps take as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from bot.errors.content import UnreadableLink
from bot.errors.files import FileCutOff
from bot.library.formats.decoded_text import Lines
from bot.library.formats.imported import (
    MAX_TEXT,
    Entries,
    EntryProblem,
    ImportedEntry,
    clean,
    new_entry,
    spotify_uri,
)
from bot.library.formats.list_name import FileLists
from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song
from bot.spotify.links import find_links
from bot.spotify.uris import Uri


def write(items: Iterable[Song | SavedItem]) -> Iterator[str]:
    """The file's lines, for items with a link."""
    return (f"{item.url}\n" for item in items)


def read(lines: Lines, lists: FileLists) -> Entries:
    """An entry for each link, with any text around it. Empty lines and comments (`#`) are passed.

    Raises FileCutOff if the last line is a part of a link.
    """
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        # A long line may hold all links, with spaces or commas between them.
        parts = [text] if len(text) <= MAX_TEXT else re.split(r"[\s,;]+", text)
        for entry in (entry for part in parts for entry in _entries_of(part[:MAX_TEXT])):
            if entry.problem is EntryProblem.UNREADABLE and lines.is_cut and "spotify" in text:
                raise FileCutOff("the last link is cut off")
            yield lists.of(entry), entry
    yield from lists.if_none()


def _entries_of(line: str) -> list[ImportedEntry]:
    if uri := spotify_uri(line):
        return [new_entry(uri=uri)]
    try:
        found = [target for target in find_links(line) if isinstance(target, Uri)]
    except UnreadableLink:
        found = []
    if found:
        return [new_entry(uri=str(uri)) for uri in found]
    return [replace(new_entry(uri=line), name=clean(line))]
