"""Export file formats, one module per format; FORMATS lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

from bot.library.formats import (
    exportify_csv,
    exportify_net_csv,
    links_text,
    m3u8,
    saved_items_csv,
    spotdl_json,
    tracks_json,
    tunemymusic_csv,
    xlsx,
    xspf,
)
from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ListInfo:
    """What a file says about its list besides the songs.

    name         shown to people, such as "Liked songs"
    link         its page at open.spotify.com, if it has one
    is_playlist  whether it is a playlist of the user's
    exported_at  ISO 8601
    raw          whether to leave cells of CSV alone that a spreadsheet would run as formulas
    """

    name: str
    exported_at: str
    link: str = ""
    is_playlist: bool = False
    raw: bool = False


@dataclass(frozen=True)
class Format:
    """A file format for a list of songs.

    label        what people choose from
    suffix       of the file's name, with its dot
    write        writes songs into an open file
    write_items  writes albums, artists, shows or audiobooks; None if the format cannot hold them
    """

    label: str
    suffix: str
    write: Callable[[Iterable[Song], BinaryIO, ListInfo], None]
    write_items: Callable[[Iterable[SavedItem], BinaryIO, ListInfo], None] | None = None


def encode(chunks: Iterable[str], file: BinaryIO) -> None:
    """Write text as UTF-8; half a character, which UTF-8 cannot hold, becomes `?`."""
    for chunk in chunks:
        file.write(chunk.encode(errors="replace"))


def _text(
    make: Callable[[Iterable[T], ListInfo], Iterable[str]],
) -> Callable[[Iterable[T], BinaryIO, ListInfo], None]:
    return lambda entries, file, info: encode(make(entries, info), file)


FORMATS: dict[str, Format] = {
    "csv": Format(
        "CSV for spreadsheets and most importers (Exportify)",
        ".csv",
        _text(lambda songs, info: exportify_csv.write(songs, raw=info.raw)),
        _text(lambda items, info: saved_items_csv.write(items, raw=info.raw)),
    ),
    "xlsx": Format(
        "Excel workbook",
        ".xlsx",
        lambda songs, file, info: xlsx.write(songs, file, list_name=info.name),
    ),
    "tunemymusic": Format(
        "CSV for TuneMyMusic",
        ".tunemymusic.csv",
        _text(
            lambda songs, info: tunemymusic_csv.write(
                songs, playlist=info.name if info.is_playlist else None, raw=info.raw
            )
        ),
    ),
    "exportify.net": Format(
        "CSV of exportify.net",
        ".exportify-net.csv",
        _text(lambda songs, info: exportify_net_csv.write(songs, raw=info.raw)),
    ),
    "links": Format(
        "Links, one a line",
        ".txt",
        _text(lambda songs, _: links_text.write(songs)),
        _text(lambda items, _: links_text.write(items)),
    ),
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
        _text(
            lambda songs, info: spotdl_json.write(songs, list_name=info.name, list_url=info.link)
        ),
    ),
    "tracks.json": Format(
        "tracks.json, a flat list for scripts",
        ".tracks.json",
        _text(lambda songs, _: tracks_json.write(songs)),
    ),
}
"""The formats by the name that `/export` takes, in the order in which it offers them."""
