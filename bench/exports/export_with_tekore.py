"""Exports the liked songs with tekore and Python's csv, in the columns of Exportify."""

from __future__ import annotations

import csv
from tempfile import NamedTemporaryFile
from typing import Any

import tekore
import tekore._client.base

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.library.formats.exportify_csv import COLUMNS


def row_of(entry: tekore.model.SavedTrack) -> list[Any]:
    track, album = entry.track, entry.track.album
    return [
        track.uri,
        track.name,
        ", ".join(artist.uri for artist in track.artists),
        ", ".join(artist.name for artist in track.artists),
        album.uri,
        album.name,
        ", ".join(artist.uri for artist in album.artists),
        ", ".join(artist.name for artist in album.artists),
        album.release_date,
        album.images[0].url if album.images else "",
        track.disc_number,
        track.track_number,
        track.duration_ms,
        "",
        track.explicit,
        "",
        (track.external_ids or {}).get("isrc"),
        "",
        entry.added_at.isoformat(),
    ]


tekore._client.base.prefix = f"{API_URL}/"
spotify = tekore.Spotify(TOKEN)

with measured() as usage, NamedTemporaryFile("w", newline="") as file:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in spotify.all_items(spotify.saved_tracks(limit=50)):
        writer.writerow(row_of(entry))
        usage.songs += 1
