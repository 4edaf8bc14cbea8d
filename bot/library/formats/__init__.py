"""Export file formats, one module per format; FORMATS lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from bot.library.formats import (
    exportify_csv,
    exportify_net_csv,
    links_text,
    m3u8,
    spotdl_json,
    tonearm_json,
    tracks_json,
    tunemymusic_csv,
    xlsx,
    xspf,
)
from bot.library.formats.song import Song


@dataclass(frozen=True, kw_only=True)
class ListInfo:
    """What a file says about its list besides the songs.

    name         shown to people, such as "Liked songs"
    exported_at  ISO 8601
    raw          whether to leave cells of CSV alone that a spreadsheet would run as formulas
    """

    name: str
    exported_at: str
    raw: bool = False


@dataclass(frozen=True)
class Format:
    """A file format for a list of songs.

    label   what people choose from
    suffix  of the file's name, with its dot
    write   writes the songs into an open file
    """

    label: str
    suffix: str
    write: Callable[[Iterable[Song], BinaryIO, ListInfo], None]


def _text(
    make: Callable[[Iterable[Song], ListInfo], Iterable[str]],
) -> Callable[[Iterable[Song], BinaryIO, ListInfo], None]:
    """Writes chunks of text as UTF-8; half a character, which UTF-8 cannot hold, becomes `?`."""

    def write(songs: Iterable[Song], file: BinaryIO, info: ListInfo) -> None:
        for chunk in make(songs, info):
            file.write(chunk.encode(errors="replace"))

    return write


FORMATS: dict[str, Format] = {
    "csv": Format(
        "CSV for spreadsheets and most importers (Exportify)",
        ".csv",
        _text(lambda songs, info: exportify_csv.write(songs, raw=info.raw)),
    ),
    "json": Format(
        "JSON for programs",
        ".json",
        _text(lambda songs, info: tonearm_json.write(songs, exported_at=info.exported_at)),
    ),
    "xlsx": Format(
        "Excel workbook",
        ".xlsx",
        lambda songs, file, info: xlsx.write(songs, file, list_name=info.name),
    ),
    "tunemymusic": Format(
        "CSV for TuneMyMusic",
        ".tunemymusic.csv",
        _text(lambda songs, info: tunemymusic_csv.write(songs, raw=info.raw)),
    ),
    "exportify.net": Format(
        "CSV of exportify.net",
        ".exportify-net.csv",
        _text(lambda songs, info: exportify_net_csv.write(songs, raw=info.raw)),
    ),
    "links": Format("Links, one a line", ".txt", _text(lambda songs, _: links_text.write(songs))),
    "m3u8": Format(
        "M3U8 playlist for media players",
        ".m3u8",
        _text(lambda songs, info: m3u8.write(songs, list_name=info.name)),
    ),
    "xspf": Format(
        "XSPF playlist (XML)",
        ".xspf",
        _text(lambda songs, info: xspf.write(songs, list_name=info.name)),
    ),
    "spotdl": Format(
        "spotDL save file",
        ".spotdl",
        _text(lambda songs, info: spotdl_json.write(songs, list_name=info.name)),
    ),
    "tracks.json": Format(
        "tracks.json, a flat list for scripts",
        ".tracks.json",
        _text(lambda songs, _: tracks_json.write(songs)),
    ),
}
"""The formats by the name that `/export` takes, in the order in which it offers them."""
