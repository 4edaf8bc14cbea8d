"""Search and items: developer.spotify.com, Web API, Search, Tracks, Albums, Artists and so on."""

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

# Spotify's limits: results of each kind in one search, and albums on one page of an artist.
MAX_SEARCH_RESULTS = 10
ARTIST_ALBUMS_PAGE_SIZE = 10
# Characters.
MAX_QUERY = 250
MAX_SEARCH_OFFSET = 1000
# The average length of a track's JSON in bytes, roughly.
ITEM_BYTES = 2500

Item = Track | Album | Artist | Playlist | Show | Episode | Audiobook

_MODELS: dict[Kind, type[Item]] = {model.kind: model for model in get_args(Item)}

N = TypeVar("N", bound=CatalogueItem)


@dataclass(frozen=True)
class SearchResults:
    """The results of a search, best first, without nulls and duplicates.

    more_kinds  the kinds that have another page
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
        """Up to `limit` results of each kind, from the index `offset` on.

        query   at most MAX_QUERY characters; may contain the filters artist, album, track, year,
                isrc and upc
        limit   at most MAX_SEARCH_RESULTS
        offset  at most MAX_SEARCH_OFFSET
        """
        parameters: Query = {"q": query, "type": ",".join(kinds), "limit": limit, "offset": offset}
        results = await self._api.get("search", parameters, decode=_decode_search)
        # Search returns these kinds complete; the other kinds lack fields that their GET has.
        for item in (*results.tracks, *results.albums, *results.artists):
            self._api.prime_cache(f"{item.kind}s/{item.id}", item, ITEM_BYTES)
        return results

    async def item(self, uri: Uri) -> Item:
        """The item, which has a `uri`. Raises NotFound if Spotify does not know the ID."""
        decode = partial(_decode_item, _MODELS[uri.kind])
        return await self._api.get(f"{uri.kind}s/{uri.id}", decode=decode)

    def album_tracks(self, album: Uri, *, concurrency: int = 1) -> Paging[Track]:
        return Paging(
            self._api, f"albums/{album.id}/tracks", page_decoder(Track), concurrency=concurrency
        )

    def artist_albums(
        self, artist: Uri, *, groups: str = "album,single", concurrency: int = 1
    ) -> Paging[Album]:
        """`groups`: some of album, single, appears_on and compilation, separated by commas."""
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
    response = _SearchResponse.decode(body)
    more_kinds: set[Kind] = set()

    def items(raw: msgspec.Raw, model: type[N]) -> list[N]:
        page: Page[N] = Page([]) if raw == RAW_NULL else page_decoder(model)(bytes(raw))
        if page.next is not None:
            more_kinds.add(model.kind)
        return list({item.id: item for item in page.items if item and item.uri}.values())

    return SearchResults(
        tracks=items(response.tracks, Track),
        albums=items(response.albums, Album),
        artists=items(response.artists, Artist),
        playlists=items(response.playlists, Playlist),
        shows=items(response.shows, Show),
        episodes=items(response.episodes, Episode),
        audiobooks=items(response.audiobooks, Audiobook),
        more_kinds=frozenset(more_kinds),
    )
