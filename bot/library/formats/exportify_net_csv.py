"""Writes the CSV of exportify.net (github.com/pavelkomarov/exportify)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.csv_text import cell_text, csv_text
from bot.library.formats.song import Song

COLUMNS = (
    "Track URI",
    "Track Name",
    "Album Name",
    "Artist Name(s)",
    "Release Date",
    "Duration (ms)",
    "Popularity",
    "Explicit",
    "Added By",
    "Added At",
    "Genres",
    "Record Label",
    "Danceability",
    "Energy",
    "Key",
    "Loudness",
    "Mode",
    "Speechiness",
    "Acousticness",
    "Instrumentalness",
    "Liveness",
    "Valence",
    "Tempo",
    "Time Signature",
)


def write(
    songs: Iterable[Song], *, raw: bool = False, byte_order_mark: bool = True
) -> Iterator[str]:
    """The file's text in chunks; exportify.net begins a single file with a byte order mark.

    Popularity, genres, label and the audio features are empty: Spotify no longer gives them.
    """
    return csv_text(COLUMNS, map(_row, songs), byte_order_mark=byte_order_mark, raw=raw)


def _row(song: Song) -> tuple[str, ...]:
    known = (
        song.uri,
        song.name,
        song.album.name,
        ";".join(artist.name for artist in song.artists),
        song.release_date,
        cell_text(song.duration_ms),
        "",
        cell_text(song.explicit),
        song.added_by,
        song.added_at,
    )
    return known + ("",) * (len(COLUMNS) - len(known))
