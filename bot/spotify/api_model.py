"""The base class of all models, and the types of their fields with their bounds."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated, Self, TypeVar

import msgspec
from msgspec import Meta

from bot.errors.spotify import SpotifyDown
from bot.spotify.tolerant_decoding import Unreadable, decode

T = TypeVar("T")

# Longer than any item of Spotify's: a longer duration or progress is a mistake.
MAX_DURATION_MS = 100 * 60 * 60 * 1000

# A longer name is cut; a longer ID, URI or URL counts as absent. Discord allows 100 characters for
# an ID in a menu.
Name = Annotated[str, Meta(max_length=2000, extra={"cut": True})]
Id = Annotated[str, Meta(max_length=100)]
Address = Annotated[str, Meta(max_length=2000)]
Amount = Annotated[int, Meta(ge=0, le=9_999_999)]
# No list has more entries: a larger count is a mistake.
Total = Annotated[int, Meta(ge=0, le=250_000)]
Duration = Annotated[int, Meta(ge=0, le=MAX_DURATION_MS)]
Progress = Annotated[int, Meta(ge=0, le=MAX_DURATION_MS, extra={"below": 0})]
Percent = Annotated[int, Meta(ge=0, le=100, extra={"below": 0, "above": 100})]


class ApiModel(msgspec.Struct, frozen=True, gc=False):
    """A part of a response. Decoding skips fields that the class does not name.

    The garbage collector skips its objects (`gc`): a response is a tree, which reference counts
    free. To visit all of them takes a sixth of the time of reading a list.
    """

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode JSON. Raises SpotifyDown if the body is something else, such as HTML."""
        return decode_response(body, cls)

    @property
    def identity(self) -> Hashable:
        """A value that identifies an entry in its list; None without one."""
        return None


def decode_response(body: bytes, model: type[T]) -> T:
    """The model of a response. Raises SpotifyDown if the body is something else, such as HTML."""
    try:
        return decode(body, model)
    except Unreadable as error:
        raise SpotifyDown(f"unreadable answer: {error}") from None
