"""Files that people or programs joined, cut or saved again are read as what they were."""

from __future__ import annotations

import csv
import io
import json

from tests.test_read_formats import entries_of, reading
from tests.test_read_hostile_files import CSV, SONG, TRACK

HEADER, ROW = (line + b"\n" for line in CSV.splitlines()[:2])
BOM = b"\xef\xbb\xbf"


def _wrapped(separator: str) -> bytes:
    """As a spreadsheet saves a CSV with another separator: each row is one cell."""
    rows = [separator.join(row) for row in csv.reader(io.StringIO(CSV.decode()))]
    quoted = "\r\n".join('"' + row.replace('"', '""') + '"' for row in rows)
    return quoted.encode()


def test_joined_and_wrapped_tables_have_their_songs_and_nothing_else() -> None:
    """The artists of songs are not taken for what was saved, nor headers for songs."""
    files = {
        "a byte order mark in the middle": HEADER + BOM + ROW + ROW,
        "two marks": BOM + BOM + HEADER + ROW + ROW,
        "two files": HEADER + ROW + HEADER + ROW,
        "two files with marks": BOM + HEADER + ROW + BOM + HEADER + ROW,
        "all ends of lines": HEADER + ROW.rstrip() + b"\r" + ROW.rstrip() + b"\r\n",
        "rows in cells": HEADER.replace(b'"', b'""').strip().join([b'"', b'"\n'])
        + b"".join(b'"' + ROW.strip().replace(b'"', b'""') + b'"\r\n' for _ in range(2)),
        "rows with semicolons in cells": _wrapped(";"),
    }
    for name, content in files.items():
        entries = [(each.uri, each.name) for each in entries_of(content)]
        assert entries == [(TRACK, SONG.name)] * 2, name


def test_one_song_of_spotdl_is_a_song() -> None:
    song = {"name": "T", "artists": ["A"], "artist": "A", "genres": [], "song_id": TRACK[-22:]}
    (entry,) = entries_of(json.dumps(song).encode())
    assert (entry.uri, entry.name, entry.artists) == (TRACK, "T", ("A",))


def test_music_files_are_known_by_their_names_and_streams_are_not() -> None:
    text = "#EXTM3U\n../Music/Ada - Song.mp3\nC:\\b\\Other.FLAC\n#EXTINF:9.9,\nhttp://x/1.ts\n"
    with reading(text.encode(), "Quay.m3u8") as library:
        (listed,) = library.lists
        names = [(each.name, each.artists) for each in library.entries(listed)]
    assert names == [("Song", ("Ada",)), ("Other", ()), ("", ())]
