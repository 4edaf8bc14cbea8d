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
    rows = (_row(song, playlist) for song in songs)
    return csv_text(COLUMNS, rows, byte_order_mark=True, raw=raw)


def _row(song: Song, playlist: str | None) -> tuple[str, ...]:
    is_episode = ":episode:" in song.uri
    kind = "Playlist" if playlist is not None else "Episode" if is_episode else "Favorite"
    # The service knows no episodes, and would take the ID of one for a track's.
    address = song.uri if is_episode else song.id
    return song.name, song.byline, song.album.name, playlist or "", kind, song.isrc, address
