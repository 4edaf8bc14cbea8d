"""Finds the encoding of a text file, and reads its lines with bounded memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TextIO

from bot.errors.files import FileCutOff, FileDamaged, FileEmpty, UnknownFile, WrongEncoding

WINDOWS_1252 = "cp1252"

# Characters of a line, or of what stands between two quotation marks.
MAX_LINE = 1024 * 1024
_CHUNK, _HEAD = 256 * 1024, 4 * 1024
_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A name may begin with the mark, too.
_MARK, _MARKS_BEFORE = "\ufeff", re.compile('^\ufeff+(?=["#]|spotify:|https?:)')
# A hole in a file whose disk was full or whose download broke off. A name may have one NUL.
_HOLE = "\0" * 64
# Control characters that no text of any encoding has.
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_ASCII = re.compile(r"[^\0-\x7f]")
# The share of the first bytes that may be such characters: names can have some.
_MAX_BINARY_SHARE = 0.05


@dataclass(frozen=True)
class TextFacts:
    """The encoding in which a whole file decodes, and the number of its lines."""

    encoding: str
    lines: int


def text_facts(file: IO[bytes]) -> TextFacts:
    """Reads the file to its end and decodes it, so that no later reading meets a fault.

    Without a byte order mark the encoding is UTF-8, UTF-16 if every other byte is NUL, or
    Windows-1252, which is a guess: almost any text of one byte a letter decodes so.

    Raises FileEmpty, FileCutOff, FileDamaged, WrongEncoding, and UnknownFile for what is no text.
    """
    encoding = _from_head(file.read(_HEAD))
    if encoding == "utf-8":
        with suppress(WrongEncoding):
            return TextFacts(encoding, _decode(file, encoding))
        encoding = WINDOWS_1252
        _refuse_damaged_utf8(file)
    return TextFacts(encoding, _decode(file, encoding))


def _refuse_damaged_utf8(file: IO[bytes]) -> None:
    """Raises FileDamaged for UTF-8 with wrong bytes: as Windows-1252, no letter would be right.

    A text in Windows-1252 has hardly ever two letters in a row that are one in UTF-8.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    while chunk := file.read(_CHUNK):
        text = decoder.decode(chunk)
        bad = text.count("\ufffd")
        wrong += bad
        right += len(_NOT_ASCII.findall(text)) - bad
    if right > wrong:
        raise FileDamaged("some bytes are no UTF-8")


def _from_head(head: bytes) -> str:
    if not head.strip(b"\0 \t\r\n"):
        raise FileEmpty if not head.strip() else FileDamaged("NUL characters")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    even, odd = head[::2], head[1::2]
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1:
        return "utf-16-be"
    # Databases and pictures have holes, too, but no text has so many other such characters.
    binary, nulls = len(_BINARY.findall(head)), head.count(0)
    if binary > (len(head) - nulls) * _MAX_BINARY_SHARE:
        raise UnknownFile("no text")
    if _HOLE.encode() in head:
        raise FileDamaged("NUL characters")
    if binary + nulls > len(head) * _MAX_BINARY_SHARE:
        raise UnknownFile("no text")
    return "utf-8"


def _decode(file: IO[bytes], encoding: str) -> int:
    """Decode the whole file; the number of its lines."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            lines += max(text.count("\n"), text.count("\r"))
            if _HOLE in text:
                raise FileDamaged("NUL characters")
    except UnicodeDecodeError as error:
        raise WrongEncoding(f"not {encoding}") from error
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileCutOff("the last character is cut off") from error
    return lines


class Lines:
    """The lines of a text with their ends. `is_cut`: the last line has no end.

    A byte order mark that joined files leave before a row or a link is no part of it. The text
    does not translate line ends (`newline=""`). Raises FileDamaged for an endless line.
    """

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.is_cut = False
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        self.is_cut = not line.endswith(("\n", "\r"))
        if self.is_cut and len(line) == MAX_LINE:
            raise FileDamaged("an endless line")
        return _MARKS_BEFORE.sub("", line) if line[0] == _MARK else line
