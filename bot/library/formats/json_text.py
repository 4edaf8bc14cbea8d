"""Writes a JSON array as chunks of text, one line for each element."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

_CHUNK_ELEMENTS = 200
_ENCODER = msgspec.json.Encoder()


def json_array(elements: Iterable[object]) -> Iterator[str]:
    """The array in chunks, exact: no character of a name changes. Elements may be msgspec.Raw."""
    lines = (
        ("\n" if number == 0 else ",\n") + _ENCODER.encode(element).decode()
        for number, element in enumerate(elements)
    )
    yield "["
    while chunk := "".join(islice(lines, _CHUNK_ELEMENTS)):
        yield chunk
    yield "\n]"
