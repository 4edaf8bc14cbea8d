"""Reads the lists of a user's library, and filters what was read of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.browse.paths import PAGE_SIZE
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.pages import Page
from bot.spotify.paging import PAGE_SIZE as API_PAGE_SIZE
from bot.spotify.uris import Kind
from bot.text.choices import normalise
from bot.text.items import creator

# Characters of the names of the creators that a filter looks at.
_MAX_CREATORS = 250


@dataclass(frozen=True)
class SavedEntries:
    """One page of a list of the library, newest first.

    searched  of a filtered list: the number of entries that it was filtered from; else None
    rest      of a filtered list: whether the library has more entries, which were not read yet
    """

    items: Entries[Item]
    more: bool
    total: int | None = None
    searched: int | None = None
    rest: bool = False


async def read_saved(spotify: Spotify, kind: Kind, offset: int) -> SavedEntries:
    """The page from the index `offset` on: one call, which also reads the next pages."""
    start = offset // API_PAGE_SIZE * API_PAGE_SIZE
    page = await _list(spotify, kind).page(start)
    items = page.items[offset - start :]
    entries = _items(kind, items[:PAGE_SIZE])
    if not items:
        entries = Entries(unreadable=page.unread(start, offset - start))
    more = len(items) > PAGE_SIZE or page.has_more(start)
    return SavedEntries(entries, more, page.total)


async def find_saved(
    spotify: Spotify, kind: Kind, words: str, offset: int, *, read_more: bool
) -> SavedEntries:
    """The entries with all the words, among those that were read in the last minutes.

    read_more  read one more page of the library, which is one call, and the second page at least;
               the first is read in any case
    """
    pages = list(_read_pages(spotify, kind))
    start = len(pages) * API_PAGE_SIZE
    # What the user saw may have left the cache: without a second page nothing would change.
    wanted = max(2, len(pages) + 1) if read_more else 1
    while len(pages) < wanted and (not pages or pages[-1].has_more(start - API_PAGE_SIZE)):
        pages.append(await _list(spotify, kind).page(start))
        start += API_PAGE_SIZE
    read = _items(kind, [entry for page in pages for entry in page.items])
    if not pages[-1].items:
        read = read.where(read, unreadable=pages[-1].unread(start - API_PAGE_SIZE, 0))
    found = [item for item in read if _has_words(item, words)]
    shown = read.where(found[offset : offset + PAGE_SIZE])
    return SavedEntries(
        shown,
        len(found) > offset + PAGE_SIZE,
        total=pages[0].total,
        searched=len(read) + read.unreadable,
        rest=pages[-1].has_more(start - API_PAGE_SIZE),
    )


def known_items(spotify: Spotify, kind: Kind) -> list[Item]:
    """The saved items of this kind that were read in the last minutes; no call."""
    return list(
        _items(kind, [entry for page in _read_pages(spotify, kind) for entry in page.items])
    )


def _read_pages(spotify: Spotify, kind: Kind) -> Iterator[Page[Any]]:
    """The first pages of the list, as far as they are in the cache."""
    saved = _list(spotify, kind)
    start = 0
    while (page := saved.cached_page(start)) is not None:
        yield page
        start += API_PAGE_SIZE
        if not page.items:
            return


def _list(spotify: Spotify, kind: Kind) -> Any:
    if kind == Kind.PLAYLIST:
        return spotify.playlists.mine()
    return getattr(spotify.library, f"{kind}s")()


def _items(kind: Kind, entries: list[Any]) -> Entries[Item]:
    """The items of the entries; an entry without one counts as unreadable."""
    is_item = kind in (Kind.ARTIST, Kind.PLAYLIST)
    get: Callable[[Any], Item | None] = (lambda entry: entry) if is_item else _saved_item(kind)
    return Entries.of(entries).map(get)


def _saved_item(kind: Kind) -> Callable[[Any], Item | None]:
    return lambda entry: getattr(entry, kind)


def _has_words(item: Item, words: str) -> bool:
    name = normalise(f"{item.name} {creator(item, _MAX_CREATORS)}")
    return all(word in name for word in normalise(words).split())
