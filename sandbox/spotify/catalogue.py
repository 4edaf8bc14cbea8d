"""What there is to hear at the pretend Spotify, and how a URI finds it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_PATTERN = re.compile(r"[0-9A-Za-z]{22}")
GENERATED_ID_PREFIX = "0likedByMany"  # ids of generated songs: this, then a number of ten digits

AlbumType = Literal["album", "single", "compilation"]


def make_id(*names: str) -> str:
    """A Spotify id (22 base62 characters), always the same one for the same names."""
    number = int.from_bytes(hashlib.sha256("\0".join(names).encode()).digest())
    digits = []
    for _ in range(22):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(digits)


@dataclass(frozen=True, eq=False)
class Artist:
    id: str
    name: str
    genres: tuple[str, ...] = ()
    kind: str = field(default="artist", init=False)

    @property
    def uri(self) -> str:
        return f"spotify:artist:{self.id}"


@dataclass(frozen=True, eq=False)
class Album:
    id: str
    name: str
    artists: tuple[Artist, ...]
    released: str  # a year, a month or a day: "1974", "1974-05", "1974-05-02"
    upc: str
    album_type: AlbumType = "album"
    tracks: list[Track] = field(default_factory=list, repr=False)
    kind: str = field(default="album", init=False)

    @property
    def uri(self) -> str:
        return f"spotify:album:{self.id}"


@dataclass(frozen=True, eq=False)
class Track:
    """`id` is None for a local file, and only there; `duration` in milliseconds."""

    id: str | None
    name: str
    artists: tuple[Artist, ...]
    album: Album
    duration: int
    number: int
    isrc: str = ""
    explicit: bool = False
    playable: bool = True
    local_uri: str = ""
    kind: str = field(default="track", init=False)

    @property
    def uri(self) -> str:
        return self.local_uri or f"spotify:track:{self.id}"


@dataclass(frozen=True, eq=False)
class Show:
    id: str
    name: str
    publisher: str
    description: str
    episodes: list[Episode] = field(default_factory=list, repr=False)
    kind: str = field(default="show", init=False)

    @property
    def uri(self) -> str:
        return f"spotify:show:{self.id}"


@dataclass(frozen=True, eq=False)
class Episode:
    id: str
    name: str
    show: Show
    duration: int
    released: str
    description: str
    playable: bool = True
    kind: str = field(default="episode", init=False)

    @property
    def uri(self) -> str:
        return f"spotify:episode:{self.id}"


@dataclass(frozen=True, eq=False)
class Audiobook:
    id: str
    name: str
    author: str
    narrator: str
    description: str
    chapters: list[Chapter] = field(default_factory=list, repr=False)
    kind: str = field(default="audiobook", init=False)

    @property
    def uri(self) -> str:
        return f"spotify:audiobook:{self.id}"


@dataclass(frozen=True, eq=False)
class Chapter:
    id: str
    name: str
    audiobook: Audiobook
    number: int
    duration: int
    playable: bool = True
    kind: str = field(default="chapter", init=False)

    @property
    def uri(self) -> str:
        # The specification calls a chapter's type "episode", and so does its URI.
        return f"spotify:episode:{self.id}"


CatalogueItem = Artist | Album | Track | Show | Episode | Audiobook | Chapter
Playable = Track | Episode | Chapter


@dataclass(frozen=True)
class Catalogue:
    """Everything by id; `local` holds by URI the files that exist on one computer only."""

    artists: Mapping[str, Artist]
    albums: Mapping[str, Album]
    tracks: Mapping[str, Track]
    shows: Mapping[str, Show]
    episodes: Mapping[str, Episode]
    audiobooks: Mapping[str, Audiobook]
    chapters: Mapping[str, Chapter]
    local: Mapping[str, Track]
    regular_tracks: tuple[
        Track, ...
    ]  # the ordinary tracks, after which generated ones are modelled

    def find_track(self, id_: str) -> Track | None:
        """The track with this id, generated ones included."""
        if id_.startswith(GENERATED_ID_PREFIX) and id_[len(GENERATED_ID_PREFIX) :].isdecimal():
            return self._generate_track(id_, int(id_[len(GENERATED_ID_PREFIX) :]))
        return self.tracks.get(id_)

    def find_item(self, uri: str) -> CatalogueItem | None:
        """What this URI names: None for what is unknown, malformed, a playlist or a user."""
        if uri.startswith("spotify:local:"):
            return self.local.get(uri)
        match uri.split(":"):
            case ["spotify", "track", id_]:
                return self.find_track(id_)
            case ["spotify", "album", id_]:
                return self.albums.get(id_)
            case ["spotify", "artist", id_]:
                return self.artists.get(id_)
            case ["spotify", "show", id_]:
                return self.shows.get(id_)
            case ["spotify", "episode", id_]:
                return self.episodes.get(id_) or self.chapters.get(id_)
            case ["spotify", "audiobook", id_]:
                return self.audiobooks.get(id_)
        return None

    def find_playable(self, uri: str) -> Playable | None:
        """As `find`, for what sounds by itself."""
        thing = self.find_item(uri)
        return thing if isinstance(thing, Playable) else None

    def _generate_track(self, id_: str, number: int) -> Track:
        """A song made up on the spot: an ordinary one's record, a name and an ISRC of its own."""
        model = self.regular_tracks[number * 7919 % len(self.regular_tracks)]
        name = f"{model.name}, No. {number + 1}"
        duration, isrc = 120_000 + number * 7919 % 240_000, f"XXGEN{number % 10**7:07d}"
        return replace(model, id=id_, name=name, duration=duration, isrc=isrc)


def generated_uri(number: int) -> str:
    """The URI of the generated song of this number, from 0."""
    return f"spotify:track:{GENERATED_ID_PREFIX}{number:010d}"
