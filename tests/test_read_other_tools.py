"""Files of other tools are read as what they are, in any language, encoding and order."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import openpyxl

from bot.library.export_lists import LibrarySection
from bot.library.formats.exportify_csv import COLUMNS
from bot.library.formats.imported import EntryProblem, ImportedEntry
from tests.test_read_formats import entries_of, reading

TRACK, OTHER = "spotify:track:4iV5W9uYEdYUVa79Axb7Rh", "spotify:track:1301WleyT98MSxVHPZCA6M"
LOCAL_URI = "spotify:local:An+Artist::A%20Title:61"
# Track URI, track name, artists, album and added at, as Exportify calls them in twelve languages.
LANGUAGES = (
    "Track URI|Track Name|Artist Name(s)|Album Name|Added At",
    "Track-URI|Track-Name|Künstlername(n)|Album-Name|Hinzugefügt am",
    "URI de la canción|Nombre de la canción|Nombre(s) del artista|Nombre del álbum|Añadido en",
    "URI du titre|Nom du titre|Nom(s) de l'artiste|Nom de l'album|Ajouté le",
    "URI della traccia|Nome della traccia|Nome dell'artista|Nome dell'album|Aggiunto il",
    "Nummer URI|Nummernaam|Naam van artiest|Naam van album|Toegevoegd op",
    "URI da faixa|Nome da faixa|Nome(s) do artista|Nome do álbum|Adicionado em",
    "Låtens URI|Låtens namn|Artistens namn|Albumets namn|Tillagd vid",
    "Parça URI|Parça Adı|Sanatçı Adı|Albüm Adı|Eklenme Tarihi",
    "トラックURI|トラック名|アーティスト名|アルバム名|追加日時",
    "URI κομματιού|Όνομα κομματιού|Όνομα/τα καλλιτέχνη|Όνομα άλμπουμ|Προστέθηκε στις",
    "رابط الأغنية (URI)|اسم الأغنية|أسماء الفنانين|اسم الألبوم|أضيف في",
    # One that nobody knows: the columns are known by what is in them, and by their order.
    "Адрес|Песня|Исполнители|Альбом|Добавлено",
)
KNOWN = {"Track URI": 0, "Track Name": 1, "Artist Name(s)": 2, "Album Name": 3, "Added At": 4}
ROW = {
    "Track URI": TRACK,
    "Track Name": "Años",
    "Artist URI(s)": "spotify:artist:4iV5W9uYEdYUVa79Axb7R1, spotify:artist:4iV5W9uYEdYUVa79Axb7R2",
    "Artist Name(s)": "Tyler\\, The Creator, Zoë",
    "Album URI": "spotify:album:4iV5W9uYEdYUVa79Axb7R2",
    "Album Name": "Álbum; =1",
    "Album Release Date": "2019-05-17",
    "Album Image URL": "https://i.scdn.co/image/ab67616d0000b273",
    "Track Number": "2",
    "Track Duration (ms)": "123456",
    "Track Preview URL": "undefined",
    "ISRC": "US-RC1-76-07839",
    "Added By": "spotify:user:ada",
    "Added At": "2026-01-02T03:04:05Z",
}
EXPECTED = ImportedEntry(
    uri=TRACK,
    name="Años",
    artists=("Tyler, The Creator", "Zoë"),
    album="Álbum; =1",
    isrc="USRC17607839",
    duration_ms=123456,
    added_at="2026-01-02T03:04:05Z",
)


def _csv(rows: Iterable[Sequence[str]], delimiter: str = ",", quote_all: bool = True) -> str:
    file = io.StringIO()
    csv.writer(
        file,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        lineterminator="\n",
    ).writerows(rows)
    return file.getvalue()


def test_exportify_is_read_in_every_language_and_after_a_spreadsheet_saved_it() -> None:
    for language in LANGUAGES:
        words = language.split("|")
        header = [words[KNOWN[name]] if name in KNOWN else name for name in COLUMNS]
        row = [ROW.get(name, "") for name in COLUMNS]
        for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")):
            # Some versions have one more column.
            extra = number % 2
            text = _csv(
                [
                    [*header[:17], *["Is Playable"] * extra, *header[17:]],
                    [*row[:17], *["true"] * extra, *row[17:]],
                ],
                delimiter=",;\t"[number % 3],
                quote_all=number == 0,
            )
            for ended in (text, text.removesuffix("\n"), text.replace("\n", "\r\n")):
                with suppress(UnicodeEncodeError):
                    assert entries_of(ended.encode(encoding)) == [EXPECTED], (language, encoding)
        text = "sep=;\r\n" + _csv([header, row], ";", quote_all=False)
        assert entries_of(text.encode("utf-16")) == [EXPECTED], language


def test_columns_in_another_order_are_known_by_content_and_name() -> None:
    order = list(COLUMNS)
    for seed in range(20):
        random.Random(seed).shuffle(order)
        names = [
            "Tyler, The Creator; Zoë" if n == "Artist Name(s)" else ROW.get(n, "") for n in order
        ]
        (entry,) = entries_of(_csv([order, names]).encode())
        assert (entry.uri, entry.name, entry.album) == (TRACK, EXPECTED.name, EXPECTED.album)
        assert (entry.isrc, entry.added_at) == (EXPECTED.isrc, EXPECTED.added_at)


def test_local_files_and_cells_without_a_value() -> None:
    local = [LOCAL_URI, "A Title", "", "An Artist", "", "", *["undefined"] * 13]
    blank: list[str] = []
    (first,) = entries_of(_csv([blank, ["", ""], COLUMNS, local, blank]).encode())
    assert first.uri == LOCAL_URI
    for rows in ([local], [local, [ROW.get(name, "null") for name in COLUMNS]]):
        first, *_ = entries_of(_csv([COLUMNS, *rows]).encode())
        assert (first.uri, first.name, first.artists) == (LOCAL_URI, "A Title", ("An Artist",))
        assert (first.problem, first.duration_ms) == (EntryProblem.LOCAL_FILE, 61_000)
        assert (first.album, first.isrc, first.added_at) == ("", "", "")


def test_dates_of_a_spreadsheet_are_read_only_if_they_are_certain() -> None:
    for written, read in (
        ("02.01.2026 03:04", "2026-01-02 03:04"),
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05"),
        ("01/02/2026 03:04", ""),
        ("never", ""),
    ):
        row = [{**ROW, "Added At": written}.get(name, "") for name in COLUMNS]
        assert [entry.added_at for entry in entries_of(_csv([COLUMNS, row], ";").encode())] == [
            read
        ]


def test_tunemymusic_holds_several_lists() -> None:
    header = ["Track Name", "artist name", "Album", "Playlist Name", "type", "ISRC", "Spotify - id"]
    rows = [
        ["One", "A", "", "Roadtrip", "Playlist", "", TRACK.rpartition(":")[2]],
        ["Liked", "B", "", "Library Songs", "Favorite", "us-rc1-76-07839", ""],
        ["C - From YouTube", "", "", "Roadtrip", "Playlist", "", ""],
        ["", "", "", "Roadtrip", "Playlist", "", ""],
    ]
    for width, last in ((7, "Spotify - id"), (6, ""), (7, "Apple - id"), (7, "YouTube - id")):
        head = [*header[:6], last][:width]
        there = [[*row[:6], row[6] if last.startswith("Spotify") else "1440833060"] for row in rows]
        text = _csv([head, *(row[:width] for row in there)])
        with reading(text.encode("utf-8-sig")) as library:
            road, liked = library.lists
            assert (road.section, road.name) == (LibrarySection.PLAYLIST, "Roadtrip")
            assert (liked.section, liked.guessed) == (LibrarySection.LIKED, False)
            first, youtube, nothing = library.entries(road)
            assert first.uri == (TRACK if last.startswith("Spotify") else "")
            assert (first.name, first.artists) == ("One", ("A",))
            assert youtube.needs_search
            assert nothing.problem is EntryProblem.NAMELESS
            assert next(library.entries(liked)).isrc == "USRC17607839"


def test_shazam_is_read_in_spite_of_stray_quotation_marks() -> None:
    text = (
        "Shazam Library\nIndex, TagTime,Title,Artist,URL, TrackKey\n"
        '1,2026-01-02,"Hello, Goodbye",The Beatles,https://www.shazam.com/track/1/x,1\n'
        '2,2026-01-03,Title "Live",Someone,https://www.shazam.com/track/2/y,2\n'
        '3,2026-01-04,"Open,Someone,https://www.shazam.com/track/3/z,3\n'
        "4,2026-01-05,After,Someone,https://www.shazam.com/track/4/z,4\n"
    )
    entries = entries_of(text.encode())
    assert [entry.name for entry in entries[:2]] == ["Hello, Goodbye", 'Title "Live']
    assert [entry.artists for entry in entries[:2]] == [("The Beatles",), ("Someone",)]
    assert (entries[-1].name, entries[-1].added_at) == ("After", "2026-01-05")
    assert all(entry.needs_search for entry in entries[:2])


def test_shazam_is_read_after_a_spreadsheet_saved_it() -> None:
    text = "Shazam Library;;;;;\r\nIndex;TagTime;Title;Artist;URL;TrackKey\r\n"
    text += "1;2026-01-02;A, B;C;x;1\r\n"
    (entry,) = entries_of(text.encode("cp1252"))
    assert (entry.name, entry.artists, entry.added_at) == ("A, B", ("C",), "2026-01-02")


def test_a_stray_quotation_mark_swallows_no_rows() -> None:
    for stray in ('"Open', 'Op"en', '"Op"en"', '"'):
        for many in (0, 5_000):  # more than a cell may hold, too
            rows = [f"{stray},A,{TRACK}", *[f"Next,B,{OTHER}"] * (many + 2)]
            text = "\n".join(["Track name,Artist name,Spotify - id", *rows, ""])
            read = entries_of(text.encode())
            assert [entry.uri for entry in read] == [TRACK, *[OTHER] * (many + 2)], (stray, many)
            if not many:
                assert [entry.uri for entry in entries_of(text[:-1].encode())] == [
                    TRACK, OTHER, OTHER
                ]  # fmt: skip


def test_arrays_of_songs_are_read_whoever_wrote_them() -> None:
    track_id = TRACK.rpartition(":")[2]
    page = f"https://open.spotify.com/intl-de/track/{track_id}?si=x"
    spotdl: dict[str, object] = {
        "name": "N",
        "artists": ["A", "B"],
        "album_name": "L",
        "duration": 3,
        "url": page,
    }
    spotify: dict[str, object] = {
        "name": "N",
        "artists": [{"name": "A"}, {"name": "B"}],
        "album": {"name": "L"},
    }
    spotify |= {"duration_ms": 3000, "id": track_id, "type": "track"}
    for document in (
        [spotdl],
        {"type": "sync", "query": ["x"], "songs": [spotdl]},
        [spotify],
        [{"added_at": "2026-01-02T03:04:05Z", "track": spotify}],
    ):
        (entry,) = entries_of(json.dumps(document).encode())
        assert (entry.uri, entry.name, entry.artists) == (TRACK, "N", ("A", "B"))
        assert (entry.album, entry.duration_ms) == ("L", 3000)
    lists = [{**spotdl, "list_name": name, "list_url": None} for name in ("One", "Two", "One")]
    with reading(json.dumps(lists).encode(), "any.json") as library:
        assert [(each.name, each.count) for each in library.lists] == [("One", 2), ("Two", 1)]


def test_links_are_read_with_any_text_around_them() -> None:
    item = TRACK.rpartition(":")[2]
    text = (
        f"# my songs\n\nhttps://open.spotify.com/track/{item}\n{OTHER}\n"
        f"A song: https://open.spotify.com/intl-es/track/{item}?si=1 (great)\n"
        f"{LOCAL_URI}\nhttps://open.spotify.com/album/{item}\nhttps://example.com/x\n"
    )
    with reading(text.encode("utf-16"), "Summer 2024.txt") as library:
        songs, albums = library.lists
        assert (songs.name, albums.section) == ("Summer 2024", LibrarySection.ALBUMS)
        entries = list(library.entries(songs))
        assert [e.uri for e in entries] == [TRACK, OTHER, TRACK, LOCAL_URI, ""]
        assert entries[-1].problem is EntryProblem.UNREADABLE
        assert entries[-1].name == "https://example.com/x"
    line = f"{TRACK}, {OTHER};{TRACK} (https://open.spotify.com/track/{item}) " * 300
    for text in (line, f"\n\n{line}\n"):
        assert [e.uri for e in entries_of(text.encode())] == [TRACK, OTHER, TRACK, TRACK] * 300
    chat = "\n".join([*("what a song" for _ in range(90)), f"Ada: {TRACK}", "https://youtu.be/x"])
    entries = entries_of(chat.encode())
    assert [e.uri for e in entries if e.uri] == [TRACK]
    assert [e.name for e in entries if not e.uri] == ["what a song"] * 90 + ["https://youtu.be/x"]


def test_playlists_of_media_players_are_read() -> None:
    item = TRACK.rpartition(":")[2]
    m3u = f"#EXTM3U\r\n#EXTINF:-1 x=y,A - B - C\r\nmusic\\song.mp3\r\nhttps://open.spotify.com/track/{item}\r\n"
    file, link = entries_of(m3u.encode("cp1252"))
    assert (file.name, file.artists, file.needs_search) == ("B - C", ("A",), True)
    assert (link.uri, link.name) == (TRACK, "")
    xspf = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><x:playlist version="0" xmlns:x="http://xspf.org/ns/0/">'
        "<x:title>Années</x:title><x:trackList><x:track><x:location>file:///a.mp3</x:location>"
        "<x:creator>Zoë</x:creator><x:title>T</x:title><x:duration>1000</x:duration></x:track>"
        f"<x:track><x:identifier>{TRACK}</x:identifier></x:track></x:trackList></x:playlist>"
    )
    with reading(xspf.encode("iso-8859-1")) as library:
        (only,) = library.lists
        file, link = library.entries(only)
        assert (only.name, file.artists, file.duration_ms) == ("Années", ("Zoë",), 1000)
        assert link.uri == TRACK


def test_workbooks_of_other_programs_are_read() -> None:
    """With texts that cells share, dates as numbers, and a sheet without songs."""
    workbook = openpyxl.Workbook()
    songs = workbook.active
    assert songs is not None
    songs.title = "Roadtrip"
    header = LANGUAGES[2].split("|")
    songs.append([header[KNOWN[name]] if name in KNOWN else name for name in COLUMNS])
    row: list[Any] = [ROW.get(name) for name in COLUMNS]
    row[COLUMNS.index("Added At")] = datetime(2026, 1, 2, 3, 4, 5)
    row[COLUMNS.index("Track Duration (ms)")] = 123456
    songs.append(row)
    workbook.create_sheet("Notes").append(["Call", "Bob"])
    file = io.BytesIO()
    workbook.save(file)
    with reading(file.getvalue(), "any.zip") as library:
        (only,) = library.lists
        assert only.name == "Roadtrip"
        assert list(library.entries(only)) == [EXPECTED]
