"""Models of lists: their pages, and their entries, any of which may be null."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import msgspec

from bot.errors.spotify import SpotifyDown
from bot.spotify.models import (
    Album,
    ApiModel,
    Artist,
    Audiobook,
    Episode,
    Owner,
    Playable,
    Played,
    Show,
    Track,
)
from bot.spotify.response_body import DECODE_ERRORS

T = TypeVar("T")


class SavedEntry(ApiModel, frozen=True):
    """An entry of the library; the last field of each subclass holds the saved item."""

    added_at: str | None = None

    @property
    def identity(self) -> Hashable:
        saved: ApiModel | None = getattr(self, self.__struct_fields__[-1])
        identity = saved and saved.identity
        return (identity, self.added_at) if identity else None


class SavedTrack(SavedEntry, frozen=True):
    track: Track | None = None


class SavedAlbum(SavedEntry, frozen=True):
    album: Album | None = None


class SavedShow(SavedEntry, frozen=True):
    show: Show | None = None


class SavedEpisode(SavedEntry, frozen=True):
    episode: Episode | None = None


class SavedAudiobook(SavedEntry, frozen=True):
    audiobook: Audiobook | None = None


class PlaylistEntry(ApiModel, frozen=True):
    """`item` is None if Spotify no longer has the item; older responses call the field `track`."""

    added_at: str | None = None
    added_by: Owner | None = None
    is_local: bool | None = None
    current_item: Playable | None = msgspec.field(default=None, name="item")
    legacy_item: Playable | None = msgspec.field(default=None, name="track")

    @property
    def item(self) -> Playable | None:
        return self.current_item or self.legacy_item

    @property
    def identity(self) -> Hashable:
        return (self.item.identity, self.added_at) if self.item else None


class Page(ApiModel, Generic[T], frozen=True):
    """One page of a list. `total` may differ from the number of entries on all pages."""

    items: list[T | None]
    total: int = 0
    next: str | None = None


class _RawPage(ApiModel, frozen=True):
    """A page with undecoded entries. `Raw` accepts nulls; `Raw | None` accepts only nulls."""

    items: list[msgspec.Raw]
    total: int = 0
    next: str | None = None


def page_decoder(model: type[T]) -> Callable[[bytes], Page[T]]:
    """A function that decodes a page of `model`, with None for each malformed entry.

    The function raises SpotifyDown if the body is no page.
    """
    strict_decoder = msgspec.json.Decoder(Page[model])  # type: ignore[valid-type]
    raw_decoder = msgspec.json.Decoder(_RawPage)

    def decode(body: bytes) -> Page[T]:
        try:
            return strict_decoder.decode(body)
        except DECODE_ERRORS:
            pass
        try:
            page = raw_decoder.decode(body)
        except DECODE_ERRORS as error:
            raise SpotifyDown(f"unreadable answer: {type(error).__name__}") from None
        return Page([_decode_entry(entry, model) for entry in page.items], page.total, page.next)

    return decode


def _decode_entry(entry: msgspec.Raw, model: type[T]) -> T | None:
    try:
        return msgspec.json.decode(entry, type=model | None)
    except DECODE_ERRORS:
        return None


# ---- lists with cursors


class Cursors(ApiModel, frozen=True):
    after: str | None = None
    before: str | None = None


class ArtistPage(ApiModel, frozen=True):
    raw_items: list[msgspec.Raw] = msgspec.field(name="items")
    total: int | None = None
    cursors: Cursors | None = None

    @property
    def items(self) -> list[Artist | None]:
        return [_decode_entry(raw, Artist) for raw in self.raw_items]


class FollowedArtistsResponse(ApiModel, frozen=True):
    artists: ArtistPage


class RecentlyPlayed(ApiModel, frozen=True):
    """Newest first. The cursors are times in milliseconds since 1970."""

    raw_items: list[msgspec.Raw] = msgspec.field(name="items")
    cursors: Cursors | None = None

    @property
    def items(self) -> list[Played | None]:
        return [_decode_entry(raw, Played) for raw in self.raw_items]
