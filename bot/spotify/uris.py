"""Spotify's IDs and URIs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """A type of catalogue item, as Spotify's URIs, links and endpoints name it."""

    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"
    PLAYLIST = "playlist"
    SHOW = "show"
    EPISODE = "episode"
    AUDIOBOOK = "audiobook"


_ID_PATTERN = re.compile(r"[0-9A-Za-z]{22}")
# Of any kind, known or not. An ID of another form might lead a link to another page.
_ITEM_URI = re.compile(r"spotify:(?!local:)([a-z]+):([0-9A-Za-z]+)")
# 2 ** 128 - 1 in Spotify's base62, whose digits are 0-9, a-z, A-Z in this order. With the case
# swapped, ASCII has the same order.
MAX_ID = "7N42dgm5tFLK9N8MT7fHC7"
_MAX_ID_SWAPPED = MAX_ID.swapcase()


def is_id(text: str) -> bool:
    """Whether the text is an ID: a number of 128 bits in 22 digits of base62.

    Spotify answers any other text with 400 "Invalid base62 id".
    """
    return _ID_PATTERN.fullmatch(text) is not None and text.swapcase() <= _MAX_ID_SWAPPED


def page_url(uri: str) -> str:
    """The URL of the page of an item; empty for a local file and for an unknown item."""
    match = _ITEM_URI.fullmatch(uri)
    return f"https://open.spotify.com/{match[1]}/{match[2]}" if match else ""


@dataclass(frozen=True)
class Uri:
    """The URI of an item, which is its `str()`; `link` is the URL of its page.

    start_ms  the start position of its link in milliseconds; not part of the URI
    """

    kind: Kind
    id: str
    start_ms: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"spotify:{self.kind}:{self.id}"

    @property
    def link(self) -> str:
        return page_url(str(self))
