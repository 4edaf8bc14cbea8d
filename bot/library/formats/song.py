"""A song or episode of a list, as the export formats write it and an import reads it."""

from __future__ import annotations

import msgspec

from bot.spotify.api_model import ApiModel
from bot.spotify.catalogue_item import CatalogueItem
from bot.spotify.models import Album, Artist, Episode, Image, Playable, Track
from bot.spotify.pages import Played, PlaylistEntry, SavedEpisode, SavedTrack
from bot.spotify.uris import page_url


class NamedUri(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An artist, album or show; either part may be empty."""

    name: str = ""
    uri: str = ""


class Song(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="song", gc=False):
    """A song or episode of a list. Unknown fields are empty or None.

    uri           of a track, an episode, or a local file (`spotify:local:…`)
    album         of an episode: its show
    release_date  `YYYY`, `YYYY-MM` or `YYYY-MM-DD`
    images        of the album or show, as (URL, width, height), the widest first
    added_by      Spotify's ID of a user
    added_at      ISO 8601; of a recently played song, when it was played
    """

    uri: str = ""
    name: str = ""
    artists: tuple[NamedUri, ...] = ()
    album: NamedUri = NamedUri()
    album_artists: tuple[NamedUri, ...] = ()
    release_date: str = ""
    images: tuple[tuple[str, int | None, int | None], ...] = ()
    disc_number: int | None = None
    track_number: int | None = None
    duration_ms: int | None = None
    explicit: bool | None = None
    isrc: str = ""
    added_by: str = ""
    added_at: str = ""

    @property
    def id(self) -> str:
        """Spotify's ID; empty for a local file."""
        return self.url.rpartition("/")[2]

    @property
    def is_local(self) -> bool:
        """Whether it is a file on its owner's computer."""
        return self.uri.startswith("spotify:local:")

    @property
    def url(self) -> str:
        """The page at open.spotify.com; empty for a local file."""
        return page_url(self.uri)

    @property
    def image_url(self) -> str:
        return self.images[0][0] if self.images else ""

    @property
    def byline(self) -> str:
        """The names of its artists, or of its show."""
        return ", ".join(artist.name for artist in self.artists if artist.name) or (
            "" if self.artists or ":track:" in self.uri else self.album.name
        )


def song_of(entry: ApiModel | None) -> Song | None:
    """The song or episode of an entry; None if it has none, or one of an unknown kind."""
    match entry:
        case SavedTrack(track=item, added_at=added_at) if item:
            return _song(item, added_at, None)
        case SavedEpisode(episode=item, added_at=added_at) if item:
            return _song(item, added_at, None)
        case PlaylistEntry(item=item, added_at=added_at, added_by=user) if item:
            return _song(item, added_at, user.id if user else None)
        case Played(track=item, played_at=played_at) if item:
            return _song(item, played_at, None)
        case Track() | Episode():
            return _song(entry, None, None)
    return None


def _song(item: Playable, added_at: str | None, added_by: str | None) -> Song:
    """Written for speed: it runs for each of 100,000 songs."""
    if isinstance(item, Episode):  # which has a show instead of an album, and few of these fields
        show = item.show
        return Song(
            uri=_uri(item),
            name=item.name or "",
            album=NamedUri(show.name or "", _uri(show)) if show else NamedUri(),
            release_date=item.release_date or "",
            images=_images(show.images) if show else (),
            duration_ms=item.duration_ms,
            added_by=added_by or "",
            added_at=added_at or "",
        )
    album = item.album or _NO_ALBUM
    return Song(
        uri=_uri(item),
        name=item.name or "",
        artists=_named(item.artists),
        album=NamedUri(album.name or "", _uri(album)),
        album_artists=_named(album.artists),
        release_date=album.release_date or "",
        images=_images(album.images),
        disc_number=item.disc_number,
        track_number=item.track_number,
        duration_ms=item.duration_ms,
        explicit=item.explicit,
        isrc=(item.external_ids.isrc if item.external_ids else None) or "",
        added_by=added_by or "",
        added_at=added_at or "",
    )


_NO_ALBUM = Album("")


def _uri(item: CatalogueItem) -> str:
    """The URI of an item, also of a local file; empty if it is not known."""
    return item.raw_uri or str(item.uri or "")


def _named(artists: list[Artist] | None) -> tuple[NamedUri, ...]:
    return tuple([NamedUri(artist.name or "", _uri(artist)) for artist in artists or ()])


def _images(images: list[Image] | None) -> tuple[tuple[str, int | None, int | None], ...]:
    usable = [(url, image.width, image.height) for image in images or () if (url := image.url)]
    widths = [width or 0 for _, width, _ in usable]
    if widths != sorted(widths, reverse=True):  # Spotify sorts them, too
        usable.sort(key=lambda image: -(image[1] or 0))
    return tuple(usable)
