"""The parts of Spotify's responses that Tonearm uses. Any field may be null or absent."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import ClassVar, Self

import msgspec

from bot.errors.spotify import SpotifyDown
from bot.spotify.response_body import DECODE_ERRORS
from bot.spotify.uris import Kind, Uri, is_id

RAW_NULL = msgspec.Raw(b"null")


class ApiModel(msgspec.Struct, frozen=True):
    """A part of a response. Decoding skips fields that the class does not name."""

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode JSON. Raises SpotifyDown if the body is something else, such as HTML."""
        try:
            return msgspec.json.decode(body, type=cls)
        except DECODE_ERRORS as error:
            raise SpotifyDown(f"unreadable answer: {type(error).__name__}") from None

    @property
    def identity(self) -> Hashable:
        """A value that distinguishes an entry from the others of its list; None without one."""
        return None


class Image(ApiModel, frozen=True):
    url: str | None = None
    width: int | None = None


class CatalogueItem(ApiModel, frozen=True):
    """An item with a name and a page of its own."""

    kind: ClassVar[Kind]

    name: str | None = None
    id: str | None = None

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


class Artist(CatalogueItem, frozen=True):
    kind = Kind.ARTIST

    images: list[Image] | None = None


class Album(CatalogueItem, frozen=True):
    kind = Kind.ALBUM

    images: list[Image] | None = None
    artists: list[Artist] | None = None
    release_date: str | None = None
    total_tracks: int | None = None


class Owner(ApiModel, frozen=True):
    """The public part of a user's profile."""

    id: str | None = None
    display_name: str | None = None


class Count(ApiModel, frozen=True):
    total: int | None = None


class Playlist(CatalogueItem, frozen=True):
    """`items` is absent unless the user owns the playlist or collaborates; formerly `tracks`."""

    kind = Kind.PLAYLIST

    images: list[Image] | None = None
    owner: Owner | None = None
    public: bool | None = None
    collaborative: bool | None = None
    snapshot_id: str | None = None
    items: Count | None = None
    tracks: Count | None = None

    @property
    def total(self) -> int | None:
        """The number of entries; None if Spotify does not say."""
        count = self.items or self.tracks
        return count.total if count else None


class Show(CatalogueItem, frozen=True):
    kind = Kind.SHOW

    images: list[Image] | None = None
    publisher: str | None = None
    total_episodes: int | None = None


class ExternalIds(ApiModel, frozen=True):
    isrc: str | None = None


class Track(CatalogueItem, frozen=True, tag="track", tag_field="type"):
    kind = Kind.TRACK

    artists: list[Artist] | None = None
    album: Album | None = None
    duration_ms: int | None = None
    explicit: bool | None = None
    disc_number: int | None = None
    track_number: int | None = None
    external_ids: ExternalIds | None = None
    raw_uri: str | None = msgspec.field(default=None, name="uri")

    @property
    def identity(self) -> Hashable:
        return self.id or self.raw_uri


class Episode(CatalogueItem, frozen=True, tag="episode", tag_field="type"):
    kind = Kind.EPISODE

    show: Show | None = None
    images: list[Image] | None = None
    duration_ms: int | None = None
    release_date: str | None = None


Playable = Track | Episode
"""An item that the player can play; a malformed one, or one of an unknown type, becomes None."""


def decode_playable(raw: msgspec.Raw) -> Playable | None:
    try:
        return msgspec.json.decode(raw, type=Track | Episode | None)
    except DECODE_ERRORS:
        return None


class Author(ApiModel, frozen=True):
    name: str | None = None


class Audiobook(CatalogueItem, frozen=True):
    kind = Kind.AUDIOBOOK

    images: list[Image] | None = None
    authors: list[Author] | None = None
    total_chapters: int | None = None


class Chapter(ApiModel, frozen=True):
    """A chapter of an audiobook. It has no page; Spotify calls its type "episode"."""

    name: str | None = None
    id: str | None = None
    chapter_number: int | None = None
    duration_ms: int | None = None

    @property
    def identity(self) -> Hashable:
        return self.id


class Profile(ApiModel, frozen=True):
    """The response of `GET /me`. `account_id` identifies the account; before May 2026, `id` did."""

    id: str | None = None
    account_id: str | None = None
    display_name: str | None = None

    @property
    def stable_account_id(self) -> str:
        """The account's ID. Raises SpotifyDown if the response has none."""
        if not (account := self.account_id or self.id):
            raise SpotifyDown("profile without an id")
        return account

    @property
    def name(self) -> str:
        return self.display_name or self.id or "your account"


# ---- the player


class Device(ApiModel, frozen=True):
    """`id` may be null, and may change over time; a restricted device accepts no commands."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    is_active: bool = False
    is_restricted: bool = False
    is_private_session: bool = False
    supports_volume: bool | None = None
    volume_percent: int | None = None


class DevicesResponse(ApiModel, frozen=True):
    devices: list[Device | None]


class Context(ApiModel, frozen=True):
    """The source of what plays: the URI of an album, artist, playlist or show."""

    uri: str | None = None
    type: str | None = None


class Actions(ApiModel, frozen=True):
    """The actions that the player does not allow now, such as `skipping_next`, each with true."""

    disallows: dict[str, bool | None] = {}


class Playback(ApiModel, frozen=True, dict=True):
    """The response of `GET /me/player`; `currently_playing_type`: track, episode, ad or unknown."""

    is_playing: bool = False
    currently_playing_type: str | None = None
    progress_ms: int | None = None
    device: Device | None = None
    repeat_state: str | None = None
    shuffle_state: bool | None = None
    context: Context | None = None
    actions: Actions | None = None
    raw_item: msgspec.Raw = msgspec.field(default=RAW_NULL, name="item")

    @classmethod
    def decode_unless_empty(cls, body: bytes) -> Playback | None:
        """None for an empty body: no device is active (status 204). Raises SpotifyDown."""
        return cls.decode(body) if body else None

    @cached_property
    def item(self) -> Playable | None:
        """None if nothing plays, or an item of an unknown type."""
        return decode_playable(self.raw_item)


class Queue(ApiModel, frozen=True):
    """The item that plays, and those that follow."""

    raw_current: msgspec.Raw = msgspec.field(default=RAW_NULL, name="currently_playing")
    raw_queue: list[msgspec.Raw] = msgspec.field(default_factory=list, name="queue")

    @property
    def current(self) -> Playable | None:
        return decode_playable(self.raw_current)

    @property
    def upcoming(self) -> list[Playable]:
        return [item for raw in self.raw_queue if (item := decode_playable(raw))]


class Played(ApiModel, frozen=True):
    """An entry of the recently played tracks."""

    track: Track | None = None
    played_at: str | None = None
    context: Context | None = None
