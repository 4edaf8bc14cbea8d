"""Files that are damaged, or made to do harm, are refused with a sentence, and nothing is kept."""

from __future__ import annotations

import io
import json
import zipfile
from asyncio import CancelledError
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import files
from bot.errors.files import UnreadableFile
from bot.library.formats import FORMATS
from bot.library.formats.exportify_csv import COLUMNS
from bot.library.formats.song import NamedUri, Song
from bot.library.imported_library import kept
from bot.library.read_file import read_library
from bot.text.escape import safe
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.export_jobs import wait_until_erased
from tests.test_read_formats import reading, written

TRACK = "spotify:track:4iV5W9uYEdYUVa79Axb7Rh"
SONG = Song(
    uri=TRACK,
    name="Años, “quoted”",
    artists=(NamedUri("A", "spotify:artist:4iV5W9uYEdYUVa79Axb7R1"),),
    album=NamedUri("B", "spotify:album:4iV5W9uYEdYUVa79Axb7R2"),
    added_at="2026-01-02T03:04:05Z",
    isrc="USRC17607839",
)
LIBRARY = json.dumps({"tonearm": 1, "tracks": [{"track": "T", "uri": TRACK}] * 3}).encode()
CSV = written("csv", [SONG, SONG])


def zipped(
    *parts: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = 0o120777 << 16
    return info


def _locked() -> bytes:
    content = bytearray(zipped(("a.csv", CSV)))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _stored() -> bytes:
    return zipped(("a.csv", CSV), method=zipfile.ZIP_STORED)


def _lying() -> bytes:
    """An archive whose part is longer than it says."""
    content = bytearray(zipped(("a.csv", CSV)))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(content)


HUGE = b'"' + b",".join(b'"%s"' % name.encode() for name in COLUMNS)[1:] + b"\n"
HISTORY = json.dumps([{"ts": "2026", "ip_addr": "203.0.113.7", "ms_played": 1, "track": "T"}])
XML = '<playlist xmlns="http://xspf.org/ns/0/"><trackList>{}</trackList></playlist>'
LAUGHS = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + XML.format("&b;")
OUTSIDE = '<!DOCTYPE p SYSTEM "file:///etc/passwd">' + XML.format("")

REFUSED: tuple[tuple[str, Callable[[], bytes], type[UnreadableFile]], ...] = (
    ("nothing", lambda: b"", files.FileEmpty),
    ("white space", lambda: b"\xef\xbb\xbf \r\n", files.FileEmpty),
    ("a picture", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, files.UnknownFile),
    ("a database", lambda: b"SQLite format 3\0" + b"\x10\0\x01\x01\0@  " * 9, files.UnknownFile),
    ("gzip", lambda: b"\x1f\x8b\x08\0" + bytes(range(200)), files.OtherArchive),
    ("old Excel", lambda: b"\xd0\xcf\x11\xe0" + bytes(range(200)), files.OldWorkbook),
    ("rich text", lambda: b"{\\rtf1\\ansi " + TRACK.encode() + b"}", files.RichText),
    ("a sheet of LibreOffice", lambda: zipped(("content.xml", b"<x/>")), files.OtherSpreadsheet),
    ("a sheet of Apple", lambda: zipped(("Index/Document.iwa", b"x")), files.OtherSpreadsheet),
    ("JSON in lines", lambda: b'{"track": "T", "artist": "A"}\n' * 2, files.UnknownFile),
    ("a song", lambda: b"ID3\4" + b"\0" * 99 + bytes(range(256)) * 9, files.UnknownFile),
    ("a PDF", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)), files.UnknownFile),
    ("advertising", lambda: b'[{"artistName": "A", "segment": "x"}]', files.UnknownFile),
    ("searches", lambda: b'[{"searchQuery": "x", "searchTime": "2026"}]', files.UnknownFile),
    ("contacts", lambda: b"Name,E-mail\nBob,bob@example.com\n", files.UnknownFile),
    ("bookmarks", lambda: b"Title,URL\nA page,https://example.com/\n", files.UnknownFile),
    ("words", lambda: b'["a", "b"]', files.UnknownFile),
    ("a wrong byte", lambda: CSV.replace(b"quoted", b"quo\xffted"), files.FileDamaged),
    ("a row of cells", lambda: HUGE + b'"\n",' * 10**6, files.FileDamaged),
    ("a letter", lambda: b"Hello, world.\nHow are you?\n", files.UnknownFile),
    ("a web page", lambda: b"<!doctype html><html><body>x</body></html>", files.UnknownFile),
    ("another table", lambda: b"Date,Amount\n2026-01-02,5\n", files.UnknownFile),
    ("another JSON", lambda: b'{"a": [1, 2, {"b": null}]}', files.UnknownFile),
    ("NULs only", lambda: b"\0" * 5_000, files.FileDamaged),
    ("a hole", lambda: CSV + b"\0" * 4_096, files.FileDamaged),
    ("a hole in UTF-16", lambda: CSV.decode().encode("utf-16") + b"\0" * 512, files.FileDamaged),
    ("half a letter", lambda: CSV[: CSV.rindex("“".encode()) + 1], files.FileCutOff),
    ("half a UTF-16", lambda: CSV.decode().encode("utf-16")[:-1], files.FileCutOff),
    ("a wrong mark", lambda: b"\xef\xbb\xbf" + CSV.decode().encode("cp1252"), files.WrongEncoding),
    ("no letters", lambda: HUGE + b'"spotify:track:x","\x81\x8d"\n', files.WrongEncoding),
    ("half a row", lambda: CSV[: len(CSV) - 50], files.FileCutOff),
    ("an endless cell", lambda: HUGE + b'"' + b"x" * 10**6, files.FileDamaged),
    ("an endless line", lambda: HUGE + b"x" * (2 * 10**6), files.FileDamaged),
    ("ten million rows", lambda: HUGE + b"a\n" * 10**7, files.TooManyEntries),
    ("ten million empty rows", lambda: HUGE + b"\n" * 10**7, files.TooManyEntries),
    ("half a JSON", lambda: LIBRARY[: len(LIBRARY) // 2], files.FileCutOff),
    ("two JSONs", lambda: LIBRARY * 2, files.FileDamaged),
    ("a deep JSON", lambda: b'{"tracks": ' + b"[" * 10**6, UnreadableFile),
    ("a long name", lambda: b'{"tracks": [{"track": "' + b"x" * 10**7, files.FileDamaged),
    ("listening history", lambda: HISTORY.encode(), files.ListeningHistory),
    ("history as a table", lambda: b"ts,ip_addr,track\n1,::1,x\n", files.ListeningHistory),
    ("entities", lambda: LAUGHS.encode(), files.XmlWithEntities),
    ("an entity of UTF-16", lambda: LAUGHS.encode("utf-16"), files.XmlWithEntities),
    ("a file from outside", lambda: OUTSIDE.encode(), files.XmlWithEntities),
    ("other XML", lambda: b"<plist><dict/></plist>", files.UnknownFile),
    ("half an XML", lambda: XML.format("<track>").encode()[:-30], files.FileCutOff),
    ("a deep XML", lambda: b"<playlist>" + b"<a>" * 10**6, files.FileDamaged),
    ("an endless tag", lambda: b"<playlist " + b"x" * (4 * 10**6), files.FileDamaged),
    ("a zip bomb", lambda: zipped(("a.csv", b"x" * (40 * 1024**2))), files.ArchiveTooLarge),
    ("many parts", lambda: zipped(*((f"{n}", b"") for n in range(20_001))), files.TooManyEntries),
    ("a long list of parts", lambda: zipped(*((f"{n:0>3000}", b"") for n in range(1_000))),
     files.ArchiveTooLarge),
    ("an empty archive", lambda: zipped(), files.UnknownFile),
    ("an archive of letters", lambda: zipped(("a.txt", b"Hello.")), files.UnknownFile),
    ("an archive of history", lambda: zipped(("a", HISTORY.encode())), files.ListeningHistory),
    ("archives inside archives", lambda: zipped(("a", zipped(("b", zipped(("c", CSV)))))),
     files.ArchiveInArchive),
    ("a path up", lambda: zipped(("../a.csv", CSV)), files.ArchivePath),
    ("a path from the root", lambda: zipped(("/a.csv", CSV)), files.ArchivePath),
    ("a path of Windows", lambda: zipped(("C:\\a.csv", CSV)), files.ArchivePath),
    ("a path up, of Windows", lambda: zipped(("x\\..\\..\\a.csv", CSV)), files.ArchivePath),
    ("a link", lambda: zipped((_link(), b"/etc/passwd")), files.ArchivePath),
    ("a password", _locked, files.ArchiveLocked),
    ("a part with a wrong size", _lying, files.FileDamaged),
    ("half an archive", lambda: zipped(("a.csv", CSV))[:-30], files.FileCutOff),
    ("a damaged part", lambda: _stored().replace(b"quoted", b"QUOTED"), files.FileDamaged),
    ("bzip2", lambda: zipped(("a.csv", CSV), method=zipfile.ZIP_BZIP2), files.FileDamaged),
    ("a damaged list", lambda: zipped(("good.csv", CSV), ("bad.csv", CSV[:-50])), files.FileCutOff),
)  # fmt: skip


def _refusal(content: bytes) -> UnreadableFile:
    """The error of a file, of which nothing may be kept."""
    with TemporaryDirectory() as folder:
        path, target = Path(folder, "file"), Path(folder, "kept")
        path.write_bytes(content)
        target.mkdir()
        with pytest.raises(UnreadableFile) as caught:
            read_library(path, target)
        assert kept(target) is None
        return caught.value


def test_each_harmful_file_has_its_sentence_and_leaves_nothing() -> None:
    for name, make, expected in REFUSED:
        error = _refusal(make())
        assert isinstance(error, expected), (name, error)
        assert error.message.endswith("."), name


def test_a_damaged_part_of_an_archive_is_named() -> None:
    bad = zipped(("good.csv", CSV), ("playlists/001 @here *x*.csv", CSV[:-50]))
    message = _refusal(bad).message
    assert "good" not in message
    assert f"It’s about {safe('001 @here *x*.csv')} in the archive." in message


FILES = [written(name, [SONG] * 3) for name in FORMATS]
FILES += [LIBRARY, zipped(("liked-songs.csv", CSV), ("library.json", LIBRARY))]


@given(st.sampled_from(FILES), st.integers(0), st.integers(0), st.binary(max_size=4), st.booleans())
def test_any_change_of_a_file_is_read_or_refused(
    content: bytes, at: int, length: int, other: bytes, is_cut: bool
) -> None:
    """Nothing but UnreadableFile is raised, so nothing is called a bug of the bot."""
    at %= len(content)
    changed = content[:at] + other + (b"" if is_cut else content[at + length % 50 :])
    with suppress(UnreadableFile), reading(changed) as library:
        assert sum(each.count for each in library.lists) <= 20


# How the names of files begin that take long to make.
_LARGE = ("ten million", "an endless", "a deep", "a long", "a row", "many", "a zip bomb", "no le")


class Countdown(Event):
    """An event that is set when it has been asked a number of times."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def is_set(self) -> bool:
        self.count -= 1
        return self.count < 0


def test_reading_stops_wherever_it_is(tmp_path: Path) -> None:
    """Also inside what has no entries, such as a key that is passed."""
    passed = b'{"x": [' + b"[]," * 10**4 + b"[]], " + LIBRARY[1:]
    for content in (CSV * 500, passed, zipped(("a.json", passed)), written("xspf", [SONG] * 600)):
        path = tmp_path / "file"
        path.write_bytes(content)
        for count in range(4):
            with pytest.raises(CancelledError):
                read_library(path, tmp_path, cancelled=Countdown(count))
            assert kept(tmp_path) is None


async def test_a_refused_file_changes_nothing_and_leaves_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    ada = spotify.accounts["ada"]
    before = list(ada.liked), [p and list(p.items) for p in ada.playlists]
    contents = [zipped(("good.csv", CSV), ("@everyone.csv", CSV[:-50]))]
    contents += [make() for name, make, _ in REFUSED if not name.startswith(_LARGE)]
    assert len(contents) > 45
    for content in contents:
        reply = await linked_user.run("/import file:library.json", {"library.json": content})
        await reply.wait_for(_refusal(content).message)
    await wait_until_erased(harness)
    assert before == (list(ada.liked), [p and list(p.items) for p in ada.playlists])
    assert {call.method for call in spotify.calls} <= {"GET"}
