"""Export file formats, one module per format; FORMATS lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, TypeVar

from bot.library.formats.saved_item import SavedItem
from bot.library.formats.song import Song

T = TypeVar("T")

# What `/export` takes besides FORMATS: an archive, and all that Spotify says.
ZIP, JSON = "zip", "json"


@dataclass(frozen=True, kw_only=True)
class ListInfo:
    """What a file says about its list besides the songs.

    name         shown to people, such as "Liked songs"
    link         its page at open.spotify.com, if it has one
    is_playlist  whether it is a playlist of the user's
    exported_at  ISO 8601
    raw          whether to leave cells of CSV alone that a spreadsheet would run as formulas
    for_people   whether people open the file, rather than importers: Excel needs a byte order mark
    in_archive   whether it is a part of an archive
    folder       for temporary files
    """

    exported_at: str
    name: str = ""
    link: str = ""
    is_playlist: bool = False
    raw: bool = False
    for_people: bool = False
    in_archive: bool = False
    folder: Path | None = None


@dataclass(frozen=True)
class Format:
    """A file format for a list of songs.

    label        what people choose from
    suffix       of the file's name, with its dot
    write        writes songs into an open file
    write_items  writes albums, artists, shows or audiobooks; None if the format cannot hold them
    address      the address without which an entry cannot be in the file; None if it needs none
    is_csv       whether a spreadsheet opens the files and might run a cell as a formula
    about        a sentence about the files, for the README
    can_be_imported  whether /import reads the files
    """

    label: str
    suffix: str
    write: Callable[[Iterable[Song], BinaryIO, ListInfo], None]
    write_items: Callable[[Iterable[SavedItem], BinaryIO, ListInfo], None] | None = None
    address: Callable[[Song | SavedItem], str] | None = None
    is_csv: bool = False
    about: str = ""
    can_be_imported: bool = True


def encode(chunks: Iterable[str], file: BinaryIO) -> None:
    """Write text as UTF-8; half a character, which UTF-8 cannot hold, becomes `?`."""
    for chunk in chunks:
        file.write(chunk.encode(errors="replace"))


def _text(
    make: Callable[[Iterable[T], ListInfo], Iterable[str]],
) -> Callable[[Iterable[T], BinaryIO, ListInfo], None]:
    return lambda entries, file, info: encode(make(entries, info), file)


def _module(name: str) -> ModuleType:
    """The module of a format, imported by the first export that needs it: Excel's takes 2 MiB."""
    return import_module(f"{__name__}.{name}")


FORMATS: dict[str, Format] = {
    "csv": Format(
        "CSV for importers (Exportify)",
        ".csv",
        _text(
            lambda songs, info: _module("exportify_csv").write(
                songs, raw=info.raw, byte_order_mark=info.for_people
            )
        ),
        _text(lambda items, info: _module("saved_items_csv").write(items, raw=info.raw)),
        is_csv=True,
        about="The CSV files of songs are for importers: they have no byte order mark. The others "
        "have one, which Excel needs.",
    ),
    "xlsx": Format(
        "Excel workbook",
        ".xlsx",
        lambda songs, file, info: _module("xlsx").write(
            songs, file, list_name=info.name, folder=info.folder
        ),
        lambda items, file, info: _module("xlsx").write_items(
            items, file, list_name=info.name, folder=info.folder
        ),
        about="The files are Excel workbooks. The first 15,000 titles of each are links.",
    ),
    "tunemymusic": Format(
        "CSV for TuneMyMusic",
        ".tunemymusic.csv",
        _text(
            lambda songs, info: _module("tunemymusic_csv").write(
                songs, playlist=info.name if info.is_playlist else None, raw=info.raw
            )
        ),
        is_csv=True,
        about="The CSV files are for TuneMyMusic, and begin with a byte order mark as its own do.",
    ),
    "exportify.net": Format(
        "CSV of exportify.net",
        ".exportify-net.csv",
        _text(
            lambda songs, info: _module("exportify_net_csv").write(
                songs, raw=info.raw, byte_order_mark=not info.in_archive
            )
        ),
        is_csv=True,
        about="The CSV files are as exportify.net packs them: without a byte order mark.",
    ),
    "links": Format(
        "Links, one a line",
        ".txt",
        _text(lambda songs, _: _module("links_text").write(songs)),
        _text(lambda items, _: _module("links_text").write(items)),
        address=lambda item: item.url,
        about="Each file has one link a line.",
    ),
    "m3u8": Format(
        "M3U8 playlist for media players",
        ".m3u8",
        _text(lambda songs, info: _module("m3u8").write(songs, list_name=info.name)),
        address=lambda item: item.url or item.uri,
        about="The files are playlists in UTF-8 whose entries are links.",
    ),
    "xspf": Format(
        "XSPF playlist (XML)",
        ".xspf",
        _text(lambda songs, info: _module("xspf").write(songs, list_name=info.name)),
        about="The files are XSPF playlists, whose entries are links.",
    ),
    "spotdl": Format(
        "spotDL save file",
        ".spotdl",
        _text(
            lambda songs, info: _module("spotdl_json").write(
                songs, list_name=info.name, list_url=info.link
            )
        ),
        address=lambda item: item.url,
        about="The files are for spotDL.",
    ),
    "tracks.json": Format(
        "tracks.json, a flat list for scripts",
        ".tracks.json",
        _text(lambda songs, _: _module("tracks_json").write(songs)),
        about="Each file is a JSON array of songs.",
    ),
    "html": Format(
        "Web page to look at or print",
        ".html",
        _text(
            lambda songs, info: _module("html_page").write(
                songs, list_name=info.name, exported_at=info.exported_at
            )
        ),
        _text(
            lambda items, info: _module("html_page").write_items(
                items, list_name=info.name, exported_at=info.exported_at
            )
        ),
        about="The files are web pages, which open without the internet. They can’t be imported.",
        can_be_imported=False,
    ),
}
"""The formats by the name that `/export` takes, in the order in which it offers them."""
