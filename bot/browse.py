"""Lists that can be looked through: each as a path that fits a button, and one page of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self, TypeVar, get_args

import msgspec

from bot.errors.content import NothingFound
from bot.player import resolve
from bot.spotify import Spotify
from bot.spotify.catalogue import ARTIST_ALBUMS_PAGE_SIZE, MAX_SEARCH_OFFSET, Item, SearchResults
from bot.spotify.models import ApiModel, Chapter, Episode, Track
from bot.spotify.paging import PAGE_SIZE as WINDOW
from bot.spotify.paging import Paging
from bot.spotify.profile import TimeRange
from bot.spotify.uris import KINDS, Kind, Uri
from bot.text.escape import single_line

ListKind = Literal[
    "search", "one", "album", "artist", "albums", "show", "playlist", "audiobook", "recent", "top"
]

# Entries on a page: what one search finds of a kind.
PAGE_SIZE = 10
# The most paths in one, such as an album of an artist of a search, and the most characters: what
# Discord takes for the id of a button, less ten for what else is in it.
MAX_DEPTH, MAX_PATH_LENGTH = 3, 90
# Whatever the number of a page is: it has no more digits.
_MAX_PAGE = 9999

RANGES: dict[str, TimeRange] = {"short": "short_term", "medium": "medium_term", "long": "long_term"}

_KINDS = "|".join(KINDS)
_ID = "[0-9A-Za-z]{22}"
_SEGMENT = (
    rf"(?:search\.(?:{_KINDS})|one\.(?:{_KINDS})\.{_ID}|"
    rf"(?:album|artist|albums|show|playlist|audiobook)\.{_ID}|"
    rf"recent|top\.(?:track|artist)\.(?:{'|'.join(RANGES)}))\.[0-9]{{1,4}}"
)
# What `str` makes of a path, as a regular expression.
PATTERN = rf"{_SEGMENT}(?:/{_SEGMENT}){{0,{MAX_DEPTH - 1}}}"

# Of an artist's name, to search for: quotes would end the filter, and the query must not be long.
_MAX_ARTIST_NAME = 200

_NOTHING_RECENT = "Spotify shows nothing that you played lately. Play something, then try again."
_NO_TOP = "Spotify has no favourites of yours for that time. Try a longer one."

T = TypeVar("T", bound=ApiModel)


@dataclass(frozen=True)
class ListPath:
    """A page of a list, and the list from which it was opened.

    about  search: the kind; one: kind and id; recent: nothing; top: kind and range; else the id
    page   from 1
    back   where it was opened from
    """

    kind: ListKind
    argument: str = ""
    page: int = 1
    back: ListPath | None = None

    def __str__(self) -> str:
        own = ".".join(part for part in (self.kind, self.argument, str(self.page)) if part)
        return f"{own}/{self.back}" if self.back else own

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made, and PATTERN matches."""
        own, _, rest = text.partition("/")
        first, *about, page = own.split(".")
        what = next(what for what in get_args(ListKind) if what == first)
        page_of = max(1, int(page))
        return cls(what, ".".join(about), page_of, ListPath.parse(rest) if rest else None)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    @property
    def personal(self) -> bool:
        """Whether it can be read only as somebody: their plays, and playlists of theirs."""
        return self.kind in ("recent", "top", "playlist")

    def with_page_offset(self, by: int) -> ListPath:
        """So many pages further; 0 is none, and no number has five digits."""
        return replace(self, page=min(_MAX_PAGE, self.page + by))

    def for_other_user(self) -> ListPath:
        """The same for somebody else: of what is theirs, on this path and back, the first page."""
        page = 1 if self.kind in ("recent", "top") else self.page
        return replace(self, page=page, back=self.back.for_other_user() if self.back else None)


@dataclass(frozen=True)
class ListPage:
    """A page that was read. `head` is what it lists the contents of, where that is an item."""

    path: ListPath
    entries: list[Entry]
    more: bool
    head: Item | None = None


def path_for_item(uri: Uri) -> ListPath:
    """The contents of an item; of a track or an episode, which have none, itself alone."""
    match uri.kind:
        case "album" | "artist" | "show" | "playlist" | "audiobook":
            return ListPath(uri.kind, uri.id)
    return ListPath("one", f"{uri.kind}.{uri.id}")


def child_path(path: ListPath, entry: Item, *, alone: bool = False) -> ListPath | None:
    """Where an entry of a list leads to; None where that is the list itself.

    alone  without a way back
    """
    uri = parent_uri(entry)
    if uri is None or (path.kind, path.argument) == (uri.kind, uri.id):
        return None
    if alone:
        return path_for_item(uri)
    inner = replace(path_for_item(uri), page=_MAX_PAGE, back=path)
    # Where the whole way back does not fit, one step of it does.
    back = path if len(str(inner)) <= MAX_PATH_LENGTH else replace(path, back=None)
    return replace(inner, page=1, back=back)


def parent_uri(item: Item) -> Uri | None:
    """What shows more: the item itself, the album of a track, the show of an episode."""
    match item:
        case Track():
            return item.album.uri if item.album else None
        case Episode():
            return item.show.uri if item.show else None
    return item.uri


def identities(item: Item) -> tuple[str | None, ...]:
    """By which of them one comes back to it."""
    holds = parent_uri(item)
    return (item.id, holds.id if holds else None)


async def path_for_query(spotify: Spotify, query: str, kind: Kind) -> tuple[ListPath, str]:
    """The list for what somebody looks for, and its words where it is a search.

    A link leads to what is in it. Raises EmptyQuery, QueryTooLong, UnreadableLink.
    """
    if uris := await spotify.resolve_links(query, max_links=1):
        # What is in a playlist can be read only if it is one's own.
        alone = ListPath("one", f"playlist.{uris[0].id}")
        return (alone if uris[0].kind == "playlist" else path_for_item(uris[0])), ""
    return ListPath("search", kind), resolve.validate_query(query)


async def read(spotify: Spotify, path: ListPath, words: str = "") -> ListPage:
    """That page of the list; `words` are those of a search.

    Raises NothingFound where nothing is in a list that is no item's.
    """
    match path.kind:
        case "search":
            return await _search(spotify, path, words)
        case "recent":
            return await _recent(spotify, path)
        case "top":
            return await _top(spotify, path)
        case "one":
            kind, _, item_id = path.argument.partition(".")
            item = await spotify.catalogue.item(Uri(_kind(kind), item_id))
            return ListPage(path, [Entry(item)], more=False)
    return await _item_contents(spotify, path)


async def _search(spotify: Spotify, path: ListPath, words: str) -> ListPage:
    kind = _kind(path.argument)
    found = await resolve.search(spotify, words, kind, offset=path.offset)
    items = _results_of_kind(found, kind)
    if not items and path.page == 1:
        raise NothingFound
    return ListPage(
        path, _entries(items), more=kind in found.more_kinds and path.offset < MAX_SEARCH_OFFSET
    )


async def _recent(spotify: Spotify, path: ListPath) -> ListPage:
    played = (await spotify.player.recently_played()).items
    entries = [
        Entry(play.track, _seconds(play.played_at))
        for play in played[path.offset : path.offset + PAGE_SIZE]
        if play and play.track
    ]
    if not entries and path.page == 1:
        raise NothingFound("nothing played", message=_NOTHING_RECENT)
    return ListPage(path, entries, more=len(played) > path.offset + PAGE_SIZE)


async def _top(spotify: Spotify, path: ListPath) -> ListPage:
    kind, _, over = path.argument.partition(".")
    if kind == "track":
        tracks, more = await _page(spotify.profile.top_tracks(RANGES[over]), path)
        entries = _entries(tracks)
    else:
        artists, more = await _page(spotify.profile.top_artists(RANGES[over]), path)
        entries = _entries(artists)
    if not entries and path.page == 1:
        raise NothingFound("no favourites", message=_NO_TOP)
    return ListPage(path, entries, more)


async def _item_contents(spotify: Spotify, path: ListPath) -> ListPage:
    """What is in an item. Its entries do not say what they are in: that is added."""
    catalogue = spotify.catalogue
    uri = Uri("artist" if path.kind == "albums" else _kind(path.kind), path.argument)
    head = await catalogue.item(uri)
    entries: Sequence[Entry]
    match path.kind:
        case "artist":
            return await _artist_songs(spotify, path, head)
        case "albums":
            paging = catalogue.artist_albums(uri)
            albums, more = await _page(paging, path, window=ARTIST_ALBUMS_PAGE_SIZE)
            entries = _entries(albums)
        case "album":
            tracks, more = await _page(catalogue.album_tracks(uri), path)
            entries = _entries(msgspec.structs.replace(track, album=head) for track in tracks)
        case "show":
            episodes, more = await _page(catalogue.show_episodes(uri), path)
            entries = _entries(msgspec.structs.replace(one, show=head) for one in episodes)
        case "audiobook":
            chapters, more = await _page(catalogue.audiobook_chapters(uri), path)
            entries = _entries(chapters)
        case _:
            found, more = await _page(spotify.playlists.items(uri), path)
            entries = _entries(entry.item for entry in found if entry.item)
    return ListPage(path, list(entries), more, head)


async def _artist_songs(spotify: Spotify, path: ListPath, artist: Item) -> ListPage:
    """By a search for the name, since Spotify no longer tells an artist's top songs."""
    name = single_line(artist.name, _MAX_ARTIST_NAME).replace('"', " ").strip()
    found = SearchResults()
    if name:
        found = await spotify.catalogue.search(f'artist:"{name}"', "track", offset=path.offset)
    theirs = [
        track for track in found.tracks if any(one.id == artist.id for one in track.artists or [])
    ]
    more = "track" in found.more_kinds and path.offset < MAX_SEARCH_OFFSET
    return ListPage(path, _entries(theirs), more, artist)


async def _page(paging: Paging[T], path: ListPath, *, window: int = WINDOW) -> tuple[list[T], bool]:
    """The entries of one page without nulls, and whether Spotify says that there are more.

    window  how many Spotify tells at once: what is kept of them has the pages that follow, too
    """
    start = path.offset // window * window
    page = await paging.page(start)
    items = page.items[path.offset - start :]
    entries = [entry for entry in items[:PAGE_SIZE] if entry is not None]
    return entries, len(items) > PAGE_SIZE or page.next is not None


def _entries(items: Iterable[Item | Chapter]) -> list[Entry]:
    return [Entry(item) for item in items]


def _results_of_kind(found: SearchResults, kind: Kind) -> Sequence[Item]:
    lists: dict[Kind, Sequence[Item]] = {
        "track": found.tracks,
        "album": found.albums,
        "artist": found.artists,
        "playlist": found.playlists,
        "show": found.shows,
        "episode": found.episodes,
        "audiobook": found.audiobooks,
    }
    return lists[kind]


def _kind(text: str) -> Kind:
    return next(kind for kind in KINDS if kind == text)


def _seconds(time: str | None) -> int | None:
    """A moment as Spotify writes it, in seconds since 1970."""
    try:
        return int(datetime.fromisoformat(time or "").timestamp())
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Entry:
    """`at`: when it was played, in seconds since 1970, where the list is of that."""

    item: Item | Chapter
    played_at: int | None = None

    @property
    def selectable(self) -> Item | None:
        """What can be done something with: neither a file of one's own nor a chapter."""
        item = self.item
        return None if isinstance(item, Chapter) or item.uri is None else item
