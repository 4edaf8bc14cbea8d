"""What there is to play: developer.spotify.com, Web API, Search and the catalogue chapters."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, get_args

import msgspec

from bot.errors import SpotifyDown
from bot.spotify.caller import Caller
from bot.spotify.lists import Page, page_of
from bot.spotify.models import (
    NULL,
    Album,
    Artist,
    Audiobook,
    Chapter,
    Episode,
    Named,
    Part,
    Playlist,
    Show,
    Track,
)
from bot.spotify.paging import Paging
from bot.spotify.transport import Query
from bot.spotify.uris import Kind, Uri

# The most that one search finds of a kind, and that one page of an artist's albums holds.
SEARCH_LIMIT = 10
ARTIST_ALBUMS = 10
LONGEST_QUERY = 250
LAST_OFFSET = 1000
# Bytes of a track as Spotify sends it, about.
ITEM_SIZE = 2500

Item = Track | Album | Artist | Playlist | Show | Episode | Audiobook

_SHAPES: dict[Kind, type[Item]] = {shape.kind: shape for shape in get_args(Item)}

N = TypeVar("N", bound=Named)


@dataclass(frozen=True)
class Found:
    """What a search found, best first, each once and without nulls.

    more  the kinds of which there is another page
    """

    tracks: list[Track] = field(default_factory=list)
    albums: list[Album] = field(default_factory=list)
    artists: list[Artist] = field(default_factory=list)
    playlists: list[Playlist] = field(default_factory=list)
    shows: list[Show] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    audiobooks: list[Audiobook] = field(default_factory=list)
    more: frozenset[Kind] = frozenset()


class _Found(Part, frozen=True):
    tracks: msgspec.Raw = NULL
    albums: msgspec.Raw = NULL
    artists: msgspec.Raw = NULL
    playlists: msgspec.Raw = NULL
    shows: msgspec.Raw = NULL
    episodes: msgspec.Raw = NULL
    audiobooks: msgspec.Raw = NULL


class Catalogue:
    def __init__(self, call: Caller) -> None:
        self._call = call

    async def search(
        self, query: str, *kinds: Kind, limit: int = SEARCH_LIMIT, offset: int = 0
    ) -> Found:
        """Up to `limit` (at most SEARCH_LIMIT) of each kind; `query` of LONGEST_QUERY.

        `offset` goes to LAST_OFFSET. It may hold filters: artist, album, track, year, isrc, upc.
        """
        asked: Query = {"q": query, "type": ",".join(kinds), "limit": limit, "offset": offset}
        found = await self._call.get("search", asked, read=_read_found)
        # These come as whole as they would by themselves; the other kinds lack something.
        for item in (*found.tracks, *found.albums, *found.artists):
            self._call.know(f"{item.kind}s/{item.id}", item, ITEM_SIZE)
        return found

    async def item(self, uri: Uri) -> Item:
        """The item itself. Raises Unknown where Spotify does not know the id."""
        read = partial(_read_item, _SHAPES[uri.kind])
        return await self._call.get(f"{uri.kind}s/{uri.id}", read=read)

    def album_tracks(self, album: Uri, *, flights: int = 1) -> Paging[Track]:
        return Paging(self._call, f"albums/{album.id}/tracks", page_of(Track), flights=flights)

    def artist_albums(
        self, artist: Uri, *, groups: str = "album,single", flights: int = 1
    ) -> Paging[Album]:
        """`groups`: of album, single, appears_on and compilation."""
        path, query = f"artists/{artist.id}/albums", {"include_groups": groups}
        return Paging(self._call, path, page_of(Album), query, size=ARTIST_ALBUMS, flights=flights)

    def show_episodes(self, show: Uri, *, flights: int = 1) -> Paging[Episode]:
        """Newest first."""
        path = f"shows/{show.id}/episodes"
        return Paging(self._call, path, page_of(Episode), flights=flights, grows_at_top=True)

    def audiobook_chapters(self, audiobook: Uri, *, flights: int = 1) -> Paging[Chapter]:
        path = f"audiobooks/{audiobook.id}/chapters"
        return Paging(self._call, path, page_of(Chapter), flights=flights)


def _read_item(shape: type[Item], body: bytes) -> Item:
    item = shape.read(body)
    if item.uri is None:
        raise SpotifyDown("an item without an id")
    return item


def _read_found(body: bytes) -> Found:
    found = _Found.read(body)
    more: set[Kind] = set()

    def once(page: msgspec.Raw, shape: type[N]) -> list[N]:
        read: Page[N] = Page([]) if page == NULL else page_of(shape)(bytes(page))
        if read.next is not None:
            more.add(shape.kind)
        return list({item.id: item for item in read.items if item and item.uri}.values())

    return Found(
        tracks=once(found.tracks, Track),
        albums=once(found.albums, Album),
        artists=once(found.artists, Artist),
        playlists=once(found.playlists, Playlist),
        shows=once(found.shows, Show),
        episodes=once(found.episodes, Episode),
        audiobooks=once(found.audiobooks, Audiobook),
        more=frozenset(more),
    )
