"""A library as a file: the liked songs, in formats that other programs read."""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass
from typing import Literal

from bot.errors.content import FileTooLarge, NothingToExport
from bot.interactions.progress import Progress
from bot.library.formats import exportify_csv, tonearm_json
from bot.spotify import Spotify
from bot.spotify.pages import SavedTrack
from bot.spotify.paging import PAGE_SIZE

ExportFormat = Literal["json", "csv"]


@dataclass(frozen=True)
class Export:
    """A finished file.

    unreadable  entries that Spotify lists without a song
    missing     how many more there should be by Spotify's own count
    """

    name: str
    content: bytes
    songs: int
    unreadable: int
    missing: int


async def liked_songs(
    spotify: Spotify, kind: ExportFormat, *, largest: int, exported_at: str, progress: Progress
) -> Export:
    """All liked songs, newest first, as one file of at most `largest` bytes, zipped if need be.

    Raises NothingToExport, FileTooLarge, and whatever the reading raises: then there is no file.
    """
    songs: list[SavedTrack] = []
    listed = spotify.library.tracks()
    async for entry in listed:
        if entry and entry.track:
            songs.append(entry)
        if listed.read_count % PAGE_SIZE == 0:
            await progress(listed.read_count, max(listed.read_count, listed.total or 0))
    if not songs:
        raise NothingToExport
    # Fifty thousand songs take a second to write, which others would have to wait for.
    name, content = await asyncio.to_thread(_file, songs, kind, exported_at, largest)
    if len(content) > largest:
        raise FileTooLarge
    return Export(name, content, len(songs), listed.read_count - len(songs), listed.missing)


def _file(
    songs: list[SavedTrack], kind: ExportFormat, exported_at: str, largest: int
) -> tuple[str, bytes]:
    text = exportify_csv.write(songs) if kind == "csv" else tonearm_json.write(songs, exported_at)
    name, content = f"liked-songs.{kind}", text.encode()
    if len(content) > largest:
        name, content = f"{name}.zip", _zip(name, content)
    return name, content


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()
