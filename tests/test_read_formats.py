"""Every format of /export is read back as it was written, whatever the names are."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.export_lists import LibrarySection
from bot.library.formats import FORMATS, ListInfo
from bot.library.formats.imported import ImportedEntry
from bot.library.formats.song import NamedUri, Song
from bot.library.imported_library import ImportedLibrary
from bot.library.read_file import read_library
from sandbox.discord import UserClient
from sandbox.spotify import Spotify

ID = "4iV5W9uYEdYUVa79Axb7R"
IDS = st.sampled_from("0123abXY").map(lambda last: ID + last)
# Names that break files which are joined or split by hand.
NAMES = st.sampled_from(
    (
        *('=HYPERLINK("x")', "'=1", "''+1", "-1", "a,b;c\td", '"quoted" "', "two\nlines\r\n", "\r"),
        *(
            "#EXTINF:1,forged",
            "</title>]]>&amp;<!DOCTYPE x>",
            "_x000D_",
            " ",
            "名前, «ñ»",
            "spotify:x",
        ),
        *(
            "a\\",
            "a, b",
            "A - B",
            "\ufeffmark",
            "\u2028",
            "sep=;",
            "Track URI",
            "\U0001f3b5",
            "1E10",
        ),
    )
) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
SONGS = st.builds(
    lambda item, artists, isrc, duration, added, **names: Song(
        uri=f"spotify:{item}" if ":" in item else f"spotify:track:{item}",
        name=names["name"],
        artists=tuple(NamedUri(artist, f"spotify:artist:{ID}1") for artist in artists),
        album=NamedUri(names["album"], f"spotify:album:{ID}2"),
        isrc=isrc,
        duration_ms=duration,
        added_at=added,
    ),
    IDS | IDS.map("episode:{}".format),
    st.lists(NAMES, min_size=1, max_size=3),
    st.sampled_from(("", "USRC17607839", "GBAYE6800011")),
    st.none() | st.integers(0, 10**8),
    st.sampled_from(("", "2026-01-02T03:04:05Z", "2012-12-31T23:59:59Z")),
    name=NAMES,
    album=NAMES,
)


@contextmanager
def reading(content: bytes, name: str = "liked-songs.bin") -> Iterator[ImportedLibrary]:
    """The library in a file of a content."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        yield read_library(path, Path(folder), name=name)


def entries_of(content: bytes) -> list[ImportedEntry]:
    """The entries of the only list in a file."""
    with reading(content, "liked-songs.bin") as library:
        (only,) = library.lists
        return list(library.entries(only))


def written(name: str, songs: list[Song]) -> bytes:
    file = io.BytesIO()
    info = ListInfo(exported_at="2026-11-28T00:00:00Z", name="Roadtrip", is_playlist=True)
    FORMATS[name].write(songs, file, info)
    return file.getvalue()


def _plain(text: str) -> str:
    """The text without spaces and what XML and lines cannot hold."""
    return "".join(c for c in text if c.isprintable() and c != " ")


def _exact(song: Song | ImportedEntry) -> tuple[str, ...]:
    album = song.album if isinstance(song, ImportedEntry) else song.album.name
    return song.uri, song.name, album


def _as_line(song: Song | ImportedEntry) -> tuple[str, ...]:
    return tuple(map(_plain, _exact(song)))


# Bytes: what waits to be written takes the most.
MAX_MEMORY = 5 * 1024**2

Carried = Callable[[Any], object]
# What each format carries of a song, besides its artists and the list's name.
CARRIED: dict[str, Carried] = {
    "csv": lambda s: (_exact(s), s.isrc, s.duration_ms, s.added_at),
    "exportify.net": lambda s: (_exact(s), s.duration_ms, s.added_at),
    "tunemymusic": lambda s: (_exact(s), s.isrc),
    "xlsx": lambda s: (_as_line(s), s.isrc, s.duration_ms, s.added_at),
    # Artist and title are one text, which is split at the first dash.
    "m3u8": lambda s: (s.uri, _as_line(s)[2], s.duration_ms and round(s.duration_ms / 1000)),
    "xspf": lambda s: (_as_line(s), s.duration_ms),
    "spotdl": lambda s: (_exact(s), s.isrc, round((s.duration_ms or 0) / 1000)),
    "tracks.json": _exact,
    "links": lambda s: s.uri,
}
WITHOUT_LOCAL_FILES = {"links", "spotdl", "tunemymusic", "tracks.json"}
NAMES_ITS_LIST = {"tunemymusic", "xlsx", "m3u8", "xspf", "spotdl"}
# A part of a name that a format takes for what stands between two names.
SEPARATORS = {"csv": "\\", "exportify.net": ";", "spotdl": None}


@given(st.lists(SONGS, min_size=1, max_size=5))
@settings(max_examples=settings().max_examples // 10)  # nine formats an example
def test_songs_come_back_as_they_were_written(songs: list[Song]) -> None:
    assert CARRIED.keys() == {key for key, form in FORMATS.items() if form.can_be_imported}
    for name, carried in CARRIED.items():
        with reading(written(name, songs), "any.bin") as library:
            (only,) = library.lists
            read = list(library.entries(only))
        assert [carried(entry) for entry in read] == [carried(song) for song in songs], name
        assert only.name == ("Roadtrip" if name in NAMES_ITS_LIST else "any"), name
        if name in SEPARATORS:
            for entry, song in zip(read, songs, strict=True):
                names = tuple(artist.name for artist in song.artists)
                if not any((SEPARATORS[name] or "\0") in artist for artist in names):
                    assert entry.artists == names, name


@pytest.mark.slow
def test_memory_does_not_grow_with_a_file() -> None:
    count = 10_000
    song = Song(uri=f"spotify:track:{ID}h", name="A name" * 5, artists=(NamedUri("A", ""),))
    element = {"track": song.name, "uri": song.uri, "spotify": {"track": {"images": ["x"] * 200}}}
    document = json.dumps({"tonearm": 1, "tracks": [element] * count})
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr("library.json", document)
    del document
    contents = [archive.getvalue(), written("xlsx", [song] * count)]
    del archive
    for content in contents:
        with TemporaryDirectory() as folder:
            path = Path(folder, "file")
            path.write_bytes(content)
            tracemalloc.start()
            try:
                library = read_library(path, Path(folder))
                (only,) = library.lists
                assert only.count == sum(1 for _ in library.entries(only)) == count
                assert tracemalloc.get_traced_memory()[1] < MAX_MEMORY, content[:100]
            finally:
                tracemalloc.stop()


async def test_exports_of_every_format_are_read_back_whole(
    spotify: Spotify, linked_user: UserClient, tmp_path: Path
) -> None:
    """What was sent by Discord is read: names, sections and order, duplicates, several lists."""
    ada = spotify.accounts["ada"]
    own = [p for p in ada.playlists if p and p.is_open_to("ada")]
    own[0].name = "=1, ../../x"
    own[0].items[:] = [*own[0].items, *own[0].items[:1]]
    saved = {kind: ada.saved_uris(kind) for kind in ("album", "artist", "show", "audiobook")}
    for number, name in enumerate((*CARRIED, "zip", "json")):
        reply = await linked_user.run(f"/export format:{name}")
        await reply.wait_for("Here’s your library")
        ((file_name, content),) = reply.files.items()
        path, folder = tmp_path / f"{number}", tmp_path / f"folder-{number}"
        path.write_bytes(content)
        folder.mkdir()
        library = read_library(path, folder, name=file_name)
        read: dict[str, list[list[str]]] = {}
        for each in library.lists:
            if not each.hidden:
                key = each.name if each.section is LibrarySection.PLAYLIST else each.section
                uris = [entry.uri for entry in library.entries(each) if entry.uri]
                read.setdefault(key, []).append(uris)
        form = FORMATS.get(name)
        expected = {"liked-songs": [uri for uri, _ in ada.liked]}
        expected["episodes"] = [uri for uri, _ in ada.saved_items("episode")]
        expected |= {p.name: [item.uri for item in p.items if item.uri] for p in own}
        if name in WITHOUT_LOCAL_FILES:
            for uris in expected.values():
                uris[:] = [uri for uri in uris if not uri.startswith("spotify:local:")]
        if form is None or form.write_items is not None:
            for kind, there in saved.items():
                assert set(read.pop(f"{kind}s")[0]) == there, (name, kind)
        assert read == {key: [uris] for key, uris in expected.items()}, name
        assert library.facts.left_out == []
