"""Writes Tonearm's own JSON: a versioned document with one object for each song."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.spotify.pages import SavedTrack

VERSION = 1


def write(songs: Iterable[SavedTrack], exported_at: str) -> str:
    """The file's text; what Spotify does not say is null. `exported_at` is ISO 8601."""
    document = {
        "tonearm": VERSION,
        "exported_at": exported_at,
        "liked_songs": [_song(song) for song in songs],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _song(song: SavedTrack) -> dict[str, object]:
    track = song.track
    assert track is not None
    album = track.album
    return {
        "uri": track.raw_uri,
        "name": track.name,
        "artists": [artist.name for artist in track.artists or []],
        "album": album.name if album else None,
        "album_uri": str(album.uri) if album and album.uri else None,
        "release_date": album.release_date if album else None,
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "isrc": track.external_ids.isrc if track.external_ids else None,
        "added_at": song.added_at,
    }
