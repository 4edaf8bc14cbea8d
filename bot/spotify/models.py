"""The parts of Spotify's answers that Tonearm uses. Anything may be null; much may be absent."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

import msgspec

from bot.errors import SpotifyDown
from bot.spotify.uris import ID, Kind, Uri

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True):
    """Part of an answer. Fields that are not named here are skipped unread."""


class Image(Part, frozen=True):
    url: str | None = None
    width: int | None = None


class Named(Part, frozen=True):
    """What has a name and a page of its own."""

    kind: ClassVar[Kind]

    name: str | None = None
    id: str | None = None

    @property
    def uri(self) -> Uri | None:
        """None for a local file, which exists on its owner's machine only."""
        return Uri(self.kind, self.id) if self.id and ID.fullmatch(self.id) else None


class Artist(Named, frozen=True):
    kind = "artist"

    images: list[Image] | None = None


class Album(Named, frozen=True):
    kind = "album"

    images: list[Image] | None = None
    artists: list[Artist] | None = None
    release_date: str | None = None


class Owner(Part, frozen=True):
    display_name: str | None = None


class Playlist(Named, frozen=True):
    kind = "playlist"

    images: list[Image] | None = None
    owner: Owner | None = None


class Show(Named, frozen=True):
    kind = "show"

    images: list[Image] | None = None
    publisher: str | None = None


class ExternalIds(Part, frozen=True):
    isrc: str | None = None


class Track(Named, frozen=True, tag="track", tag_field="type"):
    kind = "track"

    artists: list[Artist] | None = None
    album: Album | None = None
    duration_ms: int | None = None
    explicit: bool | None = None
    disc_number: int | None = None
    track_number: int | None = None
    external_ids: ExternalIds | None = None
    raw_uri: str | None = msgspec.field(default=None, name="uri")


class Episode(Named, frozen=True, tag="episode", tag_field="type"):
    kind = "episode"

    show: Show | None = None
    images: list[Image] | None = None
    duration_ms: int | None = None


class Audiobook(Named, frozen=True):
    kind = "audiobook"

    images: list[Image] | None = None


class Device(Part, frozen=True):
    name: str | None = None


class Playback(Part, frozen=True):
    """What `GET /me/player` says. `currently_playing_type`: track, episode, ad or unknown."""

    is_playing: bool = False
    currently_playing_type: str | None = None
    progress_ms: int | None = None
    device: Device | None = None
    raw_item: msgspec.Raw = msgspec.field(default=msgspec.Raw(b"null"), name="item")

    @property
    def item(self) -> Track | Episode | None:
        """None where nothing plays, or something of a kind that is not known here."""
        try:
            return msgspec.json.decode(self.raw_item, type=Track | Episode | None)
        except msgspec.MsgspecError:
            return None


class Profile(Part, frozen=True):
    """Of `GET /me`: `account_id` names the account since May 2026, `id` before."""

    id: str | None = None
    account_id: str | None = None
    display_name: str | None = None

    @property
    def account(self) -> str:
        """What identifies the account. Raises SpotifyDown where Spotify gave neither."""
        if not (account := self.account_id or self.id):
            raise SpotifyDown("profile without an id")
        return account

    @property
    def name(self) -> str:
        return self.display_name or self.id or "your account"


class SavedTrack(Part, frozen=True):
    added_at: str | None = None
    track: Track | None = None


class Page(Part, Generic[T], frozen=True):
    """One page of a list, whose `total` may disagree with what all pages hold."""

    items: list[T | None]
    total: int = 0
    next: str | None = None


def read(body: bytes, shape: type[T]) -> T:
    """The answer as `shape`. Raises SpotifyDown where it is something else, such as HTML."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SpotifyDown(f"unreadable answer: {error}") from None


def read_page(body: bytes, shape: type[T]) -> Page[T]:
    """A page of `shape`, with None for each entry that does not have it. Raises SpotifyDown."""
    try:
        return msgspec.json.decode(body, type=Page[shape])  # type: ignore[valid-type]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        page = read(body, Page[msgspec.Raw])
        return Page([_one(entry, shape) for entry in page.items], page.total, page.next)


def _one(entry: msgspec.Raw | None, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(entry or b"null", type=shape | None)
    except msgspec.MsgspecError:
        return None
