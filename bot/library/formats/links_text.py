"""Writes one link to open.spotify.com a line, which spotDL and Spotify's own apps take as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.library.formats.song import Song


def write(songs: Iterable[Song]) -> Iterator[str]:
    """The file's lines. A local file, which has no link, is left out."""
    return (f"{song.url}\n" for song in songs if song.url)
