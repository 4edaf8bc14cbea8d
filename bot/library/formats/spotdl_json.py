"""Writes the save file of spotDL (github.com/spotDL/spotify-downloader): metadata only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.json_text import json_array
from bot.library.formats.song import Song


def write(songs: Iterable[Song], *, list_name: str, list_url: str = "") -> Iterator[str]:
    """The file's text in chunks. The songs have a URL, which spotDL needs.

    list_name  of the playlist or library
    list_url   its page at open.spotify.com, if it has one
    """
    elements = (
        _element(song, position, list_name, list_url) for position, song in enumerate(songs, 1)
    )
    yield from json_array(elements)
    yield "\n"


def _element(song: Song, position: int, list_name: str, list_url: str) -> dict[str, object]:
    artists = [artist.name for artist in song.artists if artist.name] or [song.album.name]
    year = song.release_date[:4]
    return {
        "name": song.name,
        "artists": artists,
        "artist": artists[0],
        "genres": [],
        "disc_number": song.disc_number or 1,
        "disc_count": 1,
        "album_name": song.album.name,
        "album_artist": song.album_artists[0].name if song.album_artists else artists[0],
        "duration": round((song.duration_ms or 0) / 1000),
        "year": int(year) if year else 0,
        "date": song.release_date,
        "track_number": song.track_number or 0,
        "tracks_count": 0,
        "song_id": song.id,
        "explicit": bool(song.explicit),
        "publisher": "",
        "url": song.url,
        "isrc": song.isrc or None,
        "cover_url": song.image_url or None,
        "copyright_text": None,
        "download_url": None,
        "lyrics": None,
        "popularity": None,
        "album_id": song.album.uri.rpartition(":")[2],
        "list_name": list_name,
        "list_url": list_url or None,
        "list_position": position,
        "list_length": None,
        "artist_id": song.artists[0].uri.rpartition(":")[2] if song.artists else "",
        "album_type": None,
    }
