"""Writes the lossless JSON: the keys of Spotify's own YourLibrary.json, and all that it gave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from bot.library.export_lists import LibrarySection
from bot.library.export_report import ListReport
from bot.library.formats.json_text import json_array
from bot.library.formats.saved_item import saved_item_of
from bot.library.formats.song import song_of
from bot.library.spool import SpooledList
from bot.spotify.models import Playlist
from bot.spotify.pages import SavedEpisode

VERSION = 1

_KEYS: dict[LibrarySection, str] = {
    LibrarySection.LIKED: "tracks",
    LibrarySection.ALBUMS: "albums",
    LibrarySection.SHOWS: "shows",
    LibrarySection.EPISODES: "episodes",
    LibrarySection.ARTISTS: "artists",
    LibrarySection.AUDIOBOOKS: "audiobooks",
}
# Keys of the table of skipped entries.
_SKIPPED = ("list", "position", "reason")
# Keys of YourLibrary.json for what apps cannot read.
_EMPTY = ("bannedTracks", "bannedArtists", "other")


def write(
    lists: Sequence[SpooledList],
    reports: Sequence[ListReport],
    hidden: Sequence[Playlist],
    skipped: Callable[[], Iterable[Sequence[object]]],
    *,
    exported_at: str,
) -> Iterator[str]:
    """The file's text in chunks. Each item has Spotify's own JSON under `spotify`.

    reports      one for each list, which counts its entries
    hidden       playlists without their entries
    skipped      makes the rows of the table of skipped entries when all lists are written
    exported_at  ISO 8601
    """
    yield f'{{\n"tonearm": {VERSION},\n"exported_at": {json.dumps(exported_at)}'
    playlists = []
    for spooled, report in zip(lists, reports, strict=True):
        if spooled.source.playlist is not None:
            playlists.append((spooled, report))
            continue
        yield f',\n"{_KEYS[spooled.source.section]}": '
        yield from json_array(_items(spooled, report))
    for key in _EMPTY:
        yield f',\n"{key}": []'
    if playlists or hidden:
        yield ',\n"playlists": ['
        separator = "\n"
        for spooled, report in playlists:
            playlist = spooled.source.playlist
            assert playlist is not None
            yield separator + _head(playlist) + ', "items": '
            yield from json_array(_items(spooled, report))
            yield "}"
            separator = ",\n"
        for playlist in hidden:
            yield separator + _head(playlist) + ', "items": null}'
            separator = ",\n"
        yield "\n]"
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


def _items(spooled: SpooledList, report: ListReport) -> Iterable[dict[str, object]]:
    for entry, line in spooled.entries():
        raw = msgspec.Raw(line)
        song, item = song_of(entry), saved_item_of(entry)
        report.count(song or item, entry, line)
        if song is not None:
            names: dict[str, object] = {
                "artist": song.byline,
                "album": song.album.name,
                "track": song.name,
                "uri": song.uri,
                "added_at": song.added_at,
            }
            if isinstance(entry, SavedEpisode):
                names = {"name": song.name, "show": song.album.name, "uri": song.uri}
            yield {**names, "spotify": raw}
        elif item is not None:
            by = {LibrarySection.ALBUMS: "artist", LibrarySection.SHOWS: "publisher"}
            name = "album" if spooled.source.section is LibrarySection.ALBUMS else "name"
            about = {by[spooled.source.section]: item.by} if spooled.source.section in by else {}
            yield {**about, name: item.name, "uri": item.uri, "spotify": raw}
        else:
            yield {"spotify": raw}
