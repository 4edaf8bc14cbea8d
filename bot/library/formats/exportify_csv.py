"""Writes Exportify's CSV, which most importers read (github.com/watsonbox/exportify)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

from bot.spotify.models import Artist, Episode, Image, Track
from bot.spotify.pages import SavedTrack

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

# Characters that a spreadsheet may ignore before a formula.
_IGNORED_PREFIX = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"


def write(songs: Iterable[SavedTrack]) -> str:
    """The file's text: every field quoted, `\\n` at line ends, a byte order mark.

    Without that mark, Excel decodes the file with the local code page.
    Preview, popularity and adder are empty: Spotify removed them from its answers in 2026.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_escape_formula(cell) for cell in _row(song)] for song in songs)
    return f"\ufeff{buffer.getvalue()}"


def _row(song: SavedTrack) -> tuple[object, ...]:
    item = song.track
    assert item is not None
    # An episode among the songs has a show instead of an album, and few of the columns.
    track = item if isinstance(item, Track) else Track("")
    album = track.album
    source = item.show if isinstance(item, Episode) else album
    explicit = track.explicit
    return (
        item.uri or item.raw_uri,
        item.name,
        _uris(track.artists),
        _names(track.artists),
        source.uri if source else None,
        source.name if source else None,
        _uris(album.artists if album else None),
        _names(album.artists if album else None),
        album.release_date if album else None,
        _largest_image(source.images if source else None),
        track.disc_number,
        track.track_number,
        item.duration_ms,
        None,
        None if explicit is None else str(explicit).lower(),
        None,
        track.external_ids.isrc if track.external_ids else None,
        None,
        song.added_at,
    )


def _uris(artists: list[Artist] | None) -> str:
    return ", ".join(str(artist.uri) for artist in artists or [] if artist.uri)


def _names(artists: list[Artist] | None) -> str:
    return ", ".join((artist.name or "").replace(",", "\\,") for artist in artists or [])


def _largest_image(images: list[Image] | None) -> str:
    usable = [image for image in images or [] if image.url]
    return (max(usable, key=lambda image: image.width or 0).url or "") if usable else ""


def _escape_formula(cell: object) -> str:
    """The cell as text that no spreadsheet runs as a formula (OWASP, "CSV Injection")."""
    text = "" if cell is None else str(cell)
    visible = unicodedata.normalize("NFKC", text).lstrip(_IGNORED_PREFIX)
    if visible.startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r", "\n")):
        return f"'{text}"
    return text
