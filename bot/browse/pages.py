"""Reads one page of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from bot.browse.paths import PAGE_SIZE, RANGES, ListKind, ListPath, validate_query
from bot.errors.content import NothingFound
from bot.spotify import Spotify
from bot.spotify.catalogue import (
    ARTIST_ALBUMS_PAGE_SIZE,
    MAX_SEARCH_OFFSET,
    Item,
    SearchResults,
)
from bot.spotify.models import ApiModel, Chapter
from bot.spotify.paging import PAGE_SIZE as API_PAGE_SIZE
from bot.spotify.paging import Paging
from bot.spotify.uris import Kind, Uri
from bot.text.escape import single_line

# Characters of an artist's name in a search, so that the query stays below Spotify's limit.
_MAX_ARTIST_NAME = 200

_NOTHING_RECENT = "Spotify shows nothing that you played lately. Play something, then try again."
_NO_TOP = "Spotify has no favourites of yours for that time. Try a longer one."

T = TypeVar("T", bound=ApiModel)


@dataclass(frozen=True)
class Entry:
    """`played_at` is in seconds since 1970, and set in the list of recent plays only."""

    item: Item | Chapter
    played_at: int | None = None

    @property
    def selectable(self) -> Item | None:
        """The item, unless it has no actions: a local file or a chapter."""
        item = self.item
        return None if isinstance(item, Chapter) or item.uri is None else item


@dataclass(frozen=True)
class ListPage:
    """A page as it was read. `head` is the item whose contents it lists, if there is one."""

    path: ListPath
    entries: list[Entry]
    more: bool
    head: Item | None = None


async def read_page(spotify: Spotify, path: ListPath, query: str = "") -> ListPage:
    """Read that page; `query` is that of a search.

    Raises NothingFound if a search or a list of plays is empty, and EmptyQuery, QueryTooLong.
    """
    match path.kind:
        case ListKind.SEARCH:
            return await _search(spotify, path, query)
        case ListKind.RECENT:
            return await _recent(spotify, path)
        case ListKind.TOP:
            return await _top(spotify, path)
        case ListKind.ONE:
            kind, _, item_id = path.argument.partition(".")
            item = await spotify.catalogue.item(Uri(Kind(kind), item_id))
            return ListPage(path, [Entry(item)], more=False)
    return await _item_contents(spotify, path)


async def _search(spotify: Spotify, path: ListPath, query: str) -> ListPage:
    kind = Kind(path.argument)
    query = validate_query(query)
    results = await spotify.catalogue.search(query, kind, offset=path.offset)
    items = results_of_kind(results, kind)
    if not items and path.page == 1:
        raise NothingFound
    return ListPage(path, _entries(items), _has_more_results(results, kind, path))


async def _recent(spotify: Spotify, path: ListPath) -> ListPage:
    plays = (await spotify.player.recently_played()).items
    entries = [
        Entry(play.track, _epoch_seconds(play.played_at))
        for play in plays[path.offset : path.offset + PAGE_SIZE]
        if play and play.track
    ]
    if not entries and path.page == 1:
        raise NothingFound("nothing played", message=_NOTHING_RECENT)
    return ListPage(path, entries, more=len(plays) > path.offset + PAGE_SIZE)


async def _top(spotify: Spotify, path: ListPath) -> ListPage:
    kind, _, time_range = path.argument.partition(".")
    if kind == Kind.TRACK:
        tracks, more = await _page(spotify.profile.top_tracks(RANGES[time_range]), path)
        entries = _entries(tracks)
    else:
        artists, more = await _page(spotify.profile.top_artists(RANGES[time_range]), path)
        entries = _entries(artists)
    if not entries and path.page == 1:
        raise NothingFound("no favourites", message=_NO_TOP)
    return ListPage(path, entries, more)


async def _item_contents(spotify: Spotify, path: ListPath) -> ListPage:
    """The contents of an item. Spotify leaves the item out of each entry: it is filled in here."""
    catalogue = spotify.catalogue
    uri = path.head_uri
    assert uri is not None
    head = await catalogue.item(uri)
    match path.kind:
        case ListKind.ARTIST:
            return await _artist_songs(spotify, path, head)
        case ListKind.ALBUMS:
            paging = catalogue.artist_albums(uri)
            albums, more = await _page(paging, path, api_page_size=ARTIST_ALBUMS_PAGE_SIZE)
            entries = _entries(albums)
        case ListKind.ALBUM:
            tracks, more = await _page(catalogue.album_tracks(uri), path)
            entries = _entries(msgspec.structs.replace(track, album=head) for track in tracks)
        case ListKind.SHOW:
            episodes, more = await _page(catalogue.show_episodes(uri), path)
            entries = _entries(msgspec.structs.replace(item, show=head) for item in episodes)
        case ListKind.AUDIOBOOK:
            chapters, more = await _page(catalogue.audiobook_chapters(uri), path)
            entries = _entries(chapters)
        case _:
            items, more = await _page(spotify.playlists.items(uri), path)
            entries = _entries(entry.item for entry in items if entry.item)
    return ListPage(path, entries, more, head)


async def _artist_songs(spotify: Spotify, path: ListPath, artist: Item) -> ListPage:
    """Searched by name: Spotify has removed the endpoint for an artist's top songs."""
    # A quote would end the search filter.
    name = single_line(artist.name, _MAX_ARTIST_NAME).replace('"', " ").strip()
    results = SearchResults()
    if name:
        results = await spotify.catalogue.search(f'artist:"{name}"', Kind.TRACK, offset=path.offset)
    songs = [
        track
        for track in results.tracks
        if any(credited.id == artist.id for credited in track.artists or [])
    ]
    return ListPage(path, _entries(songs), _has_more_results(results, Kind.TRACK, path), artist)


async def _page(
    paging: Paging[T], path: ListPath, *, api_page_size: int = API_PAGE_SIZE
) -> tuple[list[T], bool]:
    """The entries of one page without nulls, and whether Spotify has more.

    A request reads `api_page_size` entries, so that the cache has the next pages as well.
    """
    start = path.offset // api_page_size * api_page_size
    page = await paging.page(start)
    items = page.items[path.offset - start :]
    entries = [entry for entry in items[:PAGE_SIZE] if entry is not None]
    return entries, len(items) > PAGE_SIZE or page.next is not None


def _entries(items: Iterable[Item | Chapter]) -> list[Entry]:
    return [Entry(item) for item in items]


def _has_more_results(results: SearchResults, kind: Kind, path: ListPath) -> bool:
    return kind in results.more_kinds and path.offset < MAX_SEARCH_OFFSET


def results_of_kind(results: SearchResults, kind: Kind) -> Sequence[Item]:
    """The results of one kind, best first."""
    lists: dict[Kind, Sequence[Item]] = {
        Kind.TRACK: results.tracks,
        Kind.ALBUM: results.albums,
        Kind.ARTIST: results.artists,
        Kind.PLAYLIST: results.playlists,
        Kind.SHOW: results.shows,
        Kind.EPISODE: results.episodes,
        Kind.AUDIOBOOK: results.audiobooks,
    }
    return lists[kind]


def _epoch_seconds(time: str | None) -> int | None:
    """An ISO 8601 time of Spotify in seconds since 1970; None if it is unreadable."""
    try:
        return int(datetime.fromisoformat(time or "").timestamp())
    except (ValueError, OverflowError):
        return None
