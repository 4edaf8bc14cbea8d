"""Reads XML piece by piece, with bounded memory and without entities of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

from bot.errors.files import FileCutOff, FileDamaged, TooManyEntries, WrongEncoding, XmlWithEntities

_CHUNK = 64 * 1024
# Bytes in which an event must come: expat holds a tag in memory until its end.
_MAX_TAG = 1024 * 1024
_MAX_DEPTH = 50
# Starts and ends of elements: a workbook has some 70 a row.
MAX_EVENTS = 70_000_000
# Characters of an element's text to keep.
_MAX_TEXT = 64 * 1024


def xml_events(file: IO[bytes]) -> Iterator[tuple[str, Mapping[str, str] | None, str]]:
    """Each element's (name, attributes, "") at its start, and (name, None, text) at its end.

    Names are without namespaces and prefixes. The text is the element's own since the last child.

    Raises XmlWithEntities for a document type, FileCutOff and FileDamaged.
    """
    parser = ParserCreate()
    parser.buffer_text = True
    events: list[tuple[str, Mapping[str, str] | None, str]] = []
    text: list[str] = []
    length = depth = waiting = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, length
        depth += 1
        if depth > _MAX_DEPTH:
            raise FileDamaged("XML is nested too deeply")
        text.clear()
        length = 0
        events.append((name.rpartition(":")[2], attributes, ""))

    def end(name: str) -> None:
        nonlocal depth, length
        depth -= 1
        events.append((name.rpartition(":")[2], None, "".join(text)))
        text.clear()
        length = 0

    def characters(data: str) -> None:
        nonlocal length, waiting
        waiting = 0
        if length < _MAX_TEXT:
            length += len(data)
            text.append(data)

    def doctype(*_: object) -> None:
        raise XmlWithEntities

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    try:
        while chunk := file.read(_CHUNK):
            waiting += len(chunk)
            parser.Parse(chunk)
            if events:
                waiting = 0
                count += len(events)
                if count > MAX_EVENTS:
                    raise TooManyEntries(MAX_EVENTS, "elements")
                yield from events
                events.clear()
            if waiting > _MAX_TAG:
                raise FileDamaged("a tag is too large")
        parser.Parse(b"", True)
    except ExpatError as error:
        raise (FileDamaged if chunk else FileCutOff)("malformed XML") from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        raise WrongEncoding("XML of an unknown encoding") from error
    yield from events
