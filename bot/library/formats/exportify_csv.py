"""Writes Exportify's CSV, which most importers read (github.com/watsonbox/exportify)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.csv_text import cell_text, csv_text
from bot.library.formats.song import NamedUri, Song

COLUMNS = (
    "Track URI",
    "Track Name",
    "Artist URI(s)",
    "Artist Name(s)",
    "Album URI",
    "Album Name",
    "Album Artist URI(s)",
    "Album Artist Name(s)",
    "Album Release Date",
    "Album Image URL",
    "Disc Number",
    "Track Number",
    "Track Duration (ms)",
    "Track Preview URL",
    "Explicit",
    "Popularity",
    "ISRC",
    "Added By",
    "Added At",
)


def write(
    songs: Iterable[Song], *, raw: bool = False, byte_order_mark: bool = False
) -> Iterator[str]:
    """The file's text in chunks: every field quoted; importers take no byte order mark.

    Preview and popularity are empty: Spotify removed them from its answers in 2026.
    """
    rows = (_row(song) for song in songs)
    return csv_text(COLUMNS, rows, quote_all=True, byte_order_mark=byte_order_mark, raw=raw)


def _row(song: Song) -> tuple[str, ...]:
    return (
        song.uri,
        song.name,
        _uris(song.artists),
        _names(song.artists),
        song.album.uri,
        song.album.name,
        _uris(song.album_artists),
        _names(song.album_artists),
        song.release_date,
        song.image_url,
        cell_text(song.disc_number),
        cell_text(song.track_number),
        cell_text(song.duration_ms),
        "",
        cell_text(song.explicit),
        "",
        song.isrc,
        f"spotify:user:{song.added_by}" if song.added_by else "",
        song.added_at,
    )


def _uris(artists: tuple[NamedUri, ...]) -> str:
    return ", ".join([artist.uri for artist in artists if artist.uri])


def _names(artists: tuple[NamedUri, ...]) -> str:
    return ", ".join([artist.name.replace(",", "\\,") for artist in artists])
