"""Writes TuneMyMusic's CSV, which that service and several others import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.csv_text import csv_text
from bot.library.formats.song import Song

COLUMNS = (
    "Track name",
    "Artist name",
    "Album",
    "Playlist name",
    "Type",
    "ISRC",
    "Spotify - id",
)


def write(
    songs: Iterable[Song], *, playlist: str | None = None, raw: bool = False
) -> Iterator[str]:
    """The file's text in chunks, with a byte order mark as TuneMyMusic writes it.

    playlist  the playlist's name; None for liked songs, which the service calls favorites
    """
    name, kind = ("", "Favorite") if playlist is None else (playlist, "Playlist")
    rows = (
        (song.name, song.byline, song.album.name, name, kind, song.isrc, _track_id(song))
        for song in songs
    )
    return csv_text(COLUMNS, rows, byte_order_mark=True, raw=raw)


def _track_id(song: Song) -> str:
    """The ID of a track; empty for an episode, whose ID would be taken for a track's."""
    return song.id if ":track:" in song.uri else ""
