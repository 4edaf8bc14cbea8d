"""An earlier export is read back as it was written, and two of them are compared truly."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors.backups import NotAnEarlierExport, OtherAccount
from bot.library.earlier_export import read_earlier
from bot.library.earlier_lists import EarlierExport
from bot.library.export_entry import ExportEntry
from bot.library.export_files import ExportContents
from bot.library.export_lists import EVERYTHING, ExportList, LibrarySection
from bot.library.export_report import Part
from bot.library.fit import divide
from bot.library.formats import encode
from bot.library.formats.library_json import Origin, account_mark, list_key, write
from bot.library.library_diff import Change, LibraryDiff, compare
from bot.library.line_file import LineWriter
from bot.library.spool import SpooledList
from bot.spotify.models import Playlist

ORIGIN = Origin(EVERYTHING, account_mark("ada"), "ada-id")
Entry = dict[str, Any]
# A folder in memory, where there is one.
ID = "{:022}"


def _entry(number: int, name: str, added_at: str | None, *, gone: bool = False) -> Entry:
    uri = f"spotify:track:{ID.format(number)}"
    track = {"name": name, "uri": uri, "id": ID.format(number), "type": "track", "artists": []}
    return {"added_at": added_at, "track": None if gone else track}


def _playlist(number: int, name: str | None) -> Playlist:
    uri = f"spotify:playlist:{ID.format(number)}"
    fields = {"id": ID.format(number), "uri": uri, "name": name, "snapshot_id": f"snap{number}"}
    return Playlist.decode(json.dumps(fields).encode())


def _write(
    folder: Path,
    lists: Sequence[tuple[ExportList, Sequence[Entry]]],
    *,
    complete: bool = True,
    failed: Sequence[ExportList] = (),
) -> Path:
    """A JSON file as an export writes it."""
    return _write_spooled(folder, _spool(folder, lists, complete=complete), failed)


def _spool(
    folder: Path, lists: Sequence[tuple[ExportList, Sequence[Entry]]], *, complete: bool = True
) -> list[SpooledList]:
    spooled = []
    for number, (source, entries) in enumerate(lists):
        path = folder / f"list-{number}"
        writer = LineWriter(path)
        for entry in entries:
            line = json.dumps(entry).encode()
            kept = ExportEntry.of(source.decode(line), line, keep_json=True)
            writer.write(kept.line())
        writer.close()
        spooled.append(SpooledList(source, path, len(entries), 0, None, complete, Event()))
    return spooled


def _write_spooled(
    folder: Path,
    spooled: Sequence[SpooledList],
    failed: Sequence[ExportList] = (),
    part: Part | None = None,
) -> Path:
    text = write(
        ExportContents(lists=spooled, exported_at="").each(),
        [],
        [_playlist(99, "Not mine")] if part is None or part.number == 1 else [],
        [(source, "Spotify no longer has it") for source in failed],
        lambda: [("Liked songs", 1, "why")],
        exported_at="2026-11-28T10:00:00+00:00",
        origin=ORIGIN,
        part=part,
    )
    path = folder / f"library{part.suffix if part else ''}.json"
    with path.open("wb") as file:
        encode(text, file)
    return path


def _export(
    lists: Sequence[tuple[ExportList, Sequence[Entry]]],
    folder: Path,
    **options: Any,
) -> EarlierExport:
    folder.mkdir()
    return read_earlier([_write(folder, lists, **options)], folder)


LIKED = ExportList(LibrarySection.LIKED)
NAMES = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=100)
@given(st.lists(st.tuples(NAMES, st.booleans()), max_size=12), NAMES, st.booleans())
def test_what_was_written_is_read_back(
    songs: list[tuple[str, bool]], name: str, is_archive: bool
) -> None:
    entries = [
        _entry(number, title, f"2026-01-{number + 1:02}", gone=gone)
        for number, (title, gone) in enumerate(songs)
    ]
    mine = ExportList(LibrarySection.PLAYLIST, _playlist(1, name))
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        path = _write(
            folder, [(LIKED, entries), (mine, [])], failed=[ExportList(LibrarySection.ALBUMS)]
        )
        if is_archive:
            packed = folder / "packed"
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("README.txt", "{}")
                archive.write(path, "library.json")
            path = packed
        export = read_earlier([path], folder)
        liked, playlist, hidden = export.lists.values()
        assert [json.loads(raw) for raw in liked.raw()] == entries
        titles = [None if gone else title for title, gone in songs]
        assert [line.title if line.uri else None for line in liked.lines()] == titles
        assert liked.complete
        assert (playlist.name, playlist.snapshot_id) == (name or "", "snap1")
        assert (playlist.count, hidden.paths, set(export.failed)) == (0, None, {"albums"})
        export.require_account("ada")
        with pytest.raises(OtherAccount):
            export.require_account("grace")


@given(st.data())
def test_damaged_file_is_refused_whole(data: st.DataObject) -> None:
    """Half a file, a forged line, another program's JSON: nothing of it is used."""
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        path = _write(folder, [(LIKED, _songs(3))])
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 2))
        damaged = data.draw(
            st.sampled_from(
                [
                    whole[:at],
                    whole.replace(b"\xc3\xa9", b"\xe9"),
                    whole.replace(b'"tonearm"', b'"other"'),
                    b"PK\x03\x04" + whole,
                    json.dumps(json.loads(whole), indent=2).encode(),
                    whole.replace(b'"spotify":', b'"spotify":{', 1),
                ]
            )
        )
        path.write_bytes(damaged)
        with pytest.raises(NotAnEarlierExport):
            read_earlier([path], folder)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=3), st.integers(1, 4), st.data())
def test_parts_are_put_together(lengths: list[int], parts: int, data: st.DataObject) -> None:
    """All parts in any order are the whole export; without one of them, nothing is complete."""
    lists = [
        (ExportList(LibrarySection.PLAYLIST, _playlist(number, "P")), _songs(length))
        for number, length in enumerate(lengths)
    ]
    parts = min(parts, sum(lengths)) or 1
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        spooled = _spool(folder, lists)
        paths = []
        for number, ranges in enumerate(divide([[1] * length for length in lengths], parts), 1):
            chosen = [
                each.part(entries.start, entries.stop)
                for each, entries in zip(spooled, ranges, strict=True)
                if entries or (number == 1 and not each.count)
            ]
            paths.append(_write_spooled(folder, chosen, part=Part(number, parts, True)))
        export = read_earlier(data.draw(st.permutations(paths)), folder)
        assert export.origin.selection == EVERYTHING
        assert all(each.complete for each in export.lists.values() if each.paths is not None)
        for source, entries in lists:
            assert [json.loads(r) for r in export.lists[list_key(source)].raw()] == entries
        if parts > 1:
            lost = data.draw(st.sampled_from(paths))
            export = read_earlier([path for path in paths if path != lost], folder)
            assert not export.origin.selection
            for source, entries in lists:
                found = export.lists.get(list_key(source))
                assert found is None or not found.complete or found.count == len(entries)


def _songs(number: int) -> list[Entry]:
    return [_entry(index, "é", None) for index in range(number)]


# The number of each song's ID, the name that it has then, and whether Spotify still has it.
Version = list[tuple[int, str, bool]]
VERSIONS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from("ab"), st.booleans()),
    max_size=10,
    unique_by=lambda song: song[0],
)


@settings(max_examples=120)
@given(VERSIONS, VERSIONS)
def test_difference_is_exact_whatever_the_order(before: Version, after: Version) -> None:
    """Each song has a date of its own, so that one which is gone can be told from a removed one."""

    def entries(version: Version) -> list[Entry]:
        return [
            _entry(number, name, f"2026-01-{number + 1:02}", gone=gone)
            for number, name, gone in version
        ]

    diff = _compare([(LIKED, entries(before))], [(LIKED, entries(after))])
    old = {number: name for number, name, gone in before if not gone}
    new = {number: name for number, name, gone in after if not gone}
    gone_now = {number for number, _, gone in after if gone}
    expected = Counter(
        [(Change.ADDED, number) for number in new.keys() - old.keys()]
        + [(Change.GONE, number) for number in old.keys() & gone_now]
        + [(Change.REMOVED, number) for number in old.keys() - new.keys() - gone_now]
        + [(Change.RENAMED, n) for n in old.keys() & new.keys() if old[n] != new[n]]
    )
    # A song that an old copy of the list shows as gone has left nothing to recognise it by.
    found = [(item.change, int(item.uri[-2:])) for each in diff.lists for item in each.changes]
    assert Counter(found) == expected


def _compare(
    before: Sequence[tuple[ExportList, Sequence[Entry]]],
    after: Sequence[tuple[ExportList, Sequence[Entry]]],
    **options: Any,
) -> LibraryDiff:
    with TemporaryDirectory() as directory:
        old = _export(before, Path(directory, "old"))
        return compare(old, _export(after, Path(directory, "new"), **options))


def test_playlists_are_compared_only_if_both_exports_read_them() -> None:
    def playlist(number: int, name: str) -> ExportList:
        return ExportList(LibrarySection.PLAYLIST, _playlist(number, name))

    songs = [_entry(1, "a", None), _entry(2, "b", None), _entry(1, "a", None)]
    before = [(playlist(number, f"P{number}"), songs) for number in range(1, 5)]
    after: list[tuple[ExportList, Sequence[Entry]]] = [
        (playlist(1, "New name"), songs),
        (playlist(2, "P2"), [songs[1], songs[0], songs[0]]),
        (playlist(5, "P5"), songs),
    ]
    diff = _compare(before, after, failed=[playlist(3, "P3")])
    assert [(each.change, each.name) for each in diff.playlists] == [
        (Change.RENAMED, "New name"),
        (Change.ADDED, "P5"),
        (Change.REMOVED, "P4"),
    ]
    assert [(each.name, each.is_reordered) for each in diff.lists] == [("P2", True)]
    assert diff.unread == ("P3",)
    # A list that was not read to its end shows what is new in it, and no removals.
    diff = _compare(before[:1], [(playlist(1, "P1"), [songs[0], _entry(7, "z", None)])])
    assert [item.change for item in diff.lists[0].changes] == [Change.ADDED] + 2 * [Change.REMOVED]
    diff = _compare(
        before[:1], [(playlist(1, "P1"), [songs[0], _entry(7, "z", None)])], complete=False
    )
    assert [item.change for item in diff.lists[0].changes] == [Change.ADDED]


def test_of_songs_added_at_once_it_is_not_guessed_which_is_gone() -> None:
    before = [_entry(number, "x", "2026-01-01") for number in range(3)]
    after = [before[0], _entry(1, "x", "2026-01-01", gone=True)]
    (liked,) = _compare([(LIKED, before)], [(LIKED, after)]).lists
    assert [item.change for item in liked.changes] == 2 * [Change.MISSING]
