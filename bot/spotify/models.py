"""The parts of Spotify's responses that Tonearm uses. Any field may be null or absent."""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Mapping
from typing import Self

import msgspec

from bot.spotify.api_model import (
    Address,
    Amount,
    ApiModel,
    Duration,
    Id,
    Name,
    Percent,
    Progress,
)
from bot.spotify.catalogue_item import CatalogueItem, UnknownItem
from bot.spotify.uris import Kind

_WEB_ADDRESS = re.compile(r"https?://[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+(?::[0-9]{1,5})?/[!-~]*")
_DATE = re.compile(r"[12][0-9]{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")


class Image(ApiModel, frozen=True):
    raw_url: Address | None = msgspec.field(default=None, name="url")
    width: Amount | None = None
    height: Amount | None = None

    @property
    def url(self) -> str | None:
        """None unless it is an https or http URL, which Discord can show."""
        return self.raw_url if _WEB_ADDRESS.fullmatch(self.raw_url or "") else None


class Artist(CatalogueItem, frozen=True):
    kind = Kind.ARTIST

    images: list[Image] | None = None


def _date(text: str | None) -> str | None:
    """A date as Spotify writes it, with or without month and day; None if it is malformed."""
    return text if _DATE.fullmatch(text or "") else None


class Album(CatalogueItem, frozen=True):
    kind = Kind.ALBUM

    images: list[Image] | None = None
    artists: list[Artist] | None = None
    raw_release_date: Name | None = msgspec.field(default=None, name="release_date")
    total_tracks: Amount | None = None

    @property
    def release_date(self) -> str | None:
        return _date(self.raw_release_date)


class Owner(ApiModel, frozen=True):
    """The public part of a user's profile."""

    id: Id | None = None
    display_name: Name | None = None


class ItemCount(ApiModel, frozen=True):
    """The number of entries of a playlist, if Spotify returns it."""

    total: Amount | None = None

    @classmethod
    def resolve(cls, value: object) -> Mapping[str, object]:
        """A value of any shape means that the user may read the entries."""
        return value if isinstance(value, Mapping) else {}


class Playlist(CatalogueItem, frozen=True):
    """`items` is absent unless the user owns the playlist or collaborates; formerly `tracks`."""

    kind = Kind.PLAYLIST

    raw_description: Name | None = msgspec.field(default=None, name="description")
    images: list[Image] | None = None
    owner: Owner | None = None
    public: bool | None = None
    collaborative: bool | None = None
    snapshot_id: Name | None = None
    items: ItemCount | None = None
    tracks: ItemCount | None = None

    @property
    def description(self) -> str | None:
        """As its owner wrote it: Spotify returns it as HTML."""
        return None if self.raw_description is None else html.unescape(self.raw_description)

    @property
    def is_readable(self) -> bool:
        """Whether Spotify shows the entries to the user."""
        return self.items is not None or self.tracks is not None

    @property
    def total(self) -> int | None:
        """The number of entries; None if Spotify does not say."""
        count = self.items or self.tracks
        return count.total if count else None


class Show(CatalogueItem, frozen=True):
    kind = Kind.SHOW

    images: list[Image] | None = None
    publisher: Name | None = None
    total_episodes: Amount | None = None


class ExternalIds(ApiModel, frozen=True):
    isrc: Id | None = None


class Track(CatalogueItem, frozen=True, tag="track", tag_field="type"):
    kind = Kind.TRACK

    artists: list[Artist] | None = None
    album: Album | None = None
    duration_ms: Duration | None = None
    explicit: bool | None = None
    disc_number: Amount | None = None
    track_number: Amount | None = None
    is_playable: bool | None = None
    external_ids: ExternalIds | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a file on its owner's computer."""
        return (self.raw_uri or "").startswith("spotify:local:")

    @property
    def identity(self) -> Hashable:
        return self.id or self.raw_uri


class Episode(CatalogueItem, frozen=True, tag="episode", tag_field="type"):
    kind = Kind.EPISODE

    raw_show: Show | None = msgspec.field(default=None, name="show")
    audiobook: Show | None = None  # of a chapter
    images: list[Image] | None = None
    duration_ms: Duration | None = None
    is_playable: bool | None = None
    raw_release_date: Name | None = msgspec.field(default=None, name="release_date")

    @classmethod
    def resolve(cls, value: object) -> Mapping[str, object]:
        """Also reads an episode that has the fields of a track, with its show as the album."""
        fields = super().resolve(value)
        album = fields.get("album")
        if isinstance(fields.get("show"), Mapping) or not isinstance(album, Mapping):
            return fields
        known = {name: field for name, field in fields.items() if field is not None}
        inherited = {name: album.get(name) for name in ("images", "release_date")}
        return {**inherited, **known, "show": album}

    @property
    def show(self) -> Show | None:
        """The show, or the audiobook of a chapter, without its URI."""
        return self.raw_show or self.audiobook

    @property
    def release_date(self) -> str | None:
        return _date(self.raw_release_date)


Playable = Track | Episode
"""An item that the player can play."""
PlayableOrUnknown = Track | Episode | UnknownItem | None


def playable(item: PlayableOrUnknown) -> Playable | None:
    """The item, unless it is one that Tonearm cannot show."""
    return None if isinstance(item, UnknownItem) else item


class Author(ApiModel, frozen=True):
    name: Name | None = None


class Audiobook(CatalogueItem, frozen=True):
    kind = Kind.AUDIOBOOK

    images: list[Image] | None = None
    authors: list[Author] | None = None
    total_chapters: Amount | None = None


class Chapter(ApiModel, frozen=True):
    """A chapter of an audiobook. It has no page; Spotify calls its type "episode"."""

    name: Name | None = None
    id: Id | None = None
    duration_ms: Duration | None = None

    def __post_init__(self) -> None:
        """Raises ValueError if nothing tells what it is."""
        if self.name is None and self.id is None:
            raise ValueError("neither a name nor an ID")

    @property
    def identity(self) -> Hashable:
        return self.id


# ---- the player


class Device(ApiModel, frozen=True):
    """`id` may be null, and may change over time; a restricted device accepts no commands."""

    id: Id | None = None
    name: Name | None = None
    type: Name | None = None
    is_active: bool = False
    is_restricted: bool = False
    is_private_session: bool | None = None
    supports_volume: bool | None = None
    volume_percent: Percent | None = None

    def __post_init__(self) -> None:
        """Raises ValueError if nothing tells what it is."""
        if self.id is None and self.name is None and self.type is None:
            raise ValueError("neither an ID nor a name nor a type")

    @property
    def key(self) -> str:
        """What identifies the device: its ID, else its name; empty if it has neither."""
        return self.id or self.name or ""


UNKNOWN_DEVICE = Device(name="")


class Context(ApiModel, frozen=True):
    """The source of what plays: the URI of an album, artist, playlist or show."""

    uri: Address | None = None
    type: Name | None = None


class Actions(ApiModel, frozen=True):
    """The actions that the player does not allow now, such as `skipping_next`, each with true."""

    disallows: dict[str, bool | None] = msgspec.field(default_factory=dict)


class Playback(ApiModel, frozen=True):
    """The response of `GET /me/player`; `currently_playing_type`: track, episode, ad or unknown."""

    is_playing: bool | None = None
    currently_playing_type: Name | None = None
    progress_ms: Progress | None = None
    device: Device | None = None
    repeat_state: Name | None = None
    shuffle_state: bool | None = None
    context: Context | None = None
    actions: Actions | None = None
    item_or_unknown: PlayableOrUnknown = msgspec.field(default=None, name="item")

    def __post_init__(self) -> None:
        """Raises ValueError if nothing tells what the player does."""
        if self.is_playing is None and self.device is None and self.item is None:
            raise ValueError("no state")

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """Decode JSON; the progress is at most the length of the item. Raises SpotifyDown."""
        state = super().decode(body)
        length = state.item.duration_ms if state.item else None
        if length and (state.progress_ms or 0) > length:
            return msgspec.structs.replace(state, progress_ms=length)
        return state

    @classmethod
    def decode_unless_empty(cls, body: bytes) -> Playback | None:
        """None for an empty body: no device is active (status 204). Raises SpotifyDown."""
        return cls.decode(body) if body else None

    @property
    def is_private(self) -> bool | None:
        """Whether it is a private session, which others must not see; None if that is unknown."""
        return self.device.is_private_session if self.device else None

    @property
    def item(self) -> Playable | None:
        """None if there is none, or if Tonearm cannot show it."""
        return playable(self.item_or_unknown)
