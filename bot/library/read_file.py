"""Reads a file that somebody gave to the bot, of any format that holds a library."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Event

from bot.errors.files import FileDamaged, UnknownFile
from bot.library.formats import spotify_json
from bot.library.formats.imported import Entries, FileFacts
from bot.library.formats.json_stream import JsonStream
from bot.library.imported_library import ImportedLibrary, keep


def read_library(
    path: Path,
    folder: Path,
    *,
    name: str = "",
    keep_spotify: bool = False,
    cancelled: Event | None = None,
) -> ImportedLibrary:
    """The library in a file, which is read to its end before anything is returned. Blocks.

    folder        an empty one, for the entries
    name          of the file, as its sender calls it; used where the file does not name its list
    keep_spotify  whether to keep Spotify's own JSON of each entry (`ImportedEntry.spotify`)
    cancelled     ends the reading when it is set: it raises CancelledError then

    Raises UnreadableFile, and OSError from the disk.
    """
    facts = FileFacts()
    with closing(_entries(path, facts, keep_spotify)) as entries:
        return keep(entries, facts, folder, cancelled or Event())


def _entries(path: Path, facts: FileFacts, keep_spotify: bool) -> Entries:
    with path.open(encoding="utf-8-sig") as text:
        stream = JsonStream(text)
        try:
            if stream.peek() != "{":
                raise UnknownFile
            yield from spotify_json.read(stream, facts, keep_spotify=keep_spotify)
        except UnicodeDecodeError as error:
            raise FileDamaged("no UTF-8") from error
