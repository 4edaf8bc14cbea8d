"""Reads one page of a list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from dataclasses import replace as replace_path
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from bot.browse.paths import PAGE_SIZE, RANGES, ListKind, ListPath, validate_query
from bot.browse.saved import find_saved, read_saved
from bot.errors.spotify import NotPermitted
from bot.spotify import Spotify
from bot.spotify.api_model import ApiModel
from bot.spotify.catalogue import (
    ARTIST_ALBUMS_PAGE_SIZE,
    MAX_SEARCH_OFFSET,
    Item,
    SearchResults,
)
from bot.spotify.entries import Entries
from bot.spotify.models import Chapter, Playlist
from bot.spotify.ownership import Ownership, ownership_of
from bot.spotify.paging import PAGE_SIZE as API_PAGE_SIZE
from bot.spotify.paging import Paging
from bot.spotify.uris import Kind, Uri
from bot.text.escape import single_line

# Plausible times of plays, in seconds since 1970: from 2006, when Spotify began, to 2100.
_FIRST_PLAY, _LAST_PLAY = 1_136_073_600, 4_102_444_800

# Characters of an artist's name in a search, so that the query stays below Spotify's limit.
_MAX_ARTIST_NAME = 200

T = TypeVar("T", bound=ApiModel)


@dataclass(frozen=True)
class Entry:
    """An entry of a list.

    played_at  in the list of recent plays only; in seconds since 1970
    ownership  in the list of the user's playlists only
    """

    item: Item | Chapter
    played_at: int | None = None
    ownership: Ownership | None = None

    @property
    def selectable(self) -> Item | None:
        """The item, unless it has no actions: a local file or a chapter."""
        item = self.item
        return None if isinstance(item, Chapter) or item.uri is None else item


@dataclass(frozen=True)
class ListPage:
    """A page as it was read.

    more    whether the list has another page
    head    the item whose contents it lists, if there is one
    total   the number of entries of the list, if it is known
    hidden  whether Spotify shows the user no entries: the head is somebody else's playlist
    searched, rest  those of SavedEntries
    """

    path: ListPath
    entries: Entries[Entry]
    more: bool
    head: Item | None = None
    total: int | None = None
    hidden: bool = False
    searched: int | None = None
    rest: bool = False

    @property
    def uris(self) -> list[Uri]:
        """The URIs of the entries and of `head`, without duplicates."""
        items = [*(entry.selectable for entry in self.entries), self.head]
        return list(dict.fromkeys(item.require_uri() for item in items if item and item.uri))


async def read_page(spotify: Spotify, path: ListPath, query: str = "") -> ListPage:
    """Read that page; `query` is that of a search. Raises EmptyQuery, QueryTooLong."""
    match path.kind:
        case ListKind.SEARCH:
            return await _search(spotify, path, query)
        case ListKind.RECENT:
            return await _recent(spotify, path)
        case ListKind.TOP:
            return await _top(spotify, path)
        case ListKind.PLAYLISTS:
            return await _playlists(spotify, path)
        case ListKind.SAVED:
            return await _saved(spotify, path, query)
        case ListKind.ONE:
            kind, item_id, *_ = path.argument.split(".")
            item = await spotify.catalogue.item(Uri(Kind(kind), item_id))
            return ListPage(path, Entries([Entry(item)]), more=False)
    return await _item_contents(spotify, path)


async def _search(spotify: Spotify, path: ListPath, query: str) -> ListPage:
    kind = Kind(path.argument)
    query = validate_query(query)
    results = await spotify.catalogue.search(query, kind, offset=path.offset)
    entries = _entries(results_of_kind(results, kind))
    more = _has_more_results(results, kind, path)
    return ListPage(path, entries, more, total=results.totals.get(kind))


async def _recent(spotify: Spotify, path: ListPath) -> ListPage:
    recent = await spotify.player.recently_played()
    plays = recent.items
    shown = Entries.of(plays[path.offset : path.offset + PAGE_SIZE])
    entries = shown.map(
        lambda play: Entry(play.track, _epoch_seconds(play.played_at)) if play.track else None
    )
    entries = entries.where(entries, unreadable=recent.unread)
    more = len(plays) > path.offset + PAGE_SIZE
    return ListPage(path, entries, more, total=len(plays))


async def _top(spotify: Spotify, path: ListPath) -> ListPage:
    kind, _, time_range = path.argument.partition(".")
    if kind == Kind.TRACK:
        tracks, more, total = await _page(spotify.profile.top_tracks(RANGES[time_range]), path)
        entries = _entries(tracks)
    else:
        artists, more, total = await _page(spotify.profile.top_artists(RANGES[time_range]), path)
        entries = _entries(artists)
    return ListPage(path, entries, more, total=total)


async def _playlists(spotify: Spotify, path: ListPath) -> ListPage:
    (playlists, more, total), profile = await asyncio.gather(
        _page(spotify.playlists.mine(), path), spotify.profile.me(fresh=False)
    )
    entries = playlists.map(lambda each: Entry(each, ownership=ownership_of(each, profile.id)))
    return ListPage(path, entries, more, total=total)


async def _saved(spotify: Spotify, path: ListPath, words: str) -> ListPage:
    """With words, those of the list that was read so far which have them."""
    argument, _, read_more = path.argument.partition(".")
    kind, path = Kind(argument), replace_path(path, argument=argument)
    if words:
        found = await find_saved(spotify, kind, words, path.offset, read_more=bool(read_more))
    else:
        found = await read_saved(spotify, kind, path.offset)
    return ListPage(
        path,
        _entries(found.items),
        found.more,
        total=found.total,
        searched=found.searched,
        rest=found.rest,
    )


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
            albums, more, total = await _page(paging, path, api_page_size=ARTIST_ALBUMS_PAGE_SIZE)
            entries = _entries(albums)
        case ListKind.ALBUM:
            tracks, more, total = await _page(catalogue.album_tracks(uri), path)
            entries = _entries(tracks.map(lambda track: replace(track, album=head)))
        case ListKind.SHOW:
            episodes, more, total = await _page(catalogue.show_episodes(uri), path)
            entries = _entries(episodes.map(lambda episode: replace(episode, raw_show=head)))
        case ListKind.AUDIOBOOK:
            chapters, more, total = await _page(catalogue.audiobook_chapters(uri), path)
            entries = _entries(chapters)
        case _:
            assert isinstance(head, Playlist)
            return await _playlist_songs(spotify, path, head)
    return ListPage(path, entries, more, head, total)


async def _playlist_songs(spotify: Spotify, path: ListPath, playlist: Playlist) -> ListPage:
    if playlist.is_readable:
        try:
            items, more, total = await _page(spotify.playlists.items(playlist.require_uri()), path)
        except NotPermitted:  # a search result has a count even if it is somebody else's
            pass
        else:
            entries = _entries(items.map(lambda entry: entry.item))
            return ListPage(path, entries, more, playlist, total)
    return hidden_page(path, playlist)


def hidden_page(path: ListPath, playlist: Playlist) -> ListPage:
    """A playlist whose entries Spotify does not show to the user."""
    return ListPage(path, Entries([]), more=False, head=playlist, hidden=True)


async def _artist_songs(spotify: Spotify, path: ListPath, artist: Item) -> ListPage:
    """Searched by name: Spotify has removed the endpoint for an artist's top songs."""
    # A quote would end the search filter.
    name = single_line(artist.name, _MAX_ARTIST_NAME).replace('"', " ").strip()
    results = SearchResults(tracks=Entries(unreadable=1))
    if name:
        results = await spotify.catalogue.search(f'artist:"{name}"', Kind.TRACK, offset=path.offset)
    ids = [[credited.id for credited in track.artists or []] for track in results.tracks]
    songs = results.tracks.where(
        (
            track
            for track, of_artists in zip(results.tracks, ids, strict=True)
            if artist.id in of_artists
        ),
        unreadable=sum(not any(of_artists) for of_artists in ids),
    )
    return ListPage(path, _entries(songs), _has_more_results(results, Kind.TRACK, path), artist)


async def _page(
    paging: Paging[T], path: ListPath, *, api_page_size: int = API_PAGE_SIZE
) -> tuple[Entries[T], bool, int | None]:
    """The entries of one page, whether Spotify has more, and the length of the list.

    A request reads `api_page_size` entries, so that the cache has the next pages as well.
    """
    start = path.offset // api_page_size * api_page_size
    page = await paging.page(start)
    items = page.items[path.offset - start :]
    unread = page.unread(start, path.offset - start)
    entries = Entries.of(items[:PAGE_SIZE]) if items else Entries[T](unreadable=unread)
    return entries, len(items) > PAGE_SIZE or page.has_more(start), page.plausible_total(start)


def _entries(items: Entries[Item | Chapter]) -> Entries[Entry]:
    return items.map(Entry)


def _has_more_results(results: SearchResults, kind: Kind, path: ListPath) -> bool:
    return kind in results.more_kinds and path.offset < MAX_SEARCH_OFFSET


def results_of_kind(results: SearchResults, kind: Kind) -> Entries[Item]:
    """The results of one kind, best first."""
    lists: dict[Kind, Entries[Item]] = {
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
        date = datetime.fromisoformat(time or "")
        seconds = int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if _FIRST_PLAY <= seconds <= _LAST_PLAY else None
