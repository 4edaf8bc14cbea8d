"""Reads a JSON document piece by piece, so that memory does not grow with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import JSONDecoder
from typing import TextIO

from bot.errors.files import FileCutOff, FileDamaged, TooManyEntries

_CHUNK = 64 * 1024
# Characters of a value that `value` reads; an entry of Spotify's has up to 20,000.
MAX_VALUE = 1024 * 1024
# Members and elements of all containers that are read one by one.
MAX_ITEMS = 20_000_000
# Of containers inside each other, beyond which `skip` gives up.
_MAX_DEPTH = 100
_SPACE = " \t\n\r"
_WORDS = ("true", "false", "null", "-")


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


_DECODER = JSONDecoder(parse_constant=_refuse, strict=False)


class JsonStream:
    """A reader at a position of a document. Each method raises FileCutOff and FileDamaged.

    After `members` or `elements` has yielded, read the value with one of the methods; a value that
    is not read is skipped.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._is_pending = False
        self._depth = 0
        self._items_left = MAX_ITEMS

    def peek(self) -> str:
        """The first character of what comes next; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._fill():
                return ""

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; the value of each comes next then."""
        for _ in self._items("{", "}"):
            if self.peek() != '"':
                raise self._wrong()
            key, _ = self._decode()
            self._take(":")
            self._is_pending = True
            yield str(key)

    def elements(self) -> Iterator[None]:
        """Yields for each element of the array that comes next; the element comes next then."""
        for _ in self._items("[", "]"):
            self._is_pending = True
            yield

    def value(self) -> object:
        """The value that comes next, which is not large."""
        return self._decode()[0]

    def value_and_text(self) -> tuple[object, str]:
        """As `value`, and the exact text of the value."""
        return self._decode()

    def skip(self) -> None:
        """Pass the value that comes next, of any size."""
        match self.peek():
            case "{":
                for _ in self.members():
                    self.skip()
            case "[":
                for _ in self.elements():
                    self.skip()
            case _:
                self.value()

    def end(self) -> None:
        """Raises FileDamaged if anything comes next."""
        if self.peek():
            raise self._wrong()

    def _items(self, start: str, end: str) -> Iterator[None]:
        self._is_pending = False
        self._take(start)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FileDamaged("JSON is nested too deeply")
        if self.peek() == end:
            self._at += 1
        else:
            while True:
                self._items_left -= 1
                if self._items_left < 0:
                    raise TooManyEntries(MAX_ITEMS, "values")
                yield
                if self._is_pending:
                    self.skip()
                if self.peek() == end:
                    self._at += 1
                    break
                self._take(",")
        self._depth -= 1

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._wrong()
        self._at += 1

    def _decode(self) -> tuple[object, str]:
        """The value that comes next, and its text."""
        if not self.peek():
            raise FileCutOff
        self._is_pending = False
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError) as error:
                if len(self._buffer) - self._at > MAX_VALUE or not self._fill():
                    raise self._wrong(error) from None
                continue
            # A number may go on in what is not read yet.
            if end < len(self._buffer) or not self._fill():
                text = self._buffer[self._at : end]
                self._at = end
                return value, text

    def _fill(self) -> bool:
        """Read on, at least as much as is in the buffer; whether there was more."""
        waiting = len(self._buffer) - self._at
        more = "" if self._ended else self._file.read(max(_CHUNK, waiting))
        self._ended = not more
        if more:
            self._buffer = self._buffer[self._at :] + more
            self._at = 0
        return bool(more)

    def _wrong(self, error: Exception | None = None) -> FileCutOff | FileDamaged:
        """The error for what comes next; a document that has ended is cut off."""
        if not self.peek():
            return FileCutOff()
        if not isinstance(error, json.JSONDecodeError) or not self._ended:
            return FileDamaged("malformed JSON")
        rest = self._buffer[error.pos :].rstrip(_SPACE)
        cut = (
            error.msg.startswith("Unterminated")
            or any(word.startswith(rest) for word in _WORDS)
            or ("escape" in error.msg and len(rest) < len(r"\u0000"))
        )
        return FileCutOff() if cut else FileDamaged("malformed JSON")
