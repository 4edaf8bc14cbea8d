"""What there is to play: developer.spotify.com, Web API, Search and the catalogue chapters."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, get_args

import msgspec

from bot.errors.spotify import SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.models import (
    RAW_NULL,
    Album,
    ApiModel,
    Artist,
    Audiobook,
    CatalogueItem,
    Chapter,
    Episode,
    Playlist,
    Show,
    Track,
)
from bot.spotify.pages import Page, page_decoder
from bot.spotify.paging import Paging
from bot.spotify.transport import Query
from bot.spotify.uris import Kind, Uri

# The most that one search finds of a kind, and that one page of an artist's albums holds.
MAX_SEARCH_RESULTS = 10
ARTIST_ALBUMS_PAGE_SIZE = 10
MAX_QUERY = 250
MAX_SEARCH_OFFSET = 1000
# Bytes of a track as Spotify sends it, about.
ITEM_BYTES = 2500

Item = Track | Album | Artist | Playlist | Show | Episode | Audiobook

_MODELS: dict[Kind, type[Item]] = {shape.kind: shape for shape in get_args(Item)}

N = TypeVar("N", bound=CatalogueItem)


@dataclass(frozen=True)
class SearchResults:
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
    more_kinds: frozenset[Kind] = frozenset()


class _SearchResponse(ApiModel, frozen=True):
    tracks: msgspec.Raw = RAW_NULL
    albums: msgspec.Raw = RAW_NULL
    artists: msgspec.Raw = RAW_NULL
    playlists: msgspec.Raw = RAW_NULL
    shows: msgspec.Raw = RAW_NULL
    episodes: msgspec.Raw = RAW_NULL
    audiobooks: msgspec.Raw = RAW_NULL


class CatalogueApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    async def search(
        self, query: str, *kinds: Kind, limit: int = MAX_SEARCH_RESULTS, offset: int = 0
    ) -> SearchResults:
        """Up to `limit` (at most MAX_SEARCH_RESULTS) of each kind; `query` of MAX_QUERY.

        `offset` is at most MAX_SEARCH_OFFSET. The query may hold filters: artist, album, track,
        year, isrc, upc.
        """
        asked: Query = {"q": query, "type": ",".join(kinds), "limit": limit, "offset": offset}
        found = await self._api.get("search", asked, decode=_decode_search)
        # These come as whole as they would by themselves; the other kinds lack something.
        for item in (*found.tracks, *found.albums, *found.artists):
            self._api.prime_cache(f"{item.kind}s/{item.id}", item, ITEM_BYTES)
        return found

    async def item(self, uri: Uri) -> Item:
        """The item itself. Raises NotFound where Spotify does not know the id."""
        read = partial(_decode_item, _MODELS[uri.kind])
        return await self._api.get(f"{uri.kind}s/{uri.id}", decode=read)

    def album_tracks(self, album: Uri, *, concurrency: int = 1) -> Paging[Track]:
        return Paging(
            self._api, f"albums/{album.id}/tracks", page_decoder(Track), concurrency=concurrency
        )

    def artist_albums(
        self, artist: Uri, *, groups: str = "album,single", concurrency: int = 1
    ) -> Paging[Album]:
        """`groups`: of album, single, appears_on and compilation."""
        path, query = f"artists/{artist.id}/albums", {"include_groups": groups}
        return Paging(
            self._api,
            path,
            page_decoder(Album),
            query,
            page_size=ARTIST_ALBUMS_PAGE_SIZE,
            concurrency=concurrency,
        )

    def show_episodes(self, show: Uri, *, concurrency: int = 1) -> Paging[Episode]:
        """Newest first."""
        path = f"shows/{show.id}/episodes"
        return Paging(
            self._api, path, page_decoder(Episode), concurrency=concurrency, newest_first=True
        )

    def audiobook_chapters(self, audiobook: Uri, *, concurrency: int = 1) -> Paging[Chapter]:
        path = f"audiobooks/{audiobook.id}/chapters"
        return Paging(self._api, path, page_decoder(Chapter), concurrency=concurrency)


def _decode_item(model: type[Item], body: bytes) -> Item:
    item = model.decode(body)
    if item.uri is None:
        raise SpotifyDown("an item without an id")
    return item


def _decode_search(body: bytes) -> SearchResults:
    found = _SearchResponse.decode(body)
    more: set[Kind] = set()

    def once(page: msgspec.Raw, shape: type[N]) -> list[N]:
        read: Page[N] = Page([]) if page == RAW_NULL else page_decoder(shape)(bytes(page))
        if read.next is not None:
            more.add(shape.kind)
        return list({item.id: item for item in read.items if item and item.uri}.values())

    return SearchResults(
        tracks=once(found.tracks, Track),
        albums=once(found.albums, Album),
        artists=once(found.artists, Artist),
        playlists=once(found.playlists, Playlist),
        shows=once(found.shows, Show),
        episodes=once(found.episodes, Episode),
        audiobooks=once(found.audiobooks, Audiobook),
        more_kinds=frozenset(more),
    )
