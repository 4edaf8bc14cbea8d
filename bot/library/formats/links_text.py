"""Writes and reads lists of links, one a line, which spotDL and Spotify's own apps take as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

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

# In a word that may be a link to Spotify.
LINK = re.compile(r"spotify(\.com/|\.link/|\.app\.link/|:)|spoti\.fi/", re.IGNORECASE)
_GAPS = re.compile(r"[\s,;|]+")


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
        for entry in _entries_of(text):
            if entry.problem is EntryProblem.UNREADABLE and lines.is_cut and "spotify" in text:
                raise FileCutOff("the last link is cut off")
            yield lists.of(entry), entry
    yield from lists.if_none()


def _entries_of(line: str) -> list[ImportedEntry]:
    """An entry for each link of a line, repeated ones too."""
    if uri := spotify_uri(line):
        return [new_entry(uri=uri)]
    words = [word for word in _GAPS.split(line) if LINK.search(word)]
    return [_entry_of(word[:MAX_TEXT]) for word in words or [line]]


def _entry_of(word: str) -> ImportedEntry:
    uri = spotify_uri(word)
    if not uri:
        with suppress(UnreadableLink):
            uri = next((str(each) for each in find_links(word) if isinstance(each, Uri)), "")
    entry = new_entry(uri=uri or word)
    return entry if uri else replace(entry, name=clean(word))
