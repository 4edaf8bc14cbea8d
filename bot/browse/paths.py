"""Lists of items as paths that fit into a button."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bot.errors.content import EmptyQuery, QueryTooLong, UnreadableLink
from bot.spotify import Spotify
from bot.spotify.catalogue import MAX_QUERY, Item
from bot.spotify.links import LikedSongs, SearchLink, contains_link
from bot.spotify.models import Album, Episode, Playlist, Track
from bot.spotify.profile import TimeRange
from bot.spotify.uris import Kind, Uri
from bot.text.escape import single_line


class ListKind(StrEnum):
    """A type of list, as a path names it; `ARTIST` lists songs, `ONE` the item of a link."""

    SEARCH = "search"
    ONE = "one"
    ALBUM = "album"
    ARTIST = "artist"
    ALBUMS = "albums"
    SHOW = "show"
    PLAYLIST = "playlist"
    AUDIOBOOK = "audiobook"
    RECENT = "recent"
    TOP = "top"
    PLAYLISTS = "playlists"
    SAVED = "saved"


# Lists of what belongs to the user who reads them: their plays, their playlists, their library.
OWN_LISTS = (ListKind.RECENT, ListKind.TOP, ListKind.PLAYLISTS, ListKind.SAVED)

_PART_OF_LINK = (
    "I can’t read that link. Paste the whole link from open.spotify.com, or type the name instead."
)
_LIKED_SONGS = (
    "That link leads to your liked songs, which I can’t list. Play them with /play and the word "
    "liked, or get them as a file with /export."
)

# Entries on a page; a search returns no more than these of one kind.
PAGE_SIZE = 10
# The most lists in a path, such as the album of an artist of a search. The most characters of one:
# Discord allows a custom_id 100, of which its prefix needs ten.
MAX_DEPTH, MAX_PATH_LENGTH = 3, 90
_MAX_PAGE = 9999
# A link's start has at most six digits in a path.
_MAX_START_MS = 1_000_000_000

RANGES: dict[str, TimeRange] = {"short": "short_term", "medium": "medium_term", "long": "long_term"}

# The last word of a path of a filtered list: read one more page of the library first.
READ_MORE = "more"

_KINDS = "|".join(Kind)
_ID = "[0-9A-Za-z]{22}"
_SEGMENT = (
    rf"(?:search\.(?:{_KINDS})|one\.(?:{_KINDS})\.{_ID}(?:\.[0-9]{{1,6}})?|"
    rf"(?:album|artist|albums|show|playlist|audiobook)\.{_ID}|"
    rf"recent|playlists|saved\.(?:{_KINDS})(?:\.{READ_MORE})?|top\.(?:track|artist)\.(?:{'|'.join(RANGES)}))\.[0-9]{{1,4}}"
)
# Matches `str()` of every ListPath.
PATTERN = rf"{_SEGMENT}(?:/{_SEGMENT}){{0,{MAX_DEPTH - 1}}}"


@dataclass(frozen=True)
class ListPath:
    """A page of a list, and the list from which it was opened.

    argument  search: the kind; one: kind, ID, and the start of its link in seconds, if any; top:
              kind and range; saved: kind, and READ_MORE or nothing; others of OWN_LISTS: empty;
              else the ID
    page      counted from 1
    back      the list from which this one was opened
    """

    kind: ListKind
    argument: str = ""
    page: int = 1
    back: ListPath | None = None

    def __str__(self) -> str:
        segment = ".".join(part for part in (self.kind, self.argument, str(self.page)) if part)
        return f"{segment}/{self.back}" if self.back else segment

    @classmethod
    def parse(cls, text: str) -> Self:
        """The path of which `text` is the `str()`. The text must match PATTERN."""
        segment, _, rest = text.partition("/")
        name, *argument, page = segment.split(".")
        back = ListPath.parse(rest) if rest else None
        return cls(ListKind(name), ".".join(argument), max(1, int(page)), back)

    @property
    def offset(self) -> int:
        """The index of the page's first entry in the list."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def start_ms(self) -> int:
        """Where the link of the only item starts; 0 for the beginning."""
        _, _, start = self.argument.partition(".")[2].partition(".")
        return int(start) * 1000 if self.kind == ListKind.ONE and start else 0

    @property
    def head_uri(self) -> Uri | None:
        """The album, artist, playlist, show or audiobook that was opened; None for other lists."""
        if self.kind in (ListKind.SEARCH, ListKind.ONE, *OWN_LISTS):
            return None
        kind = Kind.ARTIST if self.kind == ListKind.ALBUMS else Kind(self.kind)
        return Uri(kind, self.argument)

    @property
    def personal(self) -> bool:
        """Whether Spotify shows the list only to a linked user: their plays and playlists."""
        return self.kind in (*OWN_LISTS, ListKind.PLAYLIST)

    def with_page_offset(self, delta: int) -> ListPath:
        """The page that is `delta` pages further; page 0 stands for none."""
        return replace(self, page=min(_MAX_PAGE, self.page + delta))

    def for_other_user(self) -> ListPath:
        """The same path for another user; lists of their own begin at their first page."""
        page = 1 if self.kind in OWN_LISTS else self.page
        return replace(self, page=page, back=self.back.for_other_user() if self.back else None)


def path_for_item(uri: Uri) -> ListPath:
    """The contents of an item; a track or an episode has none, and is listed itself."""
    if uri.kind in (Kind.TRACK, Kind.EPISODE):
        start = f".{uri.start_ms // 1000}" if 0 < uri.start_ms < _MAX_START_MS else ""
        return ListPath(ListKind.ONE, f"{uri.kind}.{uri.id}{start}")
    return ListPath(ListKind(uri.kind), uri.id)


def child_path(path: ListPath, entry: Item, *, alone: bool = False) -> ListPath | None:
    """The list that an entry of the list `path` opens; None if that is `path` itself.

    None, too, for a playlist that is known to have no entries that Spotify shows to the user.

    alone  without a way back
    """
    uri = parent_uri(entry)
    if uri is None or (isinstance(entry, Playlist) and not entry.is_readable):
        return None
    child = path_for_item(uri)
    if (path.kind, path.argument) == (child.kind, child.argument):
        return None
    return child if alone else _opened_from(path, child)


def _opened_from(path: ListPath, child: ListPath) -> ListPath:
    """The list `child` with the way back to `path`."""
    longest = replace(child, page=_MAX_PAGE, back=path)
    # If the whole way back is too long for a button, keep its last step.
    back = path if len(str(longest)) <= MAX_PATH_LENGTH else replace(path, back=None)
    return replace(longest, page=1, back=back)


def artist_path(path: ListPath, entry: Item) -> ListPath | None:
    """The songs of the entry's first artist; None without one, or if that is `path` itself."""
    uri = artist_uri(entry)
    if uri is None or uri == path.head_uri:
        return None
    return _opened_from(path, path_for_item(uri))


def artist_uri(item: Item) -> Uri | None:
    """The first artist of a track or an album; None for other items."""
    artists = item.artists if isinstance(item, Track | Album) else None
    return artists[0].uri if artists else None


def parent_uri(item: Item) -> Uri | None:
    """The album of a track, the show of an episode, else the item itself."""
    match item:
        case Track():
            return item.album.uri if item.album else None
        case Episode():
            return item.show.uri if item.show else None
    return item.uri


def identities(item: Item) -> tuple[str | None, ...]:
    """The IDs of the lists from which "Back" returns to this item."""
    parent = parent_uri(item)
    return (item.id, parent.id if parent else None)


def validate_query(query: str) -> str:
    """The query on one line. Raises EmptyQuery, QueryTooLong, and UnreadableLink for a part of one.

    A search for what is left of a link would find something else.
    """
    words = single_line(query, MAX_QUERY + 1)
    if not words:
        raise EmptyQuery
    if contains_link(words):
        raise UnreadableLink("a part of a link", message=_PART_OF_LINK)
    if len(words) > MAX_QUERY:
        raise QueryTooLong
    return words


async def path_for_query(spotify: Spotify, query: str, kind: Kind) -> tuple[ListPath, str]:
    """The list for a user's input, and the query if that is a search; a link opens its contents.

    Raises EmptyQuery, QueryTooLong, UnreadableLink.
    """
    match await spotify.resolve_links(query, max_links=1):
        case [Uri(Kind.PLAYLIST, item_id)]:
            # Spotify shows a playlist's contents only to its owner and collaborators.
            return ListPath(ListKind.ONE, f"playlist.{item_id}"), ""
        case [Uri() as uri]:
            return path_for_item(uri), ""
        case [LikedSongs()]:
            raise UnreadableLink("liked songs", message=_LIKED_SONGS)
        case [SearchLink(words, tab)]:
            return ListPath(ListKind.SEARCH, tab or kind), validate_query(words)
    return ListPath(ListKind.SEARCH, kind), validate_query(query)
