"""Lists that can be looked through: each as a path that fits a button, and one page of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self, TypeVar, get_args

import msgspec

from bot.errors import NothingFound
from bot.remote import wanted
from bot.spotify import Spotify
from bot.spotify.catalogue import ARTIST_ALBUMS, LAST_OFFSET, Found, Item
from bot.spotify.models import Chapter, Episode, Part, Track
from bot.spotify.paging import PAGE as WINDOW
from bot.spotify.paging import Paging
from bot.spotify.profile import Range
from bot.spotify.uris import KINDS, Kind, Uri
from bot.ui.listing import Entry
from bot.ui.text import plain

What = Literal[
    "search", "one", "album", "artist", "albums", "show", "playlist", "audiobook", "recent", "top"
]

# Entries on a page: what one search finds of a kind.
PAGE = 10
# The most paths in one, such as an album of an artist of a search, and the most characters: what
# Discord takes for the id of a button, less ten for what else is in it.
DEEPEST, LONGEST = 3, 90
# Whatever the number of a page is: it has no more digits.
_LAST_PAGE = 9999

RANGES: dict[str, Range] = {"short": "short_term", "medium": "medium_term", "long": "long_term"}

_KINDS = "|".join(KINDS)
_ID = "[0-9A-Za-z]{22}"
_ONE = (
    rf"(?:search\.(?:{_KINDS})|one\.(?:{_KINDS})\.{_ID}|"
    rf"(?:album|artist|albums|show|playlist|audiobook)\.{_ID}|"
    rf"recent|top\.(?:track|artist)\.(?:{'|'.join(RANGES)}))\.[0-9]{{1,4}}"
)
# What `str` makes of a path, as a regular expression.
PATTERN = rf"{_ONE}(?:/{_ONE}){{0,{DEEPEST - 1}}}"

# Of an artist's name, to search for: quotes would end the filter, and the query must not be long.
_NAME = 200

_NONE_LATELY = "Spotify shows nothing that you played lately. Play something, then try again."
_NO_TOP = "Spotify has no favourites of yours for that time. Try a longer one."

T = TypeVar("T", bound=Part)


@dataclass(frozen=True)
class Path:
    """A page of a list, and the list from which it was opened.

    about  search: the kind; one: kind and id; recent: nothing; top: kind and range; else the id
    page   from 1
    back   where it was opened from
    """

    what: What
    about: str = ""
    page: int = 1
    back: Path | None = None

    def __str__(self) -> str:
        own = ".".join(part for part in (self.what, self.about, str(self.page)) if part)
        return f"{own}/{self.back}" if self.back else own

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made, and PATTERN matches."""
        own, _, rest = text.partition("/")
        first, *about, page = own.split(".")
        what = next(what for what in get_args(What) if what == first)
        page_of = max(1, int(page))
        return cls(what, ".".join(about), page_of, Path.parse(rest) if rest else None)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE

    @property
    def personal(self) -> bool:
        """Whether it can be read only as somebody: their plays, and playlists of theirs."""
        return self.what in ("recent", "top", "playlist")

    def turned(self, by: int) -> Path:
        """So many pages further; 0 is none, and no number has five digits."""
        return replace(self, page=min(_LAST_PAGE, self.page + by))

    def of_another(self) -> Path:
        """The same for somebody else: of what is theirs, on this path and back, the first page."""
        page = 1 if self.what in ("recent", "top") else self.page
        return replace(self, page=page, back=self.back.of_another() if self.back else None)


@dataclass(frozen=True)
class Listed:
    """A page that was read. `head` is what it lists the contents of, where that is an item."""

    path: Path
    entries: list[Entry]
    more: bool
    head: Item | None = None


def opened(uri: Uri) -> Path:
    """The contents of an item; of a track or an episode, which have none, itself alone."""
    match uri.kind:
        case "album" | "artist" | "show" | "playlist" | "audiobook":
            return Path(uri.kind, uri.id)
    return Path("one", f"{uri.kind}.{uri.id}")


def inside(path: Path, entry: Item, *, alone: bool = False) -> Path | None:
    """Where an entry of a list leads to; None where that is the list itself.

    alone  without a way back
    """
    uri = holder(entry)
    if uri is None or (path.what, path.about) == (uri.kind, uri.id):
        return None
    if alone:
        return opened(uri)
    inner = replace(opened(uri), page=_LAST_PAGE, back=path)
    # Where the whole way back does not fit, one step of it does.
    back = path if len(str(inner)) <= LONGEST else replace(path, back=None)
    return replace(inner, page=1, back=back)


def holder(item: Item) -> Uri | None:
    """What shows more: the item itself, the album of a track, the show of an episode."""
    match item:
        case Track():
            return item.album.uri if item.album else None
        case Episode():
            return item.show.uri if item.show else None
    return item.uri


def ids(item: Item) -> tuple[str | None, ...]:
    """By which of them one comes back to it."""
    holds = holder(item)
    return (item.id, holds.id if holds else None)


async def asked(spotify: Spotify, query: str, kind: Kind) -> tuple[Path, str]:
    """The list for what somebody looks for, and its words where it is a search.

    A link leads to what is in it. Raises NoWords, TooManyWords, UnreadableLink.
    """
    if uris := await spotify.pasted(query, most=1):
        # What is in a playlist can be read only if it is one's own.
        alone = Path("one", f"playlist.{uris[0].id}")
        return (alone if uris[0].kind == "playlist" else opened(uris[0])), ""
    return Path("search", kind), wanted.words_of(query)


async def read(spotify: Spotify, path: Path, words: str = "") -> Listed:
    """That page of the list; `words` are those of a search.

    Raises NothingFound where nothing is in a list that is no item's.
    """
    match path.what:
        case "search":
            return await _search(spotify, path, words)
        case "recent":
            return await _recent(spotify, path)
        case "top":
            return await _top(spotify, path)
        case "one":
            kind, _, item_id = path.about.partition(".")
            item = await spotify.catalogue.item(Uri(_kind(kind), item_id))
            return Listed(path, [Entry(item)], more=False)
    return await _contents(spotify, path)


async def _search(spotify: Spotify, path: Path, words: str) -> Listed:
    kind = _kind(path.about)
    found = await wanted.search(spotify, words, kind, offset=path.offset)
    items = _of(found, kind)
    if not items and path.page == 1:
        raise NothingFound
    return Listed(path, _entries(items), more=kind in found.more and path.offset < LAST_OFFSET)


async def _recent(spotify: Spotify, path: Path) -> Listed:
    played = (await spotify.player.recent()).items
    entries = [
        Entry(play.track, _seconds(play.played_at))
        for play in played[path.offset : path.offset + PAGE]
        if play and play.track
    ]
    if not entries and path.page == 1:
        raise NothingFound("nothing played", says=_NONE_LATELY)
    return Listed(path, entries, more=len(played) > path.offset + PAGE)


async def _top(spotify: Spotify, path: Path) -> Listed:
    kind, _, over = path.about.partition(".")
    if kind == "track":
        tracks, more = await _page(spotify.profile.top_tracks(RANGES[over]), path)
        entries = _entries(tracks)
    else:
        artists, more = await _page(spotify.profile.top_artists(RANGES[over]), path)
        entries = _entries(artists)
    if not entries and path.page == 1:
        raise NothingFound("no favourites", says=_NO_TOP)
    return Listed(path, entries, more)


async def _contents(spotify: Spotify, path: Path) -> Listed:
    """What is in an item. Its entries do not say what they are in: that is added."""
    catalogue = spotify.catalogue
    uri = Uri("artist" if path.what == "albums" else _kind(path.what), path.about)
    head = await catalogue.item(uri)
    entries: Sequence[Entry]
    match path.what:
        case "artist":
            return await _songs(spotify, path, head)
        case "albums":
            paging = catalogue.artist_albums(uri)
            albums, more = await _page(paging, path, window=ARTIST_ALBUMS)
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
    return Listed(path, list(entries), more, head)


async def _songs(spotify: Spotify, path: Path, artist: Item) -> Listed:
    """By a search for the name, since Spotify no longer tells an artist's top songs."""
    name = plain(artist.name, _NAME).replace('"', " ").strip()
    found = Found()
    if name:
        found = await spotify.catalogue.search(f'artist:"{name}"', "track", offset=path.offset)
    theirs = [
        track for track in found.tracks if any(one.id == artist.id for one in track.artists or [])
    ]
    more = "track" in found.more and path.offset < LAST_OFFSET
    return Listed(path, _entries(theirs), more, artist)


async def _page(paging: Paging[T], path: Path, *, window: int = WINDOW) -> tuple[list[T], bool]:
    """The entries of one page without nulls, and whether Spotify says that there are more.

    window  how many Spotify tells at once: what is kept of them has the pages that follow, too
    """
    start = path.offset // window * window
    page = await paging.page(start)
    items = page.items[path.offset - start :]
    entries = [entry for entry in items[:PAGE] if entry is not None]
    return entries, len(items) > PAGE or page.next is not None


def _entries(items: Iterable[Item | Chapter]) -> list[Entry]:
    return [Entry(item) for item in items]


def _of(found: Found, kind: Kind) -> Sequence[Item]:
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
