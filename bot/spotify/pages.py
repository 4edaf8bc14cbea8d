"""Models of lists: their pages, and their entries, any of which may be null."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Generic, TypeVar

import msgspec

from bot.spotify.api_model import Address, Amount, ApiModel, Id, Name, Total, decode_response
from bot.spotify.entries import Entries
from bot.spotify.models import (
    Album,
    Artist,
    Audiobook,
    Context,
    Device,
    Episode,
    Owner,
    Playable,
    PlayableOrUnknown,
    Show,
    playable,
)

T = TypeVar("T")


class SavedEntry(ApiModel, frozen=True):
    """An entry of the library; the last field of each subclass holds the saved item."""

    added_at: Id | None = None

    @property
    def identity(self) -> Hashable:
        saved: ApiModel | None = getattr(self, self.__struct_fields__[-1])
        identity = saved and saved.identity
        return (identity, self.added_at) if identity else None


class SavedTrack(SavedEntry, frozen=True):
    track_or_unknown: PlayableOrUnknown = msgspec.field(default=None, name="track")

    @property
    def track(self) -> Playable | None:
        """None if there is none, or if Tonearm cannot show it. An episode is one by its URI."""
        return playable(self.track_or_unknown)


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

    added_at: Id | None = None
    added_by: Owner | None = None
    is_local: bool | None = None
    item_or_unknown: PlayableOrUnknown = msgspec.field(default=None, name="item")
    legacy_item: PlayableOrUnknown = msgspec.field(default=None, name="track")

    @property
    def item(self) -> Playable | None:
        """None also for an item that Tonearm cannot show."""
        return playable(self.item_or_unknown) or playable(self.legacy_item)

    @property
    def identity(self) -> Hashable:
        return (self.item.identity, self.added_at) if self.item else None


class Page(ApiModel, Generic[T], frozen=True):
    """One page of a list, with None for each null and for each unreadable entry.

    total  Spotify's count of the list, which may differ from page to page and from the number of
           entries; None if it is implausible
    next   the URL of the next page; only its presence matters
    """

    items: list[T | None]
    total: Total | None = None
    next: Address | None = None
    offset: Amount = 0

    @classmethod
    def resolve(cls, value: object) -> object:
        """An unreadable `next` counts as the URL of a next page: only its presence matters."""
        if not isinstance(value, Mapping) or isinstance(value.get("next"), str):
            return value
        return {**value, "next": "unreadable" if value.get("next") else None}

    @property
    def readable(self) -> Entries[T]:
        """The entries. If a first page has none but the list may have some, they are unreadable."""
        if not self.items and not self.offset:
            return Entries(unreadable=self.unread())
        return Entries.of(self.items)

    def unread(self, offset: int = 0, index: int = 0) -> int:
        """The least number of entries missing from `index` on; 0 if the page has some there.

        Only a readable total without a next page proves that the list has no more.

        offset  the page's first index
        """
        if len(self.items) > index:
            return 0
        counted = max(0, (self.total or 0) - offset - index)
        return counted if self.total is not None and self.next is None else max(1, counted)

    def plausible_total(self, offset: int = 0) -> int | None:
        """Spotify's count, unless this page, which begins at `offset`, contradicts it."""
        total, end = self.total or 0, offset + len(self.items)
        return total if (total == end if self.next is None else total > end) else None

    def has_more(self, offset: int = 0) -> bool:
        """Whether the list may continue after this page, which begins at `offset`."""
        more = (self.total or 0) > offset + len(self.items)
        return more or (self.next is not None and bool(self.items))


class FirstPlaylistPage(ApiModel, frozen=True):
    """The first entries of a playlist, inside the playlist; formerly `tracks`."""

    items: Page[PlaylistEntry] | None = None
    tracks: Page[PlaylistEntry] | None = None


class Snapshot(ApiModel, frozen=True):
    """The response to a write of a playlist's entries."""

    snapshot_id: Name | None = None


def page_decoder(model: type[T]) -> Callable[[bytes], Page[T]]:
    """A function that decodes a page of `model`; it raises SpotifyDown if the body is no page."""
    return partial(decode_response, model=Page[model])  # type: ignore[valid-type]


# ---- lists with cursors


class Cursors(ApiModel, frozen=True):
    after: Id | None = None
    before: Id | None = None


class ArtistPage(ApiModel, frozen=True):
    items: list[Artist | None]
    total: Total | None = None
    cursors: Cursors | None = None

    @property
    def next_cursor(self) -> str | None:
        """The ID of the artist after which the next page begins; None at the end."""
        return self.cursors.after if self.cursors else None

    def as_page(self, offset: int) -> Page[Artist]:
        """The same as a page of a list with offsets."""
        return Page(self.items, self.total, self.next_cursor, offset)


class FollowedArtistsResponse(ApiModel, frozen=True):
    artists: ArtistPage


class Played(ApiModel, frozen=True):
    """An entry of the recently played tracks."""

    track_or_unknown: PlayableOrUnknown = msgspec.field(default=None, name="track")
    played_at: Id | None = None
    context: Context | None = None

    @property
    def track(self) -> Playable | None:
        """None if there is none, or if Tonearm cannot show it."""
        return playable(self.track_or_unknown)


class RecentlyPlayed(ApiModel, frozen=True):
    """Newest first. The cursors are times in milliseconds since 1970.

    next  the URL of the next page; only its presence matters
    """

    items: list[Played | None]
    cursors: Cursors | None = None
    next: Address | None = None

    @classmethod
    def resolve(cls, value: object) -> object:
        """An unreadable `next` counts as one, as in `Page`."""
        return Page.resolve(value)

    @property
    def unread(self) -> int:
        """The least number of entries that Spotify did not return; 0 if it returned some."""
        return int(not self.items and self.next is not None)


# ---- the player


class DevicesResponse(ApiModel, frozen=True):
    devices: list[Device | None]


class Queue(ApiModel, frozen=True):
    """The item that plays, and those that follow; a list that is None could not be read."""

    current_or_unknown: PlayableOrUnknown = msgspec.field(default=None, name="currently_playing")
    entries: list[PlayableOrUnknown] | None = msgspec.field(default=None, name="queue")

    def __post_init__(self) -> None:
        """Raises ValueError if there is neither."""
        if self.current_or_unknown is None and self.entries is None:
            raise ValueError("no queue")

    @property
    def current(self) -> Playable | None:
        return playable(self.current_or_unknown)

    @property
    def upcoming(self) -> Entries[Playable]:
        if self.entries is None:
            return Entries(unreadable=1)
        return Entries.of(playable(item) for item in self.entries)
