"""Writes the lossless JSON: the keys of Spotify's own YourLibrary.json, and all that it gave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from bot.library.export_lists import ExportList, LibrarySection
from bot.library.export_report import ListReport, Part
from bot.library.formats.json_text import json_array
from bot.library.formats.song import Song
from bot.library.spool import SpooledList
from bot.spotify.models import Playlist

VERSION = 1

KEYS: dict[LibrarySection, str] = {
    LibrarySection.LIKED: "tracks",
    LibrarySection.ALBUMS: "albums",
    LibrarySection.SHOWS: "shows",
    LibrarySection.EPISODES: "episodes",
    LibrarySection.ARTISTS: "artists",
    LibrarySection.AUDIOBOOKS: "audiobooks",
    **{section: section.value for section in LibrarySection if section.is_listening},
}
# Keys of the table of skipped entries.
_SKIPPED = ("list", "position", "reason")
# Keys of YourLibrary.json for what apps cannot read.
_EMPTY_KEYS = "".join(f',\n"{key}": []' for key in ("bannedTracks", "bannedArtists", "other"))
_PLAYLISTS = ',\n"playlists": [\n'


class Origin(msgspec.Struct, frozen=True):
    """Where an export is from, so that a later one can take over what has not changed.

    selection  what was selected, as in `select_lists`
    account    recognises the Spotify account, and does not name it
    user       Spotify's ID of its user, as in the owner of a playlist; None if it is not known
    """

    selection: str = ""
    account: str = ""
    user: str | None = None


def account_mark(account: str) -> str:
    """Recognises a Spotify account by its ID, which it does not tell."""
    return hashlib.sha256(f"tonearm export {account}".encode()).hexdigest()[:16]


def write(
    lists: Iterable[tuple[SpooledList, Callable[[], SpooledList]]],
    reports: list[ListReport],
    hidden: Sequence[Playlist],
    failed: Sequence[tuple[ExportList, str]],
    skipped: Callable[[], Iterable[Sequence[object]]],
    *,
    exported_at: str,
    origin: Origin,
    part: Part | None = None,
) -> Iterator[str]:
    """The file's text in chunks. Each item has Spotify's own JSON under `spotify`.

    Each item is on a line of its own, which `bot.library.earlier_export` relies on.

    lists        see `ExportContents.each`
    reports      gets one for each list, which counts its entries
    hidden       playlists without their entries
    failed       lists that could not be read, with reasons
    skipped      makes the rows of the table of skipped entries when all lists are written
    exported_at  ISO 8601
    part         if the file is one of several
    """
    yield f'{{\n"tonearm": {VERSION},\n"exported_at": {json.dumps(exported_at)}'
    yield f',\n"origin": {msgspec.json.encode(origin).decode()}'
    if part is not None:
        yield f',\n"part": {part.number},\n"parts": {part.count}'
    results: list[SpooledList] = []

    def items(spooled: SpooledList, result: Callable[[], SpooledList]) -> Iterator[str]:
        reports.append(report := ListReport.of(spooled))
        yield from json_array(_items(spooled, report))
        report.end(result())
        results.append(result())

    separator = ""
    for spooled, result in lists:  # playlists come last
        if (playlist := spooled.source.playlist) is None:
            yield f',\n"{KEYS[spooled.source.section]}": '
            yield from items(spooled, result)
            continue
        yield separator or _EMPTY_KEYS + _PLAYLISTS
        yield _head(playlist) + ', "items": '
        yield from items(spooled, result)
        yield "}"
        separator = ",\n"
    if not separator:
        yield _EMPTY_KEYS
    for playlist in hidden:
        yield (separator or _PLAYLISTS) + _head(playlist) + ', "items": null}'
        separator = ",\n"
    if separator:
        yield "\n]"
    yield ',\n"lists": '
    yield from json_array(_list_facts(results, failed, exported_at))
    if rows := [dict(zip(_SKIPPED, row, strict=True)) for row in skipped()]:
        yield ',\n"skipped": '
        yield from json_array(rows)
    yield "\n}\n"


def _head(playlist: Playlist) -> str:
    """The beginning of a playlist's object, without its closing brace."""
    owner = playlist.owner
    fields = {
        "name": playlist.name,
        "description": playlist.description,
        "uri": str(playlist.uri or playlist.raw_uri or "") or None,
        "owner": owner.id if owner else None,
        "public": playlist.public,
        "collaborative": playlist.collaborative,
        "snapshot_id": playlist.snapshot_id,
    }
    return json.dumps(fields, ensure_ascii=False)[:-1]


def _list_facts(
    lists: Sequence[SpooledList], failed: Sequence[tuple[ExportList, str]], exported_at: str
) -> Iterator[dict[str, object]]:
    """What is known of each list besides its items."""
    for spooled in lists:
        yield {
            "list": list_key(spooled.source),
            "items": spooled.count,
            "missing": spooled.missing,
            "complete": spooled.complete and spooled.is_whole and spooled.is_current,
            "ends": spooled.complete,
            "read_at": spooled.read_at or exported_at,
        }
    for source, reason in failed:
        yield {"list": list_key(source), "failed": reason}


def list_key(source: ExportList) -> str:
    """The list's key in the file; of a playlist, its URI."""
    if source.playlist is None:
        return KEYS[source.section]
    return str(source.playlist.uri or source.playlist.raw_uri or "")


def _items(spooled: SpooledList, report: ListReport) -> Iterable[dict[str, object]]:
    section = spooled.source.section
    for entry in spooled.entries():
        raw, item = msgspec.Raw(entry.json), entry.item
        report.count(entry)
        if isinstance(item, Song):
            song = item
            names: dict[str, object] = {
                "artist": song.byline,
                "album": song.album.name,
                "track": song.name,
                "uri": song.uri,
                "added_at": song.added_at,
            }
            if section is LibrarySection.EPISODES:
                names = {"name": song.name, "show": song.album.name, "uri": song.uri}
            yield {**names, "spotify": raw}
        elif item is not None:
            by = {LibrarySection.ALBUMS: "artist", LibrarySection.SHOWS: "publisher"}
            name = "album" if section is LibrarySection.ALBUMS else "name"
            about = {by[section]: item.by} if section in by else {}
            yield {**about, name: item.name, "uri": item.uri, "spotify": raw}
        else:
            yield {"spotify": raw}
