"""Each export format, read back by a reader of its own from a file that /export sent."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import openpyxl
from aiohttp import web
from aiohttp.typedefs import Handler
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from bot.library.formats import FORMATS, JSON
from bot.library.formats.csv_text import csv_text, is_formula, unescaped
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.rules import Changed
from tests.html_export import names_in_page

# Names that break files which are joined by hand.
NASTY_NAMES = (
    '=HYPERLINK("https://evil.example";"x")',
    "a,b;c\td",
    'quotes " and "" more',
    "two\nlines\r\n#EXTINF:1,forged",
    "<b>&amp;]]></b>",
    "\x01control\x1f, \ufffe and \U0001f3b5",
    "-1+1",
    "'quoted",
    "   =1",
    "名前, «ñ»",
)


def _csv_column(name: str) -> Callable[[bytes], list[str]]:
    def read(content: bytes) -> list[str]:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        return [row[name] for row in rows]

    return read


def _json_names(content: bytes) -> list[str]:
    return [element["name"] for element in json.loads(content)]


def _xspf_names(content: bytes) -> list[str]:
    tracks = ElementTree.fromstring(content).findall(".//{*}track")
    return [track.findtext("{*}title", "") for track in tracks]


def _xlsx_names(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["A2"].hyperlink.target.startswith("https://open.spotify.com/track/")
    assert isinstance(sheet["D2"].value, int | float)
    assert isinstance(sheet["J2"].value, datetime)
    return [unescape(str(row[0].value)) for row in sheet.iter_rows(min_row=2)]


# The titles in a file of each format, but for `links`, which has none.
READERS: dict[str, Callable[[bytes], list[str]]] = {
    "csv": _csv_column("Track Name"),
    "exportify.net": _csv_column("Track Name"),
    "tunemymusic": _csv_column("Track name"),
    "json": lambda content: [song["track"] for song in json.loads(content)["tracks"]],
    "tracks.json": _json_names,
    "spotdl": _json_names,
    "xspf": _xspf_names,
    "html": names_in_page,
    "xlsx": _xlsx_names,
}
EXACT = {"json", "tracks.json", "spotdl"}


class NastyNames(Fault):
    """Gives these songs the nasty names in turn."""

    uris: Sequence[str] = ()

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        assert isinstance(response, web.Response)
        page = json.loads(response.text or "")
        names = dict(zip(self.uris, NASTY_NAMES, strict=False))
        for entry in page["items"]:
            entry["track"]["name"] = names.get(entry["track"]["uri"], entry["track"]["name"])
        return web.json_response(page)


def _give_nasty_names(spotify: Spotify) -> list[str]:
    """The URIs of the liked songs, the first of which have nasty names now."""
    uris = [uri for uri, _ in spotify.accounts["ada"].liked]
    fault = NastyNames("GET .*/me/tracks", times=None)
    fault.uris = uris
    spotify.faults.add(fault)
    return uris


async def _export(user: UserClient, options: str) -> bytes:
    reply = await user.run(f"/export what:liked-songs {options}")
    await reply.wait_for("Here are your")
    (content,) = reply.files.values()
    return content


async def test_every_format_carries_nasty_names(spotify: Spotify, linked_user: UserClient) -> None:
    liked = _give_nasty_names(spotify)
    local = [uri.startswith("spotify:local:") for uri in liked]
    expected = [
        NASTY_NAMES[number] if number < len(NASTY_NAMES) else _name(spotify, uri)
        for number, uri in enumerate(liked)
    ]
    for name, read in READERS.items():
        names = read(await _export(linked_user, f"format:{name} raw:true"))
        if name == "spotdl":  # which needs a URL
            at_spotify = [e for e, is_local in zip(expected, local, strict=True) if not is_local]
            assert names == at_spotify
        elif name in EXACT:
            assert names == expected, name
        else:
            assert [_comparable(n) for n in names] == [_comparable(n) for n in expected], name


def _name(spotify: Spotify, uri: str) -> str:
    item = spotify.catalogue.find_playable(uri)
    assert item is not None
    return item.name


def _comparable(name: str) -> str:
    """Without what XML cannot hold, and with one kind of line break."""
    kept = "".join(c for c in name if c >= " " and c != "\ufffe")
    return " ".join(kept.split())


async def test_line_formats_have_one_line_for_each_part(
    spotify: Spotify, linked_user: UserClient
) -> None:
    liked = _give_nasty_names(spotify)
    urls = [
        f"https://open.spotify.com/track/{uri.rpartition(':')[2]}" if ":track:" in uri else uri
        for uri in liked
    ]
    assert any(url.startswith("spotify:local:") for url in urls)
    links = (await _export(linked_user, "format:links")).decode().splitlines()
    assert links == [url for url in urls if not url.startswith("spotify:local:")]
    m3u8 = (await _export(linked_user, "format:m3u8")).decode().splitlines()
    assert m3u8[:2] == ["#EXTM3U", "#PLAYLIST:Liked songs"]
    assert [line for line in m3u8 if not line.startswith("#")] == urls
    assert sum(line.startswith("#EXTINF:") for line in m3u8) == len(urls)
    assert all(
        b.startswith(("#EXTALB:", "http", "spotify:")) for a, b in pairwise(m3u8) if "#EXTINF" in a
    )


async def test_headers_are_those_that_importers_know(linked_user: UserClient) -> None:
    headers = {
        "exportify.net": "Track URI,Track Name,Album Name,Artist Name(s),Release Date,"
        "Duration (ms),Popularity,Explicit,Added By,Added At,Genres,Record Label,Danceability,",
        "tunemymusic": "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id\n",
    }
    exportify = (
        b'"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name",'
        b'"Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL",'
        b'"Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit",'
        b'"Popularity","ISRC","Added By","Added At"\n"'
    )
    assert (await _export(linked_user, "format:csv")).startswith(exportify)
    for name, header in headers.items():
        content = await _export(linked_user, f"format:{name}")
        assert content.decode("utf-8-sig").startswith(header), name
        assert content.startswith(b"\xef\xbb\xbf"), name


CELLS = st.lists(st.text("\r\n\t \"',;=+@-\0ab\u2028é"), min_size=2, max_size=3)


@given(st.lists(CELLS, max_size=4), st.booleans())
def test_cells_are_read_back_and_run_nothing(rows: list[list[str]], quote_all: bool) -> None:
    raw = "".join(csv_text(("a", "b"), rows, quote_all=quote_all, raw=True))
    assert list(csv.reader(io.StringIO(raw, newline=""), strict=True)) == [["a", "b"], *rows]
    safe = "".join(csv_text(("a", "b"), rows, quote_all=quote_all))
    for row, cells in zip(list(csv.reader(io.StringIO(safe, newline="")))[1:], rows, strict=True):
        assert [unescaped(cell) for cell in row] == cells
        assert not any(cell.lstrip(" \r\n\t\0\u2028")[:1] in {*"=+-@"} for cell in row)


def test_invisible_characters_hide_no_formula() -> None:
    for code in range(0x10000):
        if unicodedata.category(chr(code))[0] in "CZ":
            assert is_formula(f"{chr(code)}=1"), hex(code)
    assert not any(map(is_formula, ("", " ", "a=1", "1-1", "\u00e9", "\U0001f3b5=")))


async def test_images_have_the_sizes_that_spotify_says(
    spotify: Spotify, linked_user: UserClient
) -> None:
    size = {"url": "https://i.scdn.co/image/x", "width": 1280, "height": 720}

    def change(page: Any) -> object:
        for entry in page["items"]:
            entry["track"]["album"] = {"name": "A", "images": [size]}
        return page

    spotify.on("GET .*/me/tracks$", Changed(change), times=None)
    songs = json.loads(await _export(linked_user, "format:tracks.json"))
    assert [song["images"] for song in songs] == [[size]] * len(songs)


async def test_links_lead_to_the_item_or_are_absent(
    spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    del ada.liked[6:]
    uris = [uri for uri, _ in ada.liked]
    chapter = f"spotify:chapter:{uris[0].rpartition(':')[2]}"
    odd = [chapter, "spotify:track:../../x", "spotify:track:a?b", "spotify:local:x", "javascript:"]

    def change(page: Any) -> object:
        for entry, uri in zip(page["items"], odd, strict=False):
            kind = "chapter" if uri == chapter else "track"
            entry["track"] |= {"uri": uri, "id": None, "type": kind}
        return page

    spotify.on("GET .*/me/tracks$", Changed(change), times=None)
    links = (await _export(linked_user, "format:links")).decode().splitlines()
    ids = [uri.rpartition(":")[2] for uri in (chapter, uris[5])]
    kinds = ("chapter", "track")
    assert links == [
        f"https://open.spotify.com/{kind}/{item_id}"
        for kind, item_id in zip(kinds, ids, strict=True)
    ]


async def test_what_a_format_cannot_hold_is_said(spotify: Spotify, linked_user: UserClient) -> None:
    """Local files have no links; a playlist file holds no albums; Excel holds all."""
    ada = spotify.accounts["ada"]
    local = [uri for uri, _ in ada.liked if uri.startswith("spotify:local:")]
    linked = len(ada.liked) - len(local)
    assert len(local) == 1
    for name in ("links", "spotdl"):
        reply = await linked_user.run(f"/export what:liked-songs format:{name}")
        await reply.wait_for(f"Here are your {linked} liked songs. 1 entry has no link")
    for section in ("albums", "artists", "shows", "audiobooks"):
        reply = await linked_user.run(f"/export what:{section} format:m3u8")
        await reply.wait_for("That format only holds songs and episodes")
    reply = await linked_user.run("/export format:m3u8")
    await reply.wait_for("This format can’t hold albums, artists, shows or audiobooks.")
    (content,) = reply.files.values()
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert "library.json" not in archive.read("README.txt").decode()
    assert not spotify.calls_to("GET", "me/albums")
    reply = await linked_user.run("/export what:albums format:xlsx")
    await reply.wait_for("Here are your")
    sheet = openpyxl.load_workbook(io.BytesIO(reply.files["albums.xlsx"])).active
    assert sheet is not None
    assert {row[5].value for row in sheet.iter_rows(min_row=2)} == ada.saved_uris("album")
    ada.liked[:] = [(uri, added) for uri, added in ada.liked if uri in local]
    reply = await linked_user.run("/export what:liked-songs format:links")
    await reply.wait_for("only local files")


async def test_formulas_stay_only_if_asked(spotify: Spotify, linked_user: UserClient) -> None:
    _give_nasty_names(spotify)
    read = READERS["csv"]
    assert read(await _export(linked_user, "format:csv"))[0] == f"'{NASTY_NAMES[0]}"
    assert read(await _export(linked_user, "format:csv raw:true"))[0] == NASTY_NAMES[0]


async def test_web_page_is_refused_by_the_import_with_what_to_attach(
    linked_user: UserClient,
) -> None:
    for what in ("everything", "albums"):
        reply = await linked_user.run(f"/export what:{what} format:html")
        await reply.wait_for("Here")
        ((name, content),) = reply.files.items()
        reply = await linked_user.run(f"/import file:{name}", {name: content})
        await reply.wait_for("That’s a web page, which I can’t import. Attach the archive")


def test_every_format_is_tested() -> None:
    assert {*READERS, "links", "m3u8"} == {*FORMATS, JSON}
