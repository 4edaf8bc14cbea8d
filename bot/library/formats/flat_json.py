"""Reads JSON arrays of songs, such as spotDL's and `tracks.json`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors.files import ListeningHistory
from bot.library.formats.imported import (
    Entries,
    EntryProblem,
    ImportedEntry,
    ImportedList,
    clean,
    new_entry,
    spotify_uri,
)
from bot.library.formats.json_stream import JsonStream
from bot.library.formats.list_name import FileLists, named_list
from bot.spotify.uris import Kind, is_id

# Keys that only the entries of a listening history have.
_HISTORY = {"ip_addr", "ip_addr_decrypted", "ms_played", "msPlayed"}
_ADDRESSES = ("uri", "url", "trackUri", "song_id", "id", "track_id")
_NAMES = ("name", "trackName", "title", "track")
_ARTISTS = ("artist", "artistName")
_ALBUMS = ("album", "album_name", "albumName", "show")


def read(stream: JsonStream, lists: FileLists, *, is_array: bool = True) -> Entries:
    """The songs of the array that comes next; spotDL's may be of several lists.

    is_array  otherwise the object of one song comes next

    Raises ListeningHistory, and the errors of JsonStream.
    """
    named: dict[tuple[str, str], ImportedList] = {}
    for _ in stream.elements() if is_array else (None,):
        value = stream.value()
        if not isinstance(value, dict):
            uri = clean(value)
            entry = new_entry(uri=uri, problem=None if uri else EntryProblem.UNREADABLE)
            yield lists.of(entry), entry
            continue
        if _HISTORY & value.keys():
            raise ListeningHistory
        entry = _entry(value)
        name, link = clean(value.get("list_name")), clean(value.get("list_url"))
        if not name:
            yield lists.of(entry), entry
            continue
        key = name, link
        if key not in named:
            named[key] = named_list(lists.path, name)
            named[key].uri = _playlist_uri(link)
        yield named[key], entry
    if not named:
        yield from lists.if_none()


def _entry(fields: dict[str, object]) -> ImportedEntry:
    # An entry of Spotify's has its item inside.
    item = next((i for key in ("track", "item", "episode") if (i := _object(fields.get(key)))), {})
    item = item or fields
    addresses = [_text(item, key) for key in _ADDRESSES]
    if (kind := _text(item, "type")) in (Kind.EPISODE, Kind.ALBUM, Kind.ARTIST, Kind.SHOW):
        addresses.append(f"spotify:{kind}:{_text(item, 'id')}")
        addresses = [address for address in addresses if not is_id(address)]
    addresses.append(_text(_object(item.get("external_urls")), "spotify"))
    duration = item.get("duration_ms", item.get("durationMs"))
    if duration is None and isinstance(seconds := item.get("duration"), int | float):
        duration = seconds * 1000
    return new_entry(
        uri=next(filter(spotify_uri, addresses), ""),
        name=next((text for key in _NAMES if (text := _text(item, key))), ""),
        artists=_names(item.get("artists"))
        or [name for key in _ARTISTS for name in _names([item.get(key)])],
        album=next((n for key in _ALBUMS for n in _names([item.get(key)])), ""),
        isrc=item.get("isrc") or _object(item.get("external_ids")).get("isrc"),
        duration_ms=duration,
        added_at=fields.get("added_at"),
    )


def _names(values: object) -> Sequence[str]:
    """The names in an array of texts, or of objects with a name."""
    if not isinstance(values, list):
        return ()
    texts = (_text(value, "name") if isinstance(value, dict) else clean(value) for value in values)
    return [text for text in texts if text]


def _playlist_uri(link: str) -> str:
    uri = spotify_uri(link)
    return uri if uri.startswith("spotify:playlist:") else ""


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(fields: dict[str, object], key: str) -> str:
    return clean(fields.get(key))
