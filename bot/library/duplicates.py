"""Finds songs that are in a playlist more than once, by what Spotify says about them."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from bot.library.listed_songs import ListedSong

# Two songs of the same title and artists whose lengths differ by no more than this are taken for
# the same one, in milliseconds.
MAX_DIFFERENCE = 2_000


class Reason(StrEnum):
    """Why an entry is redundant."""

    SAME = "same"
    """The same URI."""
    RECORDING = "recording"
    """The same recording by its ISRC, under another URI."""
    NAME = "name"
    """The same title and artists, and about the same length."""
    GONE = "gone"
    """Spotify no longer plays it."""


@dataclass(frozen=True)
class Redundant:
    """The copies of one URI that tidying would remove.

    song     one of the copies
    indices  of the entries to remove
    kept     the index of the entry that stays; None if none does
    """

    song: ListedSong
    reason: Reason
    indices: tuple[int, ...]
    kept: int | None = None


class SongIndex:
    """Finds the first of the songs added so far that is the same as another one."""

    def __init__(self) -> None:
        self._by_uri: dict[str, int] = {}
        self._by_isrc: dict[str, int] = {}
        self._by_name: dict[str, list[tuple[int, int]]] = {}

    def add(self, song: ListedSong, index: int) -> None:
        self._by_uri.setdefault(song.uri, index)
        if song.isrc:
            self._by_isrc.setdefault(song.isrc, index)
        if name := _name(song):
            self._by_name.setdefault(name, []).append((song.duration_ms, index))

    def find(self, song: ListedSong) -> tuple[int, Reason] | None:
        """The index of the same song, and why it is the same; None if there is none."""
        if song.uri in self._by_uri:
            return self._by_uri[song.uri], Reason.SAME
        if song.isrc and song.isrc in self._by_isrc:
            return self._by_isrc[song.isrc], Reason.RECORDING
        for duration_ms, index in self._by_name.get(_name(song), ()):
            if abs(duration_ms - song.duration_ms) <= MAX_DIFFERENCE:
                return index, Reason.NAME
        return None


def already_in(contents: Iterable[ListedSong], songs: Sequence[ListedSong]) -> dict[int, Reason]:
    """The indices of those of the songs that the playlist has, each with the reason."""
    by_uri = {song.uri: number for number, song in enumerate(songs)}
    by_isrc = _group((song.isrc, number) for number, song in enumerate(songs))
    by_name = _group((_name(song), number) for number, song in enumerate(songs))
    found: dict[int, Reason] = {}
    for entry in contents:
        if (same := by_uri.get(entry.uri)) is not None:
            found[same] = Reason.SAME
        for number in by_isrc.get(entry.isrc, ()):
            found.setdefault(number, Reason.RECORDING)
        for number in by_name.get(_name(entry), ()) if by_name else ():
            if abs(songs[number].duration_ms - entry.duration_ms) <= MAX_DIFFERENCE:
                found.setdefault(number, Reason.NAME)
    return found


def _group(keys: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """The numbers by their key; an empty key stands for an unknown one."""
    groups: dict[str, list[int]] = {}
    for key, number in keys:
        if key:
            groups.setdefault(key, []).append(number)
    return groups


def redundant_songs(contents: Iterable[ListedSong]) -> list[Redundant]:
    """What tidying would remove, in the order of the playlist.

    The first copy of a song stays. Entries without a URI and local files that must stay once cannot
    be removed by an app: see `stuck_entries`.
    """
    repeated = _repeated_keys(contents)
    index = SongIndex()
    found: dict[str, Redundant] = {}
    for number, song in enumerate(contents):
        if not song.uri or (song.playable is not False and repeated.isdisjoint(_keys(song))):
            continue
        if (known := found.get(song.uri)) is not None:
            indices = (*known.indices, number)
            found[song.uri] = Redundant(known.song, known.reason, indices, known.kept)
        elif song.playable is False and not song.is_local:
            found[song.uri] = Redundant(song, Reason.GONE, (number,))
        elif (same := index.find(song)) is None:
            index.add(song, number)
        elif not (song.is_local and same[1] is Reason.SAME):
            found[song.uri] = Redundant(song, same[1], (number,), same[0])
    return list(found.values())


def _keys(song: ListedSong) -> tuple[int, int, int]:
    """Hashes of the URI, the ISRC, and title and artists; equal songs have an equal one."""
    return hash(song.uri), hash(song.isrc), hash(_name(song))


def _repeated_keys(contents: Iterable[ListedSong]) -> frozenset[int]:
    """The keys that several entries have.

    Only these entries need an index, so that it stays small for 11,000 songs.
    """
    columns = array("q"), array("q"), array("q")
    for song in contents:
        for column, key, known in zip(
            columns, _keys(song), (song.uri, song.isrc, song.title), strict=True
        ):
            if known:
                column.append(key)
    repeated: set[int] = set()
    for column in columns:
        repeated.update(key for key, following in pairwise(sorted(column)) if key == following)
    return frozenset(repeated)


def stuck_entries(contents: Iterable[ListedSong]) -> tuple[int, int]:
    """How many entries name no item any more, and how many are repeated local files.

    Spotify's API removes neither: it removes by URI, and all copies of it.
    """
    nameless, repeated = 0, 0
    local: set[str] = set()
    for song in contents:
        nameless += not song.uri and song.playable is False
        if song.is_local:
            repeated += song.uri in local
            local.add(song.uri)
    return nameless, repeated


def matching(contents: Iterable[ListedSong], words: str) -> Iterator[ListedSong]:
    """The songs whose title and artists contain all words, each once."""
    wanted, seen = _fold(words).split(), set[str]()
    for song in contents:
        if song.uri and song.uri not in seen:
            names = _fold(f"{song.title} {song.artists}")
            if all(word in names for word in wanted):
                seen.add(song.uri)
                yield song


def _name(song: ListedSong) -> str:
    """Title and artists for comparison; empty if one is missing."""
    if not song.title or not song.artists or not song.duration_ms:
        return ""
    return f"{_fold(song.title)}\n{_fold(song.artists)}"


def _fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
