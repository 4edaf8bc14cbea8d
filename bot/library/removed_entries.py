"""Finds the entries that were removed from a list behind the reader, while it was read.

`total` is a hint only, so it never decides: an entry counts as removed if Spotify now shows its
neighbours next to each other. Where a list still has all its entries, its end is where it was, so
one page is enough to see that; otherwise the search halves the list, for each place where something
is gone.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.errors.spotify import BackgroundBudgetExceeded, RateLimited, SpotifyError
from bot.library.export_entry import ExportEntry
from bot.library.line_file import LineWriter, read_lines
from bot.spotify import Spotify
from bot.spotify.cursor_paging import FollowedArtists
from bot.spotify.list_position import identity_of
from bot.spotify.pages import Page
from bot.spotify.paging import PAGE_SIZE, Paging

# The pages to look at. A list that lost entries at more places is not searched to its end.
_MAX_PAGES = 40
# Entries by which Spotify's count may be too low, so that a page at the end still shows the end.
_SPARE = PAGE_SIZE // 2
# Followed artists have no positions, so all are read again; beyond so many, none is.
_MAX_ARTISTS = 500


class Unsure(Exception):
    """The list changes still, or shows too little to say what is gone."""


@dataclass(frozen=True)
class Removed:
    """What was done about a list that may have lost entries.

    count    of the entries that are gone, from the file, too
    is_sure  whether these are all
    """

    count: int = 0
    is_sure: bool = True


async def drop_removed(
    spotify: Spotify, reader: object, path: Path, on_rewrite: Callable[[], object]
) -> Removed:
    """Erase from the file of a list what the list has lost since the reader yielded it.

    on_rewrite  called before the file changes

    Costs no call if Spotify's count is as high as it should be, and nothing moved. Raises
    RateLimited, BackgroundBudgetExceeded, and OSError from the disk.
    """
    if not isinstance(reader, (Paging, FollowedArtists)) or not reader.complete:
        return Removed()
    total, is_long = reader.total, reader.read_count > PAGE_SIZE
    if not is_long or not (reader.moved or (total is not None and total < reader.read_count)):
        return Removed()
    try:
        if isinstance(reader, Paging):
            gone = await _Search(reader, *await asyncio.to_thread(_known, path)).run()
        else:
            gone = await _lost_artists(spotify, reader, path)
    except (RateLimited, BackgroundBudgetExceeded):
        raise
    except (SpotifyError, Unsure):
        return Removed(is_sure=False)
    if gone:
        on_rewrite()
        await asyncio.to_thread(_drop, path, gone)
    return Removed(len(gone))


def _entries(path: Path) -> Iterator[ExportEntry]:
    return map(ExportEntry.parse, read_lines(path))


def _known(path: Path) -> tuple[array[int], int]:
    """The entries in the file as numbers, 0 for a null; how many of them were added meanwhile.

    These are the last ones in the file, and newer than the first one. Blocks.
    """
    known, added, newest = array("q"), 0, None
    for entry in _entries(path):
        identity = entry.identity
        known.append(0 if identity is None else hash(identity))
        date = entry.added_at or ""
        newest = date if newest is None else newest
        added = added + 1 if date > newest else 0
    return known, added


def _drop(path: Path, gone: Collection[int]) -> None:
    """Write the file without these entries. Blocks."""
    new = path.with_suffix(".kept")
    with closing(LineWriter(new)) as writer:
        for index, line in enumerate(read_lines(path)):
            if index not in gone:
                writer.write(line)
    new.replace(path)


async def _lost_artists(spotify: Spotify, reader: FollowedArtists, path: Path) -> set[int]:
    """The indices of those that are no longer followed. Raises Unsure and SpotifyError."""
    if reader.read_count > _MAX_ARTISTS:
        raise Unsure
    again = spotify.library.artists()
    followed = {str(artist.uri) async for artist in again if artist}
    if not again.complete or again.moved:
        raise Unsure
    uris = await asyncio.to_thread(
        lambda: [each.item.uri if each.item else "" for each in _entries(path)]
    )
    return {index for index, uri in enumerate(uris) if uri and uri not in followed}


# An entry's index among those that were read, and where it is in the list now.
_Place = tuple[int, int]


class _Search:
    """Compares what was read, newest first, with pages of the list as it is now."""

    def __init__(self, reader: Paging[Any], known: array[int], added: int) -> None:
        self._reader = reader
        self._known = known[: len(known) - added]
        self._added = added
        self._pages = 0
        self._gone: set[int] = set()

    async def run(self) -> set[int]:
        """The indices of what is gone. Raises Unsure and SpotifyError."""
        start = -1, self._added - 1  # what was added is above
        for before, after in pairwise(await self._end(start)):
            await self._compare(before, after)
        return self._gone

    async def _end(self, start: _Place) -> list[_Place]:
        """The start, the places on the last page, and the one behind the end of the list."""
        first, went_on = start[1] + 1, False
        offset = max(first, (self._reader.total or 0) - _SPARE)
        while True:
            page = await self._page(offset)
            if page.items and page.next is not None:
                offset, went_on = offset + PAGE_SIZE - 1, True
            elif page.items or offset == first or went_on:
                break
            else:
                offset = max(first, offset - PAGE_SIZE)
        end = len(self._known), offset + len(page.items)
        places = [start, *self._places(page, offset, start, end), end]
        if _lost(*places[-2:]) and (page.total or 0) > end[1]:
            raise Unsure  # the page may be cut short
        return places

    async def _compare(self, before: _Place, after: _Place) -> None:
        """Find what is gone between two places, of which the entries are still there."""
        gone = (after[0] - before[0]) - (after[1] - before[1])
        if gone < 0:
            raise Unsure
        if not gone:
            return
        left = after[1] - before[1] - 1
        if not left:
            self._gone.update(range(before[0] + 1, after[0]))
            return
        offset = before[1] + 1
        if left > PAGE_SIZE:
            offset += (left - PAGE_SIZE) // 2
        page = await self._page(offset)
        if len(page.items) < min(left, PAGE_SIZE):
            raise Unsure
        places = [before, *self._places(page, offset, before, after), after]
        if len(places) == 2:
            raise Unsure
        for pair in pairwise(places):
            if left <= PAGE_SIZE and pair[1][1] - pair[0][1] > 1 and _lost(*pair):
                raise Unsure  # a null stands between them: it may be any of the entries
            await self._compare(*pair)

    def _places(
        self, page: Page[Any], offset: int, before: _Place, after: _Place
    ) -> Iterator[_Place]:
        """The places of a page's entries between two others; a null has none. Raises Unsure."""
        index = before[0]
        for position, entry in enumerate(page.items, offset):
            identity = identity_of(entry)
            if identity is None or not before[1] < position < after[1]:
                continue
            try:
                index = self._known.index(hash(identity), index + 1, after[0])
            except ValueError:
                raise Unsure from None
            yield index, position

    async def _page(self, offset: int) -> Page[Any]:
        self._pages += 1
        if self._pages > _MAX_PAGES:
            raise Unsure
        return await self._reader.page(offset, fresh=True)


def _lost(before: _Place, after: _Place) -> bool:
    return after[0] - before[0] > after[1] - before[1]
