"""Reads a text file, whose format and encoding are known by its content."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, TextIO

from bot.errors.files import FileEmpty, TooManyEntries, UnknownFile, UnreadableFile, WebPage
from bot.library.formats import flat_json, links_text, m3u8, spotify_json, table, xspf
from bot.library.formats.csv_rows import read_rows
from bot.library.formats.decoded_text import WINDOWS_1252, Lines, text_facts
from bot.library.formats.file_facts import FileFacts, FileKind
from bot.library.formats.imported import Entries, only_songs
from bot.library.formats.json_stream import JsonStream
from bot.library.formats.list_name import FileLists

# Lines of a text that is neither JSON nor XML: an M3U8 has three or four an entry.
MAX_LINES = 5_000_000
# Characters from which the format is known.
_HEAD = 64 * 1024
_SAMPLE_LINES = 50
_JSON = re.compile(r"\{|\[\s*[\[{\"\]]")
# What spotDL writes of one song, alone or in a list.
_SONG, _SONGS = re.compile(r'"song_id"\s*:\s*"'), re.compile(r"\[\s*\{")
_EXTINF = re.compile("^#EXT(M3U|INF:)", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(r"<(!doctype )?html\b", re.IGNORECASE)
_XSPF = re.compile(r"<(\w+:)?playlist\b")

Opener = Callable[[], IO[bytes]]


def read_text(
    opener: Opener, lists: FileLists, facts: FileFacts, *, keep_spotify: bool = False
) -> Entries:
    """The lists of a text file, which is decoded to its end before anything is read from it.

    opener        opens the file, repeatedly
    lists         has the file's name
    keep_spotify  see `read_library`

    Raises UnreadableFile, UnknownFile before the first entry.
    """
    with opener() as file:
        decoded = text_facts(file)
    with _open(opener, decoded.encoding) as text:
        head = text.read(_HEAD).lstrip("\ufeff \t\r\n")
    if not head:
        raise FileEmpty
    if head.startswith("<"):
        if not _XSPF.search(head):
            raise WebPage if _HTML.match(head) else UnknownFile("XML other than XSPF")
        with opener() as file:
            yield from xspf.read(file, lists)
        facts.kinds.add(FileKind.XSPF)
        return
    is_song = head.startswith("{") and bool(_SONG.search(head)) and not _SONGS.search(head)
    is_json = _JSON.match(head) is not None
    if not is_json and decoded.lines > MAX_LINES:
        raise TooManyEntries(MAX_LINES, "lines")
    with _open(opener, decoded.encoding) as text:
        if head.startswith("{") and not is_song:
            yield from spotify_json.read(JsonStream(text), facts, lists, keep_spotify=keep_spotify)
        elif is_json:
            stream = JsonStream(text)
            yield from only_songs(flat_json.read(stream, lists, is_array=not is_song))
            stream.end()
            facts.kinds.add(FileKind.SONGS)
        else:
            kind = _kind_of_lines(head)
            lines = Lines(text)
            match kind:
                case FileKind.M3U8:
                    yield from m3u8.read(lines, lists)
                case FileKind.TABLE:
                    yield from table.read(read_rows(lines), lists)
                case _:
                    yield from links_text.read(lines, lists)
            facts.kinds.add(kind)
    facts.encoding_guessed |= decoded.encoding == WINDOWS_1252


def _kind_of_lines(head: str) -> FileKind:
    """The kind of a text by its first lines. Raises UnknownFile, and ListeningHistory."""
    if _EXTINF.search(head):
        return FileKind.M3U8
    rows: list[list[str]] = []
    with suppress(UnreadableFile):  # the head may end inside a row
        for row in islice(read_rows(Lines(io.StringIO(head, newline=""))), _SAMPLE_LINES):
            rows.append(row)
    if table.is_table(rows):
        return FileKind.TABLE
    # A chat or a mail may have more words than links; what has no link is left out by name.
    lines = (line for line in head.splitlines() if not line.lstrip().startswith("#"))
    if any(map(links_text.LINK.search, lines)):
        return FileKind.LINKS
    raise UnknownFile("a text without songs")


@contextmanager
def _open(opener: Opener, encoding: str) -> Iterator[TextIO]:
    with opener() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        yield text
