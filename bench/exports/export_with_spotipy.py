"""Exports the liked songs with spotipy and Python's csv, in the columns of Exportify."""

from __future__ import annotations

import csv
from tempfile import NamedTemporaryFile
from typing import Any

import spotipy

from bench.library.resource_usage import API_URL, TOKEN, measured
from bot.library.formats.exportify_csv import COLUMNS


def row_of(entry: dict[str, Any]) -> list[Any]:
    track, album = entry["track"], entry["track"]["album"]
    return [
        track["uri"],
        track["name"],
        ", ".join(artist["uri"] or "" for artist in track["artists"]),
        ", ".join(artist["name"] for artist in track["artists"]),
        album["uri"],
        album["name"],
        ", ".join(artist["uri"] or "" for artist in album["artists"]),
        ", ".join(artist["name"] for artist in album["artists"]),
        album.get("release_date"),
        album["images"][0]["url"] if album["images"] else "",
        track["disc_number"],
        track["track_number"],
        track["duration_ms"],
        "",
        track["explicit"],
        "",
        track.get("external_ids", {}).get("isrc"),
        "",
        entry["added_at"],
    ]


spotify = spotipy.Spotify(auth=TOKEN)
spotify.prefix = f"{API_URL}/"

with measured() as usage, NamedTemporaryFile("w", newline="") as file:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    page = spotify.current_user_saved_tracks(limit=50)
    while page:
        for entry in page["items"]:
            writer.writerow(row_of(entry))
            usage.songs += 1
        page = spotify.next(page)
