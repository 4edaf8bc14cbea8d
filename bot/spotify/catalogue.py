"""Search and items: developer.spotify.com, Web API, Search, Tracks, Albums, Artists and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, get_args

from msgspec.structs import replace

from bot.errors.spotify import SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel
from bot.spotify.catalogue_item import CatalogueItem
from bot.spotify.entries import Entries
from bot.spotify.models import (
    Album,
    Artist,
    Audiobook,
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
    """The results of a search, best first, without duplicates.

    more_kinds  the kinds that have another page
    totals      the numbers of all results, as far as they are known
    """

    tracks: Entries[Track] = field(default_factory=Entries)
    albums: Entries[Album] = field(default_factory=Entries)
    artists: Entries[Artist] = field(default_factory=Entries)
    playlists: Entries[Playlist] = field(default_factory=Entries)
    shows: Entries[Show] = field(default_factory=Entries)
    episodes: Entries[Episode] = field(default_factory=Entries)
    audiobooks: Entries[Audiobook] = field(default_factory=Entries)
    more_kinds: frozenset[Kind] = frozenset()
    totals: Mapping[Kind, int] = field(default_factory=dict)


class _SearchResponse(ApiModel, frozen=True):
    """A page is None if it could not be read or was not requested."""

    tracks: Page[Track] | None = None
    albums: Page[Album] | None = None
    artists: Page[Artist] | None = None
    playlists: Page[Playlist] | None = None
    shows: Page[Show] | None = None
    episodes: Page[Episode] | None = None
    audiobooks: Page[Audiobook] | None = None


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
        results = await self._api.get(
            "search", parameters, decode=partial(decode_search, kinds, limit)
        )
        # Search returns these kinds complete; the other kinds lack fields that their GET has.
        for item in (*results.tracks, *results.albums, *results.artists):
            if item.name:
                self._api.prime_cache(f"{item.kind}s/{item.id}", item, ITEM_BYTES)
        return results

    async def item(self, uri: Uri) -> Item:
        """The item, which has a `uri`. Raises NotFound if Spotify does not know the ID."""
        decode = partial(decode_item, uri)
        return await self._api.get(f"{uri.kind}s/{uri.id}", decode=decode)

    def known_item(self, uri: Uri) -> Item | None:
        """The item if it is in the cache; sends nothing."""
        item: Item | None = self._api.cached(f"{uri.kind}s/{uri.id}")
        return item

    def album_tracks(self, album: Uri) -> Paging[Track]:
        return Paging(self._api, f"albums/{album.id}/tracks", page_decoder(Track), concurrency=1)

    def artist_albums(self, artist: Uri, *, groups: str = "album,single") -> Paging[Album]:
        """`groups`: some of album, single, appears_on and compilation, separated by commas."""
        path, query = f"artists/{artist.id}/albums", {"include_groups": groups}
        return Paging(
            self._api,
            path,
            page_decoder(Album),
            query,
            page_size=ARTIST_ALBUMS_PAGE_SIZE,
            concurrency=1,
        )

    def show_episodes(self, show: Uri) -> Paging[Episode]:
        """Newest first."""
        path = f"shows/{show.id}/episodes"
        return Paging(self._api, path, page_decoder(Episode), concurrency=1, newest_first=True)

    def audiobook_chapters(self, audiobook: Uri) -> Paging[Chapter]:
        path = f"audiobooks/{audiobook.id}/chapters"
        return Paging(self._api, path, page_decoder(Chapter), concurrency=1)


def decode_item(uri: Uri, body: bytes) -> Item:
    """The requested item; its own URI may differ, since Spotify replaces tracks."""
    item = _MODELS[uri.kind].decode(body)
    return item if item.uri else replace(item, id=uri.id, raw_uri=str(uri))


def decode_search(kinds: Sequence[Kind], limit: int, body: bytes) -> SearchResults:
    """At most `limit` results of each kind. Raises SpotifyDown if no kind can be read."""
    response = _SearchResponse.decode(body)
    pages: dict[Kind, Page[Any] | None] = {kind: getattr(response, f"{kind}s") for kind in kinds}
    if not any(pages.values()):
        raise SpotifyDown("unreadable answer: no results")
    return SearchResults(
        **{f"{kind}s": _results(page, limit) for kind, page in pages.items()},
        more_kinds=frozenset(kind for kind, page in pages.items() if page and page.next),
        totals={
            kind: total
            for kind, page in pages.items()
            if page and (total := page.plausible_total(page.offset))
        },
    )


def _results(page: Page[N] | None, limit: int) -> Entries[N]:
    if page is None:
        return Entries(unreadable=1)
    entries = page.readable.map(lambda item: item if item.uri else None)
    return entries.where(list({item.id: item for item in entries}.values())[:limit])
