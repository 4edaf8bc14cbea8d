"""Reads the lossless JSON of an export, and Spotify's YourLibrary.json and Playlist1.json."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.errors.files import UnknownFile
from bot.library.export_lists import LibrarySection
from bot.library.formats import flat_json
from bot.library.formats.file_facts import FileFacts, FileKind
from bot.library.formats.imported import (
    Entries,
    EntryProblem,
    ImportedEntry,
    ImportedList,
    clean,
    new_entry,
)
from bot.library.formats.json_stream import JsonStream
from bot.library.formats.library_json import KEYS
from bot.library.formats.list_name import NAMES, FileLists

# The lists by their keys, which YourLibrary.json and the lossless JSON share.
SECTIONS = {key: section for section, key in KEYS.items()}
# The files into which an export may be divided.
MAX_PARTS = 100
# The keys of a playlist that are texts, with the fields that they fill.
_PLAYLIST_TEXTS = ("name", "description", "uri", "owner", "snapshot_id")
# The keys of an item in Spotify's JSON of an entry, newest first.
_ITEM_KEYS = ("item", "track", "episode", "album", "show", "audiobook")


def read(
    stream: JsonStream, facts: FileFacts, lists: FileLists, *, keep_spotify: bool = False
) -> Entries:
    """The lists of the object that comes next, in the file's order. Unknown keys are passed.

    keep_spotify  whether to keep Spotify's own JSON of each entry

    Raises UnknownFile for an object without any list, and the errors of JsonStream.
    """
    kind: FileKind | None = None
    for key in stream.members():
        if key == "tonearm":
            facts.kinds.add(FileKind.LOSSLESS)
        elif key == "exported_at":
            facts.exported_at = clean(stream.value())
        elif facts.is_lossless and key == "origin":
            facts.origin = json.dumps(stream.value(), sort_keys=True)
        elif facts.is_lossless and key in ("part", "parts"):
            setattr(facts, key, _number(stream.value()))
        elif key == "playlists" and stream.peek() == "[":
            kind = FileKind.PLAYLISTS
            for _ in stream.elements():
                if stream.peek() == "{":
                    yield from _playlist(stream, keep_spotify)
        elif key == "songs" and stream.peek() == "[":  # of a file for `spotdl sync`
            kind = FileKind.SONGS
            yield from flat_json.read(stream, lists)
        elif key in SECTIONS and stream.peek() == "[":
            kind = FileKind.YOUR_LIBRARY
            section = SECTIONS[key]
            yield from _entries(
                stream, ImportedList(section=section, name=NAMES[section]), keep_spotify
            )
    if kind is None:
        raise UnknownFile("a JSON object without lists")
    stream.end()
    if not facts.is_lossless:
        facts.kinds.add(kind)


def _playlist(stream: JsonStream, keep_spotify: bool) -> Entries:
    playlist = ImportedList(section=LibrarySection.PLAYLIST, hidden=True)
    yield playlist, None
    for key in stream.members():
        if key in _PLAYLIST_TEXTS:
            setattr(playlist, key, clean(stream.value()))
        elif key in ("public", "collaborative"):
            flag = stream.value()
            setattr(playlist, key, flag if isinstance(flag, bool) else None)
        elif key == "items" and stream.peek() == "[":
            playlist.hidden = False
            yield from _entries(stream, playlist, keep_spotify)


def _entries(stream: JsonStream, target: ImportedList, keep_spotify: bool) -> Entries:
    yield target, None
    for _ in stream.elements():
        if stream.peek() != "{":
            yield target, new_entry(problem=EntryProblem.UNREADABLE)
            continue
        fields: dict[str, object] = {}
        exact = ""
        for key in stream.members():
            if key == "spotify":
                fields[key], exact = stream.value_and_text()
            else:
                fields[key] = stream.value()
        yield target, _entry(fields, target.section, exact if keep_spotify else "")


def _entry(fields: dict[str, object], section: LibrarySection, exact: str) -> ImportedEntry:
    """An entry of any of the files. One of Playlist1.json has an object for each kind of item."""
    local = _object(fields.get("localTrack"))
    for kind in ("track", "episode", "audiobook", "chapter"):
        if described := _object(fields.get(kind)):
            return new_entry(
                uri=_first(described, f"{kind}Uri", "uri"),
                name=_first(described, f"{kind}Name", "name"),
                artists=(_first(described, "artistName", "author"),),
                album=_first(described, "albumName", "showName"),
                added_at=fields.get("addedDate"),
            )
    if local:
        return new_entry(uri=_first(local, "uri"), added_at=fields.get("addedDate"))
    raw = _object(fields.get("spotify"))
    # A followed artist has no entry around it.
    bare = raw if "uri" in raw or "name" in raw else {}
    item = next((found for key in _ITEM_KEYS if (found := _object(raw.get(key)))), bare)
    uri = _first(fields, "uri") or _first(item, "uri")
    if not uri and not _first(fields, "track", "album", "name", "show"):
        has_item = "spotify" in fields and not item
        return new_entry(
            problem=EntryProblem.GONE if has_item else EntryProblem.UNREADABLE, spotify=exact
        )
    titles = ("album", "name") if section is LibrarySection.ALBUMS else ("track", "name")
    artists = [_first(_object(artist), "name") for artist in _array(item.get("artists"))]
    return new_entry(
        uri=uri,
        name=_first(fields, *titles),
        artists=artists or (_first(fields, "artist", "publisher"),),
        album="" if section is LibrarySection.ALBUMS else _first(fields, "album", "show"),
        isrc=_object(item.get("external_ids")).get("isrc"),
        duration_ms=item.get("duration_ms"),
        added_at=_first(fields, "added_at") or raw.get("added_at"),
        spotify=exact,
    )


def _number(value: object) -> int:
    """The number of a part, or of all of them; 0 for anything else."""
    return value if isinstance(value, int) and 0 < value <= MAX_PARTS else 0


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _array(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _first(fields: dict[str, object], *keys: str) -> str:
    """The first text that is not empty."""
    return next((text for key in keys if (text := clean(fields.get(key)))), "")
