"""The base class of catalogue items: a kind, a name, an ID and a URI."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import ClassVar

import msgspec

from bot.spotify.api_model import Address, ApiModel, Id, Name
from bot.spotify.tolerant_decoding import Unreadable
from bot.spotify.uris import Kind, Uri, is_id

_KINDS = frozenset(Kind)
# Old URIs of playlists name the owner as well.
_URI = re.compile(rf"spotify:(?:user:[^:]+:)?({'|'.join(Kind)}):([0-9A-Za-z]{{22}})")
# URIs of items that apps cannot open, such as a local file or a chapter.
_OTHER_URI = re.compile(rf"spotify:(?!(?:{'|'.join(Kind)}|user):)[a-z]+:")


class CatalogueItem(ApiModel, frozen=True):
    """An item with a name and a page of its own. Its URI decides what it is; see `resolve`."""

    kind: ClassVar[Kind]
    _prefix: ClassVar[str]

    name: Name | None = None
    id: Id | None = None
    raw_uri: Address | None = msgspec.field(default=None, name="uri")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._prefix = f"spotify:{cls.kind}:"

    def __post_init__(self) -> None:
        """Raises ValueError if the ID contradicts the URI, or without a name, an ID and a URI."""
        uri, item_id = self.raw_uri, self.id
        if uri is None:
            if item_id is None and self.name is None:
                raise ValueError("neither a name nor an ID")
        elif _URI.fullmatch(uri) if item_id is None else uri != self._prefix + item_id:
            raise ValueError("an ID that is not that of the URI")

    @classmethod
    def accepts(cls, value: object) -> bool:
        """Whether this class is the right one for a JSON value that may be of several kinds."""
        return isinstance(value, Mapping) and _claimed_kind_and_id(value)[0] == cls.kind

    @classmethod
    def resolve(cls, value: object) -> Mapping[str, object]:
        """The fields for this class of an item whose ID, type and URI disagree.

        The URI decides about kind and ID. An item of another kind loses its ID and URI: its name is
        shown, without actions. Raises Unreadable if the value is not an object.
        """
        if not isinstance(value, Mapping):
            raise Unreadable("no object")
        kind, item_id = _claimed_kind_and_id(value)
        if kind not in (None, cls.kind):
            item_id = None
        uri = value.get("uri")
        if not isinstance(uri, str) or not _OTHER_URI.match(uri):
            has_id = isinstance(item_id, str) and is_id(item_id)
            uri = f"{cls._prefix}{item_id}" if has_id else None
        return {**value, "id": item_id, "uri": uri}

    @property
    def uri(self) -> Uri | None:
        """None for a local file, which exists only on its owner's computer."""
        return Uri(self.kind, self.id) if self.id and is_id(self.id) else None

    def require_uri(self) -> Uri:
        """The URI of an item that the catalogue returned. Raises LookupError for a local file."""
        if (uri := self.uri) is None:
            raise LookupError(f"{self.kind} without an id")
        return uri

    @property
    def identity(self) -> Hashable:
        return self.id


def _claimed_kind_and_id(fields: Mapping[str, object]) -> tuple[Kind | None, object]:
    """An item's kind and ID by its URI, else by its type and ID."""
    uri, kind, item_id = fields.get("uri"), fields.get("type"), fields.get("id")
    if isinstance(uri, str) and (match := _URI.fullmatch(uri)) and is_id(match[2]):
        return Kind(match[1]), match[2]
    if isinstance(uri, str) and _OTHER_URI.match(uri):
        item_id = None
    if kind == "chapter":  # of an audiobook: Spotify sends both types
        kind = Kind.EPISODE
    return (Kind(kind) if isinstance(kind, str) and kind in _KINDS else None), item_id


class UnknownItem(ApiModel, frozen=True, tag="-", tag_field="type"):
    """Stands for an item that Tonearm cannot show: unreadable, or of a kind that it does not know.

    Spotify sends no such type.
    """

    @classmethod
    def accepts(cls, _value: object) -> bool:
        return True

    @classmethod
    def resolve(cls, _value: object) -> Mapping[str, object]:
        return {}
