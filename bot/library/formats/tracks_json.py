"""Writes the flat `tracks.json` that many scripts read: ID, name, images, artist and album."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.json_text import json_array
from bot.library.formats.song import Song


def write(songs: Iterable[Song]) -> Iterator[str]:
    """The file's text in chunks; the ID of a local file is null. Reading is in `flat_json`."""
    yield from json_array(_element(song) for song in songs)
    yield "\n"


def _element(song: Song) -> dict[str, object]:
    return {
        "id": song.id or None,
        "name": song.name,
        "images": [
            {"height": height, "url": url, "width": width} for url, width, height in song.images
        ],
        "artist": song.byline,
        "album": song.album.name,
        # Else its ID would be taken for a track's.
        **({"type": "episode"} if ":episode:" in song.uri else {}),
    }
