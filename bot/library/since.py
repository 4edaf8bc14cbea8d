"""Takes over from an earlier export what has not changed since, so that little is read again.

What is certain, and what is not:

playlists  Spotify gives each version of a playlist an ID. The same ID means the same entries.
saved items, liked songs  The lists are newest first, so what is new is on the first pages. If
           something was removed further down, Spotify's count is lower than it should be, and the
           list is read again. A count that is wrong by just as much would hide that.
artists    Spotify does not say in which order they come. If the first page and the count are the
           same, they count as unchanged.

Names and pictures are as they were. What Spotify no longer has is noticed only by reading a list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from bot.errors.spotify import SpotifyDown
from bot.library.earlier_lists import EarlierExport, EarlierList
from bot.library.export_lists import ExportList, LibrarySection
from bot.library.formats.library_json import list_key
from bot.library.formats.saved_item import saved_item_of
from bot.library.formats.song import song_of
from bot.library.taken_over import TakenOver
from bot.spotify import Spotify
from bot.spotify.api_model import ApiModel
from bot.spotify.pages import Page
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.raw_entries import RawEntry

# Pages to read for entries that are new; with more of them, reading the whole list is as good.
_MAX_NEW_PAGES = 10
# Entries that may have been removed before the first one that is still there.
_MAX_REMOVED = 500
# Entries of a playlist that Spotify shows in one answer with it.
_FIRST_PAGE = 100


async def take_over(spotify: Spotify, source: ExportList, earlier: EarlierExport) -> ExportList:
    """The list with what can be taken over from the earlier export; as it is, if it must be read.

    Takes one call, none for an unchanged playlist, and more for more than a page of new entries.
    Raises SpotifyError.
    """
    if source.section.is_listening:
        return source
    known = earlier.lists.get(list_key(source))
    usable = known is not None and known.paths is not None and known.complete
    if source.playlist is not None:
        if usable and known is not None and known.snapshot_id == source.playlist.snapshot_id:
            expected, total = known.count + known.missing, source.playlist.total
            if known.snapshot_id is not None and total in (None, expected):
                return replace(source, taken_over=_unchanged(known, total))
        return await _open_playlist(spotify, source)
    if not usable or known is None or source.section.is_listening:
        return source
    if source.section is LibrarySection.ARTISTS:
        found = await _compare_artists(spotify, known)
    else:
        found = await _compare_saved(spotify, source, known)
    return replace(source, taken_over=found) if found else source


def _unchanged(known: EarlierList, total: int | None) -> TakenOver:
    return TakenOver(known.raw, known.count, total, earlier=known.count, read_at=known.read_at)


def _read(raws: Sequence[bytes], total: int | None) -> TakenOver:
    return TakenOver(lambda: iter(raws), len(raws), total)


def _uri(entry: ApiModel | None) -> str:
    item = song_of(entry) or saved_item_of(entry)
    return item.uri if item else ""


async def _open_playlist(spotify: Spotify, source: ExportList) -> ExportList:
    """The playlist as it is now, with its entries if one answer has them all."""
    assert source.playlist is not None
    if source.playlist.total is None or source.playlist.total > _FIRST_PAGE:
        return source
    playlist, page = await spotify.playlists.open_raw(source.playlist.require_uri())
    if page is None or page.next is not None or len(page.items) != page.total:
        return replace(source, playlist=playlist)
    raws = [entry.json if entry else b"null" for entry in page.items]
    return replace(source, playlist=playlist, taken_over=_read(raws, page.total))


async def _compare_artists(spotify: Spotify, known: EarlierList) -> TakenOver | None:
    page = await spotify.library.raw_artists().first_page()
    artists = [getattr(artist, "uri", None) for artist in page.items]
    if None in artists or page.total != known.count + known.missing:
        return None
    earlier = await asyncio.to_thread(_first_uris, known, len(artists))
    if earlier != [str(uri) for uri in artists]:
        return None
    return _unchanged(known, page.total)


def _first_uris(known: EarlierList, number: int) -> list[str | None]:
    return [line.uri for line in islice(known.lines(), number)]


async def _compare_saved(
    spotify: Spotify, source: ExportList, known: EarlierList
) -> TakenOver | None:
    """What is new, before what is known; None if the list must be read."""
    paging = spotify.library.raw(source.saved_kind)
    read: list[RawEntry[Any]] = []
    for number in range(_MAX_NEW_PAGES):
        page = await paging.page(number * (PAGE_SIZE - 1), fresh=True)
        entries = _following(read, page)
        if entries is None or page.total is None:
            return None
        read += entries
        if page.next is None and page.total == len(read):
            return _read([entry.json for entry in read], page.total)
        if not entries or page.next is None:
            return None
        if (last := read[-1].identity) is None:
            continue
        if (index := await asyncio.to_thread(_find, source, known, last, len(read))) is not None:
            joined = await asyncio.to_thread(_join, source, read, known, index + 1)
            is_all = page.total == joined.count + known.missing
            return replace(joined, total=page.total) if is_all else None
    return None


def _following(read: Sequence[RawEntry[Any]], page: Page[RawEntry[Any]]) -> list[Any] | None:
    """The entries of a page after those read before; None if something changed in between."""
    entries = [entry or RawEntry(None, b"null") for entry in page.items]
    if not read:
        return entries
    if not entries or entries[0].json != read[-1].json:
        return None
    return entries[1:]


def _find(source: ExportList, known: EarlierList, wanted: Hashable, read: int) -> int | None:
    """The index of an entry near the beginning of the earlier list. Blocks."""
    for index, raw in enumerate(islice(known.raw(), read + _MAX_REMOVED)):
        if _identity(source, raw) == wanted:
            return index
    return None


def _join(
    source: ExportList, read: Sequence[RawEntry[Any]], known: EarlierList, skip: int
) -> TakenOver:
    """The entries read, and the earlier ones from `skip` on. Blocks."""
    earlier = {_identity(source, raw) for raw in islice(known.raw(), skip)}
    new = [entry for entry in read if entry.identity not in earlier]
    # What was removed and added again is at the top now, and no longer where it was.
    uris = {uri for entry in new if (uri := _uri(entry.entry))}
    rest = known.count - skip
    if uris:
        rest -= sum(uri in uris for uri, _ in islice(known.raw_with_uri(), skip, None))
    raws = [entry.json for entry in read]

    def lines() -> Iterator[bytes]:
        yield from raws
        yield from (raw for uri, raw in islice(known.raw_with_uri(), skip, None) if uri not in uris)

    return TakenOver(lines, len(raws) + rest, None, earlier=rest, read_at=known.read_at)


def _identity(source: ExportList, raw: bytes) -> Hashable:
    try:
        entry = source.decode(raw)
    except SpotifyDown:
        return None
    return entry.identity if entry is not None else None
