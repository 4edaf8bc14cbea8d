"""The catalogue of the simulated Spotify: tracks, albums, shows and more, found by URI."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH, ID_BITS = 22, 128
ID_PATTERN = re.compile(r"[0-9A-Za-z]{22}")
GENERATED_ID_PREFIX = "0likedByMany"  # the id of a generated song goes on with ten digits

AlbumType = Literal["album", "single", "compilation"]


def make_id(*names: str) -> str:
    """A Spotify id: 128 bits in base62, always the same for the same names."""
    number = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest()[: ID_BITS // 8])
    digits = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(BASE62))
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


def is_id(text: str) -> bool:
    """Whether Spotify takes this text for an id: 22 digits of base62, of at most 128 bits."""
    if not ID_PATTERN.fullmatch(text):
        return False
    number = 0
    for digit in text:
        number = number * len(BASE62) + BASE62.index(digit)
    return number.bit_length() <= ID_BITS


@dataclass(frozen=True, eq=False)
class Item:
    """Anything that has a URI. Durations of items are in milliseconds."""

    kind: ClassVar[str]

    id: str
    name: str

    @property
    def uri(self) -> str:
        return f"spotify:{self.kind}:{self.id}"


@dataclass(frozen=True, eq=False)
class Artist(Item):
    """`id` is empty for the artist of a local file."""

    kind = "artist"

    genres: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Album(Item):
    """`id` is empty for the album of a local file."""

    kind = "album"

    artists: tuple[Artist, ...]
    released: str  # a year, a month or a day: "1974", "1974-05", "1974-05-02"
    upc: str
    album_type: AlbumType = "album"
    tracks: list[Track] = field(default_factory=list, repr=False)


@dataclass(frozen=True, eq=False)
class Track(Item):
    """`id` is empty for a local file, which has a `local_uri` instead."""

    kind = "track"

    artists: tuple[Artist, ...]
    album: Album
    duration: int
    number: int
    isrc: str = ""
    explicit: bool = False
    playable: bool = True
    local_uri: str = ""

    @property
    def uri(self) -> str:
        return self.local_uri or super().uri


@dataclass(frozen=True, eq=False)
class Show(Item):
    kind = "show"

    publisher: str
    description: str
    episodes: list[Episode] = field(default_factory=list, repr=False)


@dataclass(frozen=True, eq=False)
class Episode(Item):
    kind = "episode"

    show: Show
    duration: int
    released: str
    description: str
    playable: bool = True


@dataclass(frozen=True, eq=False)
class Audiobook(Item):
    kind = "audiobook"

    author: str
    narrator: str
    description: str
    chapters: list[Chapter] = field(default_factory=list, repr=False)


@dataclass(frozen=True, eq=False)
class Chapter(Item):
    kind = "chapter"

    audiobook: Audiobook
    number: int
    duration: int
    playable: bool = True

    @property
    def uri(self) -> str:
        # The specification calls a chapter's type "episode", and so does its URI.
        return f"spotify:episode:{self.id}"


CatalogueItem = Artist | Album | Track | Show | Episode | Audiobook | Chapter
Playable = Track | Episode | Chapter


@dataclass(frozen=True)
class Catalogue:
    """Items by id; local files by URI. Generated songs imitate the `regular_tracks`."""

    artists: dict[str, Artist]
    albums: dict[str, Album]
    tracks: dict[str, Track]
    shows: dict[str, Show]
    episodes: dict[str, Episode]
    audiobooks: dict[str, Audiobook]
    chapters: dict[str, Chapter]
    local: dict[str, Track]
    regular_tracks: tuple[Track, ...]

    def copy(self) -> Catalogue:
        """A catalogue with the same items, to which others can be added."""
        return replace(
            self,
            artists=dict(self.artists),
            albums=dict(self.albums),
            tracks=dict(self.tracks),
            shows=dict(self.shows),
            episodes=dict(self.episodes),
            audiobooks=dict(self.audiobooks),
            chapters=dict(self.chapters),
            local=dict(self.local),
        )

    def find_track(self, id_: str) -> Track | None:
        """The track with this id, generated or not."""
        if id_.startswith(GENERATED_ID_PREFIX) and id_[len(GENERATED_ID_PREFIX) :].isdecimal():
            return self._generate_track(id_, int(id_[len(GENERATED_ID_PREFIX) :]))
        return self.tracks.get(id_)

    def find_item(self, uri: str) -> CatalogueItem | None:
        """The item with this URI, or None. Playlists and users are no items."""
        if uri.startswith("spotify:local:"):
            return self.local.get(uri)
        match uri.split(":"):
            case ["spotify", "track", id_]:
                return self.find_track(id_)
            case ["spotify", "episode", id_]:
                return self.episodes.get(id_) or self.chapters.get(id_)
            case ["spotify", "album" | "artist" | "show" | "audiobook" as kind, id_]:
                items: Mapping[str, CatalogueItem] = getattr(self, f"{kind}s")
                return items.get(id_)
        return None

    def find_playable(self, uri: str) -> Playable | None:
        """The track, episode or chapter with this URI, or None."""
        thing = self.find_item(uri)
        return thing if isinstance(thing, Playable) else None

    def _generate_track(self, id_: str, number: int) -> Track:
        """A copy of a regular track with its own name, duration and ISRC."""
        model = self.regular_tracks[number * 7919 % len(self.regular_tracks)]
        name = f"{model.name}, No. {number + 1}"
        duration, isrc = 120_000 + number * 7919 % 240_000, f"XXGEN{number % 10**7:07d}"
        return replace(model, id=id_, name=name, duration=duration, isrc=isrc)


def generated_uri(number: int) -> str:
    """The URI of a generated song; numbers start at 0."""
    return f"spotify:track:{GENERATED_ID_PREFIX}{number:010d}"
