"""Writes an extended M3U playlist in UTF-8, which media players open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.library.formats.song import Song

_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def write(songs: Iterable[Song], *, list_name: str) -> Iterator[str]:
    """The file's lines: for each song its seconds, artist and title, and its link or local URI."""
    yield f"#EXTM3U\n#PLAYLIST:{_line(list_name)}\n"
    for song in songs:
        seconds = -1 if song.duration_ms is None else round(song.duration_ms / 1000)
        title = " - ".join(part for part in (song.byline, song.name) if part)
        yield f"#EXTINF:{seconds},{_line(title)}\n"
        if song.album.name:
            yield f"#EXTALB:{_line(song.album.name)}\n"
        yield f"{_line(song.url or song.uri)}\n"


def _line(text: str) -> str:
    """The text on one line, so that a name cannot begin an entry."""
    return _LINE_BREAKS.sub(" ", text).strip()
