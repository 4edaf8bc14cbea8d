"""Writes Tonearm's own JSON: a versioned document with one object for each song."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from bot.library.formats.json_text import json_array
from bot.library.formats.song import Song

VERSION = 1


def write(songs: Iterable[Song], *, exported_at: str) -> Iterator[str]:
    """The file's text in chunks; what Spotify does not say is null. `exported_at` is ISO 8601."""
    yield f'{{"tonearm": {VERSION}, "exported_at": {json.dumps(exported_at)}, "liked_songs": '
    yield from json_array(_element(song) for song in songs)
    yield "}\n"


def _element(song: Song) -> dict[str, object]:
    return {
        "uri": song.uri or None,
        "name": song.name or None,
        "artists": [artist.name for artist in song.artists],
        "album": song.album.name or None,
        "album_uri": song.album.uri or None,
        "release_date": song.release_date or None,
        "duration_ms": song.duration_ms,
        "explicit": song.explicit,
        "isrc": song.isrc or None,
        "added_at": song.added_at or None,
    }
