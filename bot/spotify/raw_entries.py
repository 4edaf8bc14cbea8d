"""Entries of lists together with the JSON that Spotify sent, for exports that lose nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from bot.spotify.api_model import ApiModel
from bot.spotify.models import Artist
from bot.spotify.pages import ArtistPage, FollowedArtistsResponse, Page, page_decoder
from bot.spotify.tolerant_decoding import parse_json

T = TypeVar("T", bound=ApiModel)


class RawEntry(ApiModel, Generic[T], frozen=True):
    """An entry of a page.

    entry  None if it is null or could not be read
    json   the JSON that Spotify sent, without spaces between its tokens; empty if it is not kept
    """

    entry: T | None
    json: bytes

    @property
    def identity(self) -> Hashable:
        return self.entry.identity if self.entry is not None else None

    @property
    def added_at(self) -> str | None:
        return getattr(self.entry, "added_at", None)


class RawArtist(Artist, frozen=True):
    """An artist with its JSON."""

    json: bytes = b"null"


def raw_page_decoder(
    model: type[T], *, keep_json: bool = True
) -> Callable[[bytes], Page[RawEntry[T]]]:
    """As `page_decoder`; an entry is never None, so that its JSON is kept.

    keep_json  whether the JSON of entries that can be read is kept as well
    """
    decode_page = page_decoder(model)

    def decode(body: bytes) -> Page[RawEntry[T]]:
        page = decode_page(body)
        if keep_json or None in page.items:
            raws = _raw_items(body, len(page.items))
        else:
            raws = [b""] * len(page.items)
        return Page(
            items=[RawEntry(*each) for each in zip(page.items, raws, strict=True)],
            total=page.total,
            next=page.next,
            offset=page.offset,
        )

    return decode


def raw_member(body: bytes, key: str) -> bytes | None:
    """The JSON of an object in an object; None if it has none, or is no strict JSON."""
    try:
        raw = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get(key)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return bytes(raw) if raw is not None and bytes(raw).startswith(b"{") else None


def decode_raw_artists(body: bytes) -> FollowedArtistsResponse:
    """The response of `GET me/following` with each artist's JSON."""
    artists = FollowedArtistsResponse.decode(body).artists
    raws = _raw_items(body, len(artists.items), "artists")
    items: list[Artist | None] = [
        artist and RawArtist(**_fields(artist), json=raw)
        for artist, raw in zip(artists.items, raws, strict=True)
    ]
    page = ArtistPage(items, total=artists.total, cursors=artists.cursors)
    return FollowedArtistsResponse(page)


def _fields(artist: Artist) -> dict[str, Any]:
    return {name: getattr(artist, name) for name in artist.__struct_fields__}


class _RawPage(msgspec.Struct):
    items: list[msgspec.Raw] = []


class _RawNestedPage(msgspec.Struct):
    artists: _RawPage


def _raw_items(body: bytes, count: int, key: str | None = None) -> Sequence[bytes]:
    """The JSON of the items of a page, which has `count` of them; `key` is that of the page."""
    try:
        # Spotify indents it. Without the spaces between its tokens it is two thirds as large, and
        # each item is on one line; the tokens stay as they are.
        body = msgspec.json.format(body, indent=-1)
        if key is None:
            raws = msgspec.json.decode(body, type=_RawPage).items
        else:
            raws = msgspec.json.decode(body, type=_RawNestedPage).artists.items
        items = [bytes(raw) for raw in raws]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        value: Any = parse_json(body)
        page = value if key is None else value.get(key)
        items = [json.dumps(item).encode() for item in page.get("items") or []]
    # Decoding may skip a value in place of an entry only where null is not allowed.
    return items if len(items) == count else [b"null"] * count
