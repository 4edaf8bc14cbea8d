"""Reads tables of songs, whose columns are known by what is in them, by their order or name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, dropwhile, islice

from bot.errors.files import ListeningHistory, UnknownFile
from bot.library.export_lists import LibrarySection
from bot.library.formats.csv_text import is_formula, unescaped
from bot.library.formats.imported import (
    Entries,
    ImportedEntry,
    ImportedList,
    clean,
    new_entry,
    only_songs,
    spotify_uri,
)
from bot.library.formats.list_name import NAMES, FileLists
from bot.library.formats.table_headers import (
    Column,
    columns_by_name,
    is_listening_history,
    is_skipped_table,
)
from bot.spotify.uris import Kind

# The rows from whose content the columns are known, and the share of them that must agree.
_SAMPLE_ROWS = 100
_MIN_SHARE = 0.8
# Exportify's order, which is the same in all languages.
_EXPORTIFY = {
    Column.NAME: 1,
    Column.ARTISTS: 3,
    Column.ALBUM: 5,
    Column.DURATION_MS: 12,
    Column.ISRC: 16,
}
_EXPORTIFY_NET = {Column.URI: 0, Column.NAME: 1, Column.ALBUM: 2, Column.ARTISTS: 3}
_ARTIST_URIS, _ALBUM_URI, _EXPORTIFY_WIDTHS = 2, 4, (19, 20)
_ISRC = re.compile(r"[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)?")
_NUMBER = re.compile(r"[0-9]{1,7}([.,][0-9]{0,20})?")
# What JavaScript writes into a cell that has nothing.
_NOTHING = {"undefined", "null"}
# Types of TuneMyMusic's rows that are kinds of items, with the lists that hold those.
_ITEM_TYPES: dict[str, LibrarySection] = {
    Kind.ALBUM: LibrarySection.ALBUMS,
    Kind.ARTIST: LibrarySection.ARTISTS,
    Kind.EPISODE: LibrarySection.EPISODES,
}
_SONG = re.compile("spotify.{0,30}(?:track|episode|local)[:/]")
_SONG_URIS = ("spotify:track:", "spotify:episode:", "spotify:local:")
_FAVORITE = "favorite"


def read(rows: Iterator[list[str]], lists: FileLists, *, is_csv: bool = True) -> Entries:
    """The entries of a table, which may have a row of headers, and empty rows before it.

    is_csv  whether formulas may have been made harmless, as `csv_text` does it

    Raises UnknownFile for a table without songs, and ListeningHistory.
    """
    sample = list(islice(dropwhile(_is_empty, rows), _SAMPLE_ROWS))
    if not sample:
        raise UnknownFile("an empty table")
    has_header = not any(map(_is_uri, sample[0]))
    header = sample[0] if has_header else []
    if is_listening_history(header):
        raise ListeningHistory
    columns, split = _layout(header, sample[has_header:])
    if is_skipped_table(header) or not columns.keys() & {Column.URI, Column.NAME, Column.ISRC}:
        raise UnknownFile("a table without songs")
    # A file with a formula was not made harmless.
    is_escaped = is_csv and not any(is_formula(cell) for row in sample for cell in row)
    playlists: dict[tuple[LibrarySection, str], ImportedList] = {}
    is_grouped = {Column.PLAYLIST, Column.TYPE} <= columns.keys()
    if len(sample) == has_header:
        yield lists.songs(), None

    def entries() -> Entries:
        for row in chain(sample[has_header:], rows):
            if _is_empty(row) or _is_header(row, header):
                continue
            cells = {name: _cell(row, position, is_escaped) for name, position in columns.items()}
            entry = _entry(cells, split)
            yield _group(cells, playlists) if is_grouped else lists.of(entry), entry

    # The songs that TuneMyMusic takes from YouTube have a title only.
    yield from entries() if is_grouped else only_songs(entries())


def is_table(rows: Sequence[list[str]]) -> bool:
    """Whether the first rows of a text are a table of songs. Raises ListeningHistory."""
    rows = list(dropwhile(_is_empty, rows))
    first = next(iter(rows), [])
    if is_listening_history(first):
        raise ListeningHistory
    if sum(map(_is_uri, first)):
        # A row of a table without headers; several links in a line are no row.
        return len(first) > 1 and len(_SONG.findall(" ".join(first))) == 1
    columns = columns_by_name(first)
    return bool(columns.keys() & {Column.URI, Column.NAME, Column.ISRC}) or (
        len(rows) > 1 and any(map(_is_uri, rows[1])) and len(rows[1]) == len(first) > 1
    )


def _layout(
    header: Sequence[str], sample: Sequence[list[str]]
) -> tuple[dict[Column, int], Callable[[str], Sequence[str]]]:
    """The position of each known column, and what tells apart the artists in a cell.

    A column is known by its content, else by its order, else by its name.
    """
    columns = columns_by_name(list(header))
    width = max((len(row) for row in sample), default=len(header))
    contents = [
        [row[position].strip() for row in sample if position < len(row)]
        for position in range(width)
    ]
    split = _as_one
    if _is_exportify(header, sample, columns):
        columns |= _EXPORTIFY
        columns.setdefault(Column.ADDED_AT, (len(header) or width) - 1)
        split = _split_at_commas
    elif columns.items() >= _EXPORTIFY_NET.items():
        split = _split_at_semicolons
    named = columns.get(Column.URI, width)
    has_songs = named < width and any(map(_is_song, contents[named]))
    if not has_songs and (uri := _uri_column(contents)) is not None:
        columns[Column.URI] = uri
    for column, pattern in ((Column.ISRC, _ISRC), (Column.ADDED_AT, _TIME)):
        matching = [
            i for i, cells in enumerate(contents) if _share(cells, pattern.fullmatch) >= _MIN_SHARE
        ]
        if matching and columns.get(column) not in matching:
            columns[column] = matching[-1]
    return columns, split


def _is_exportify(
    header: Sequence[str], sample: Sequence[list[str]], columns: dict[Column, int]
) -> bool:
    """Whether the columns are in Exportify's order; their headers may be in any language."""
    tracks = [row for row in sample if row and row[0].startswith("spotify:track:")]
    if not tracks:  # local files have no other URIs
        by_name = columns.get(Column.ISRC) == _EXPORTIFY[Column.ISRC]
        return by_name and len(header) in _EXPORTIFY_WIDTHS
    with_albums = [
        row for row in tracks if len(row) > _ALBUM_URI and row[_ALBUM_URI] not in {"", *_NOTHING}
    ]
    return bool(with_albums) and all(
        row[_ARTIST_URIS].startswith("spotify:artist:")
        and row[_ALBUM_URI].startswith("spotify:album:")
        for row in with_albums
    )


def _uri_column(contents: Sequence[list[str]]) -> int | None:
    """The column of the songs' addresses: the first of tracks or episodes, else of IDs or items."""
    ranked = []
    for position, cells in enumerate(contents):
        if _share(cells, spotify_uri) < _MIN_SHARE:
            continue
        first = next(cell for cell in cells if spotify_uri(cell))
        is_full = ":" in first or "/" in first
        ranked.append((not _is_song(first), not is_full, position))
    return min(ranked)[2] if ranked else None


def _is_song(cell: str) -> bool:
    return spotify_uri(cell).startswith(_SONG_URIS)


def _share(cells: Sequence[str], is_it: Callable[[str], object]) -> float:
    """The share of the cells with a content that is of a kind."""
    filled = [cell for cell in cells if cell and cell not in _NOTHING]
    return sum(bool(is_it(cell)) for cell in filled) / len(filled) if filled else 0.0


def _is_empty(row: Sequence[str]) -> bool:
    return not any(row)


def _is_header(row: Sequence[str], header: Sequence[str]) -> bool:
    """Whether it is the row of headers again, as in joined files, with a byte order mark or not."""
    return bool(header) and [row[0].lstrip("\ufeff"), *row[1:]] == header


def _is_uri(cell: str) -> bool:
    return cell.startswith(("spotify:", "http")) and bool(spotify_uri(cell))


def _cell(row: Sequence[str], position: int, is_escaped: bool) -> str:
    text = row[position] if position < len(row) else ""
    if text in _NOTHING:
        return ""
    return unescaped(text) if is_escaped else text


def _as_one(text: str) -> list[str]:
    return [text]


def _split_at_semicolons(text: str) -> list[str]:
    return text.split(";")


def _split_at_commas(text: str) -> list[str]:
    return [part.replace("\\,", ",") for part in re.split(r"(?<!\\), ", text)]


def _entry(cells: dict[Column, str], split: Callable[[str], Sequence[str]]) -> ImportedEntry:
    address = cells.get(Column.URI, "")
    kind = cells.get(Column.TYPE, "").casefold()
    if kind in _ITEM_TYPES and address and ":" not in address:
        address = f"spotify:{kind}:{address}"
    duration: object = cells.get(Column.DURATION_MS)
    if (seconds := cells.get(Column.DURATION_S)) and _NUMBER.fullmatch(seconds):
        duration = float(seconds.replace(",", ".")) * 1000
    artists = cells.get(Column.ARTISTS, "")
    return new_entry(
        uri=address,
        name=cells.get(Column.NAME, ""),
        artists=split(artists) if artists else (),
        album=cells.get(Column.ALBUM, ""),
        isrc=cells.get(Column.ISRC, ""),
        duration_ms=duration,
        added_at=cells.get(Column.ADDED_AT, ""),
    )


def _group(
    cells: dict[Column, str], playlists: dict[tuple[LibrarySection, str], ImportedList]
) -> ImportedList:
    """The list of a row of TuneMyMusic's, whose files hold several."""
    kind = cells[Column.TYPE].casefold()
    section = _ITEM_TYPES.get(kind, LibrarySection.PLAYLIST)
    section = LibrarySection.LIKED if kind == _FAVORITE else section
    is_playlist = section is LibrarySection.PLAYLIST
    name = clean(cells[Column.PLAYLIST]) if is_playlist else NAMES[section]
    key = section, name
    if key not in playlists:
        playlists[key] = ImportedList(section=section, name=name)
    return playlists[key]
