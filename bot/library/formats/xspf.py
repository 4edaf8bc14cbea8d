"""Writes and reads XSPF, the XML playlist format of Xiph.Org (xspf.org/spec)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import IO

from bot.errors.files import UnknownFile
from bot.library.formats.imported import Entries, new_entry, spotify_uri
from bot.library.formats.list_name import FileLists
from bot.library.formats.song import Song
from bot.library.formats.xml_events import xml_events

# XML 1.0 cannot contain these characters, not even escaped (section 2.2).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(songs: Iterable[Song], *, list_name: str) -> Iterator[str]:
    """The file's text in chunks; `identifier` is Spotify's URI and `location` the song's page."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<playlist version="1" xmlns="http://xspf.org/ns/0/">\n'
    yield f"{_element('title', list_name)}<trackList>\n"
    for song in songs:
        # The order of the elements is free; `duration` is in milliseconds.
        yield "".join(
            (
                "<track>",
                _element("location", song.url),
                _element("identifier", song.uri),
                _element("title", song.name),
                _element("creator", song.byline),
                _element("image", song.image_url),
                _element("album", song.album.name),
                _element("trackNum", song.track_number or None),
                _element("duration", song.duration_ms),
                "</track>\n",
            )
        )
    yield "</trackList>\n</playlist>\n"


def _element(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    return f"<{name}>{escape(_FORBIDDEN.sub('', str(value)), quote=False)}</{name}>"


def read(file: IO[bytes], lists: FileLists) -> Entries:
    """The tracks of a playlist.

    Raises UnknownFile for other XML, and the errors of `xml_events`.
    """
    inside: list[str] = []
    fields: dict[str, str] = {}
    addresses: list[str] = []
    for name, attributes, text in xml_events(file):
        if attributes is not None:
            inside.append(name)
            if inside[0] != "playlist":
                raise UnknownFile("XML other than XSPF")
            continue
        inside.pop()
        match inside:
            case ["playlist"] if name == "title":
                lists.title = text.strip()
            case ["playlist", "trackList"] if name == "track":
                entry = new_entry(
                    uri=next(filter(spotify_uri, addresses), ""),
                    name=fields.get("title", ""),
                    artists=(fields.get("creator", ""),),
                    album=fields.get("album", ""),
                    duration_ms=fields.get("duration"),
                )
                yield lists.of(entry), entry
                fields.clear()
                addresses.clear()
            case ["playlist", "trackList", "track"]:
                fields.setdefault(name, text)
                if name in ("identifier", "location"):
                    addresses.append(text)
    yield from lists.if_none()
