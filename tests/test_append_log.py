"""A log that was cut anywhere keeps each whole record, and takes further ones."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library.append_log import AppendLog
from bot.library.import_plan import missing_from


class _Record(msgspec.Struct, frozen=True):
    text: str


@settings(max_examples=100)
@given(st.lists(st.text(max_size=20), max_size=5), st.integers(0, 400), st.text(max_size=20))
def test_a_cut_log_keeps_whole_records(texts: list[str], cut: int, later: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "log"
        AppendLog(path, _Record).append(*map(_Record, texts))
        content = path.read_bytes()
        path.write_bytes(content[:cut])
        whole = content[:cut].count(b"\n")
        log = AppendLog(path, _Record)
        log.append(_Record(later))
        assert [record.text for record in log.read()] == [*texts[:whole], later]
        assert path.stat().st_mode & 0o077 == 0


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_what_a_playlist_lacks_makes_it_hold_each_song_as_often(
    wanted: list[str], present: list[str]
) -> None:
    missing = missing_from(wanted, present)
    for song in "abcd":
        assert missing.count(song) == max(0, wanted.count(song) - present.count(song))
    places = iter(wanted)
    assert all(song in places for song in missing)  # in the same order
