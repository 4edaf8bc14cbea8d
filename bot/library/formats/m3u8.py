"""Writes and reads extended M3U playlists in UTF-8, which media players open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.errors.files import FileCutOff
from bot.library.formats.decoded_text import Lines
from bot.library.formats.imported import Entries, new_entry, spotify_uri
from bot.library.formats.list_name import FileLists
from bot.library.formats.song import Song

_LENGTH = re.compile(r"(-?[0-9]{1,7})(?:\.[0-9]*)?[^,]*,(.*)", re.DOTALL)
# The path of a music file, whose name is all that is known of it.
_MUSIC = re.compile(
    r"(?:.*[/\\])?([^/\\]+)\.(?:mp3|m4a|aac|flac|ogg|oga|opus|wav|wma|aiff?|alac)", re.IGNORECASE
)
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def write(songs: Iterable[Song], *, list_name: str) -> Iterator[str]:
    """The file's lines: for each song its seconds, artist and title, and its link or local URI."""
    yield f"#EXTM3U\n#PLAYLIST:{_line(list_name)}\n"
    for song in songs:
        seconds = -1 if song.duration_ms is None else round(song.duration_ms / 1000)
        title = " - ".join(part for part in (song.byline, song.name) if part)
        yield f"#EXTINF:{seconds},{_line(title)}\n"
        if song.album.name:
            yield f"#EXTALB:{_line(song.album.name)}\n"
        yield f"{_line(song.url or song.uri)}\n"


def _line(text: str) -> str:
    """The text on one line, so that a name cannot begin an entry."""
    return _LINE_BREAKS.sub(" ", text).strip()


def read(lines: Lines, lists: FileLists) -> Entries:
    """The entries of a playlist. A file on a computer is known by its artist and title only.

    Raises FileCutOff if the last entry has no address.
    """
    told: dict[str, str] = {}
    for line in lines:
        word, _, text = line.strip().partition(":")
        match word.upper():
            case "#PLAYLIST":
                lists.title = lists.title or text
            case "#EXTINF":
                told = {"#EXTINF": text}
            case "#EXTALB" | "#EXTART":
                told[word.upper()] = text
            case _ if word and not word.startswith("#"):
                address = line.strip()
                uri = spotify_uri(address)
                if not uri and lines.is_cut and "spotify" in address:
                    raise FileCutOff("the last address is cut off")
                length = _LENGTH.fullmatch(told.get("#EXTINF", ""))
                music = None if uri or length else _MUSIC.fullmatch(address)
                title = length[2] if length else music[1] if music else ""
                by, separator, name = title.partition(" - ")
                artist = told.get("#EXTART") or (by if separator else "")
                entry = new_entry(
                    uri=uri,
                    name=name if separator else by,
                    artists=(artist,),
                    album=told.get("#EXTALB", ""),
                    duration_ms=int(length[1]) * 1000 if length else None,
                )
                yield lists.of(entry), entry
                told = {}
    if "#EXTINF" in told:
        raise FileCutOff("an entry without its address")
    yield from lists.if_none()
