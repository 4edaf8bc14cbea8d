"""Writes Tonearm's own JSON: a versioned document with one object for each song."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.spotify.models import Episode, Track
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
    item = song.track
    assert item is not None
    # An episode among the songs has a show instead of an album.
    track = item if isinstance(item, Track) else Track("")
    album = track.album
    source = item.show if isinstance(item, Episode) else album
    return {
        "uri": str(item.uri) if item.uri else item.raw_uri,
        "name": item.name,
        "artists": [artist.name for artist in track.artists or []],
        "album": source.name if source else None,
        "album_uri": str(source.uri) if source and source.uri else None,
        "release_date": album.release_date if album else None,
        "duration_ms": item.duration_ms,
        "explicit": track.explicit,
        "isrc": track.external_ids.isrc if track.external_ids else None,
        "added_at": song.added_at,
    }
