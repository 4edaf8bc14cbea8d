"""Files of JSON are read as a library: Tonearm's lossless export, and Spotify's own files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors.files import FileCutOff, FileDamaged, UnreadableFile
from bot.library.export_lists import LibrarySection
from bot.library.formats.imported import EntryProblem
from bot.library.formats.json_stream import JsonStream
from bot.library.imported_library import kept
from bot.library.read_file import read_library
from sandbox.discord import UserClient
from sandbox.spotify import Spotify

SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text('ab\\"[{,:é\n\0')
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=8,
)


class Trickle(io.StringIO):
    """A file that gives one character at a time, so that every boundary is met."""

    def read(self, size: int | None = -1, /) -> str:
        return super().read(1 if size else 0)


def _walk(stream: JsonStream, depth: int) -> Any:
    """The value that comes next, read as a whole below some depth."""
    match stream.peek() if depth else "":
        case "{":
            return {key: _walk(stream, depth - 1) for key in stream.members()}
        case "[":
            return [_walk(stream, depth - 1) for _ in stream.elements()]
    return stream.value()


def _whole(text: str, depth: int) -> Any:
    """The value of a whole document."""
    stream = JsonStream(io.StringIO(text))
    value = _walk(stream, depth)
    stream.end()
    return value


@settings(max_examples=100)
@given(VALUES, st.integers(0, 3), st.booleans())
def test_json_read_piece_by_piece_is_the_same_json(value: Any, depth: int, spaced: bool) -> None:
    text = json.dumps(value, ensure_ascii=spaced, indent=1 if spaced else None)
    stream = JsonStream(Trickle(text))
    assert _walk(stream, depth) == value
    stream.end()
    stream = JsonStream(Trickle(f"[{text}, {text} , 5]"))
    seen = [stream.value() for number, _ in enumerate(stream.elements()) if number == 2]
    assert seen == [5]


@settings(max_examples=100)
@given(VALUES, st.integers(0, 3), st.integers(0, 500))
def test_half_of_a_json_file_is_called_that(value: Any, depth: int, at: int) -> None:
    text = json.dumps([value])
    with pytest.raises(FileCutOff):
        _walk(JsonStream(Trickle(text[: at % len(text)])), depth)
    for wrong in (f"{text}]", text.replace("[", "[,", 1), f"[{text} {text}]", "[NaN]", "[1,]"):
        with pytest.raises(FileDamaged):
            _whole(wrong, depth)


def test_json_that_would_fill_the_memory_is_refused() -> None:
    for text in ("[" * 10**6, '{"a":' * 10**5, f'["{"a" * 10**7}"]', f"[{'9' * 10**5}]"):
        for depth in (0, 1, 10**4):
            with pytest.raises(UnreadableFile):
                _walk(JsonStream(io.StringIO(text)), depth)


async def test_lossless_export_is_read_back(
    spotify: Spotify, linked_user: UserClient, tmp_path: Path
) -> None:
    ada = spotify.accounts["ada"]
    reply = await linked_user.run("/export format:json")
    await reply.wait_for("Here’s your library")
    path, folder = tmp_path / "any name", tmp_path / "kept"
    path.write_bytes(reply.files["library.json"])
    folder.mkdir()
    document = json.loads(path.read_bytes())
    library = read_library(path, folder, keep_spotify=True)
    assert library.facts.is_lossless
    assert library.facts.exported_at == document["exported_at"]
    by_section = {each.section: each for each in library.lists}
    for key, section in (("tracks", LibrarySection.LIKED), ("artists", LibrarySection.ARTISTS)):
        entries = list(library.entries(by_section[section]))
        assert [entry.uri for entry in entries] == [item["uri"] for item in document[key]]
        originals = [item["spotify"] for item in document[key]]
        assert [json.loads(entry.spotify) for entry in entries] == originals
    liked = list(library.entries(by_section[LibrarySection.LIKED]))
    assert [entry.added_at for entry in liked] == [item["added_at"] for item in document["tracks"]]
    assert [e.is_local for e in liked] == [u.startswith("spotify:local:") for u, _ in ada.liked]
    assert any(entry.isrc and entry.duration_ms for entry in liked)
    playlists = [each for each in library.lists if each.section is LibrarySection.PLAYLIST]
    for listed, playlist in zip(playlists, document["playlists"], strict=True):
        assert (listed.name, listed.uri) == (playlist["name"], playlist["uri"])
        assert listed.snapshot_id == playlist["snapshot_id"]
        assert listed.hidden == (playlist["items"] is None)
        uris = [item.get("uri", "") for item in playlist["items"] or ()]
        assert [entry.uri for entry in library.entries(listed)] == uris
    again = kept(folder)
    assert again is not None
    assert [each.count for each in again.lists] == [each.count for each in library.lists]
    assert list(again.entries(again.lists[0])) == list(library.entries(library.lists[0]))


def test_spotifys_own_files_are_read(tmp_path: Path) -> None:
    track = "spotify:track:4iV5W9uYEdYUVa79Axb7Rh"
    document = {
        "tracks": [{"artist": "A", "album": "B", "track": "C", "uri": track}],
        "shows": [{"name": "Without publisher", "uri": "spotify:show:4iV5W9uYEdYUVa79Axb7Rh"}],
        "bannedTracks": [{"artist": "A", "album": "B", "track": "Hated", "uri": track}],
        "kallaxes": {"deep": [[{}]]},
        "playlists": [
            {
                "name": "Roadtrip",
                "items": [
                    {
                        "track": {
                            "trackName": "C",
                            "artistName": "A",
                            "albumName": "B",
                            "trackUri": track,
                        },
                        "episode": None,
                        "localTrack": None,
                        "addedDate": "2026-01-02",
                    },
                    {"localTrack": {"uri": "spotify:local:An+Artist:An%20Album:A+Title:123"}},
                    {"track": None, "episode": None, "localTrack": None},
                ],
                "description": "after the items",
            }
        ],
    }
    path = tmp_path / "file"
    path.write_text(json.dumps(document))
    library = read_library(path, tmp_path)
    liked, shows, playlist = library.lists
    (song,) = library.entries(liked)
    assert (song.uri, song.name, song.artists, song.album) == (track, "C", ("A",), "B")
    assert [show.name for show in library.entries(shows)] == ["Without publisher"]
    assert (playlist.name, playlist.description) == ("Roadtrip", "after the items")
    first, local, nothing = library.entries(playlist)
    assert (first.uri, first.added_at, first.album) == (track, "2026-01-02", "B")
    assert (local.artists, local.album, local.name) == (("An Artist",), "An Album", "A Title")
    assert (local.duration_ms, local.problem) == (123_000, EntryProblem.LOCAL_FILE)
    assert nothing.problem is EntryProblem.UNREADABLE
    assert (playlist.count, playlist.usable) == (3, 1)
