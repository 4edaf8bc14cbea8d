"""Exports the liked songs as a file that other programs can read."""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass

from bot.errors.content import FileTooLarge, NothingToExport
from bot.interactions.progress import Progress
from bot.library.formats import FORMATS, ListInfo
from bot.library.formats.song import Song, song_of
from bot.spotify import Spotify
from bot.spotify.entries import Entries
from bot.spotify.paging import PAGE_SIZE

LIKED_SONGS = "Liked songs"


@dataclass(frozen=True)
class Export:
    """An export file.

    name        of the file
    songs       the number of songs in it
    unreadable  the number of entries that Spotify lists without a song
    missing     the number of entries that Spotify counts but does not list
    counts      Spotify's lowest and highest count, if they differ although nothing moved
    complete    whether the list had an end; if not, there may be more songs
    """

    name: str
    content: bytes
    songs: int
    unreadable: int
    missing: int
    counts: tuple[int, int] | None
    complete: bool


async def liked_songs(
    spotify: Spotify,
    file_format: str,
    *,
    max_bytes: int,
    exported_at: str,
    progress: Progress,
    raw: bool = False,
) -> Export:
    """All liked songs, newest first, as a file that is zipped if it exceeds `max_bytes`.

    file_format  a key of FORMATS
    exported_at  ISO 8601
    progress     called after each page of songs
    raw          whether cells of CSV that a spreadsheet would run as formulas stay as they are

    Raises NothingToExport, FileTooLarge if the zip file exceeds `max_bytes`, and SpotifyError.
    """
    songs: list[Song] = []
    paging = spotify.library.tracks()
    async for entry in paging:
        if entry and (song := song_of(entry)):
            songs.append(song)
        if paging.read_count % PAGE_SIZE == 0:
            await progress(paging.read_count, max(paging.read_count, paging.total or 0))
    listed = paging.read_count + paging.missing
    Entries(songs, unreadable=listed - len(songs)).require(NothingToExport)
    info = ListInfo(name=LIKED_SONGS, exported_at=exported_at, raw=raw)
    # Writing 50,000 songs takes a second, during which the event loop must not block.
    name, content = await asyncio.to_thread(_file, songs, file_format, info, max_bytes)
    if len(content) > max_bytes:
        raise FileTooLarge
    return Export(
        name,
        content,
        songs=len(songs),
        unreadable=paging.read_count - len(songs),
        missing=paging.missing,
        counts=None if paging.moved else paging.totals.range,
        complete=paging.complete,
    )


def _file(songs: list[Song], file_format: str, info: ListInfo, max_bytes: int) -> tuple[str, bytes]:
    """The file's name and content."""
    form = FORMATS[file_format]
    buffer = io.BytesIO()
    form.write(songs, buffer, info)
    name, content = f"liked-songs{form.suffix}", buffer.getvalue()
    if len(content) > max_bytes:
        name, content = f"{name}.zip", _zip(name, content)
    return name, content


def _zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()
