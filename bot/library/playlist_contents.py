"""Reads the contents of playlists, and holds them for ten minutes by their snapshot ID."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import msgspec
from cachetools import TLRUCache

from bot.errors.spotify import BackgroundBudgetExceeded, LibraryChanged, NotFound, NotPermitted
from bot.interactions.progress import Progress
from bot.library.listed_songs import EntryRef, ListedSong, listed_entry
from bot.spotify import Spotify
from bot.spotify.models import Playlist
from bot.spotify.pages import Page, PlaylistEntry
from bot.spotify.uris import Uri
from bot.text.escape import bold

# Seconds and bytes of the contents in memory; a playlist of 10,000 songs has about 1.2 MB.
TTL, MAX_BYTES = 10 * 60.0, 16 * 1024 * 1024
# Reading more entries than this is work for the background: it takes more than 20 calls.
LONG = 1_000
# Up to this many entries are read too fast for a progress message.
_QUICK = 200
# Entries that are packed together. A packed entry takes a third of the memory of an unpacked one.
_PACKED_TOGETHER = 50
# Snapshots of one's own writes that Spotify may still show a moment after the next write.
_MAX_OLDER = 8

_NOT_YOURS = "{name} isn’t yours to change. Choose one that you own or share."
_NO_PLAYLIST = (
    "Spotify can’t find that playlist. It may have been deleted, or be one that Spotify made. "
    "Choose another one."
)
_TOO_LONG = (
    "That playlist is too long to look through today, because Spotify limits the bot’s requests. "
    "**Add to playlist** below a song in /search adds it without a look."
)


@dataclass(frozen=True)
class PlaylistContents:
    """The entries of a playlist at one snapshot; iterating unpacks them.

    playlist    as Spotify described it at that snapshot
    total       Spotify's count of the entries, which may be wrong
    count       the entries that it listed
    unread      the entries that Spotify counts but did not list
    older       snapshots that this one replaces: Spotify's answers may be a moment late
    """

    playlist: Playlist
    total: int | None
    count: int
    packed: tuple[bytes, ...] = field(repr=False)
    unread: int = 0
    older: tuple[str, ...] = ()

    @property
    def snapshot_id(self) -> str | None:
        return self.playlist.snapshot_id

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(part) for part in self.packed)

    def __iter__(self) -> Iterator[ListedSong]:
        for part in self.packed:
            yield from _unpack(part)

    def changed(self, order: Sequence[EntryRef], snapshot_id: str | None) -> PlaylistContents:
        """The contents after writes: see `EntryRef`."""
        older = (*self.older, self.snapshot_id or "")[-_MAX_OLDER:]
        playlist = msgspec.structs.replace(self.playlist, snapshot_id=snapshot_id)
        total = None if self.total is None else self.total + len(order) - self.count
        return replace(
            self,
            playlist=playlist,
            total=total,
            count=len(order),
            packed=self._packed_in(order),
            older=older,
        )

    def _packed_in(self, order: Sequence[EntryRef]) -> tuple[bytes, ...]:
        first = next((n for n, entry in enumerate(order) if isinstance(entry, int)), len(order))
        last = first + self.count
        if order[first:last] == list(range(self.count)):
            # Songs were added before or behind: the others stay packed.
            before, after = order[:first], order[last:]
            return (*_pack(_songs(before, ())), *self.packed, *_pack(_songs(after, ())))
        indices = [entry for entry in order if isinstance(entry, int)]
        if all(index < following for index, following in pairwise(indices)):
            return _pack(_songs_in_turn(order, self))
        return _pack(_songs(order, list(self)))

    def is_shown_by(self, playlist: Playlist) -> bool:
        """Whether Spotify describes this snapshot, or shows one before the latest write."""
        if self.snapshot_id is None or playlist.snapshot_id is None:
            return False
        is_same = playlist.snapshot_id == self.snapshot_id and playlist.total == self.total
        return is_same or playlist.snapshot_id in self.older


def _songs(order: Iterable[EntryRef], before: Sequence[ListedSong]) -> Iterator[ListedSong]:
    return (before[entry] if isinstance(entry, int) else entry for entry in order)


def _songs_in_turn(order: Iterable[EntryRef], before: Iterable[ListedSong]) -> Iterator[ListedSong]:
    """As `_songs`, without a list of all songs: the indices are ascending."""
    numbered = enumerate(before)
    for entry in order:
        if isinstance(entry, int):
            yield next(song for index, song in numbered if index == entry)
        else:
            yield entry


def _pack(songs: Iterable[ListedSong]) -> tuple[bytes, ...]:
    packed: list[bytes] = []
    together: list[ListedSong] = []
    for song in songs:
        together.append(song)
        if len(together) == _PACKED_TOGETHER:
            packed.append(msgspec.msgpack.encode(together))
            together.clear()
    return (*packed, msgspec.msgpack.encode(together)) if together else tuple(packed)


def _unpack(part: bytes) -> Sequence[ListedSong]:
    return _DECODER.decode(part)


_DECODER = msgspec.msgpack.Decoder(list[ListedSong])


class ContentsCache:
    """The contents of the playlists that users changed or looked through lately."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._held: TLRUCache[tuple[int, str], PlaylistContents] = TLRUCache(
            MAX_BYTES,
            ttu=lambda _key, _contents, now: now + TTL,
            timer=monotonic,
            getsizeof=lambda contents: contents.size,
        )

    async def read(
        self,
        spotify: Spotify,
        user_id: int,
        uri: Uri,
        *,
        background: Spotify,
        progress: Progress | None = None,
    ) -> PlaylistContents:
        """The current contents: one call if they are held, or fit into Spotify's first page.

        background  reads a long playlist, so that others' commands come first

        Raises NotPermitted if it is not the user's to change, NotFound, LibraryChanged if it
        keeps changing while it is read, and BackgroundBudgetExceeded.
        """
        try:
            return await self._read(spotify, user_id, uri, background, progress)
        except LibraryChanged:  # once more, as it is now
            return await self._read(spotify, user_id, uri, background, progress)

    async def _read(
        self,
        spotify: Spotify,
        user_id: int,
        uri: Uri,
        background: Spotify,
        progress: Progress | None,
    ) -> PlaylistContents:
        try:
            playlist, first = await spotify.playlists.open(uri)
        except NotFound as error:
            raise NotFound(str(error), message=_NO_PLAYLIST) from None
        if not playlist.is_readable:
            message = _NOT_YOURS.format(name=bold(playlist.name))
            raise NotPermitted("not the user's", message=message)
        held = self._held.get((user_id, uri.id))
        if held is not None and held.is_shown_by(playlist):
            return held
        if first is not None and _is_complete(first, playlist):
            packed = _pack(listed_entry(entry) for entry in first.items)
            contents = PlaylistContents(playlist, playlist.total, len(first.items), packed)
        else:
            is_long = (playlist.total or 0) > LONG
            reader = background if is_long else spotify
            try:
                contents = await _read_pages(reader, uri, playlist, progress)
            except BackgroundBudgetExceeded as error:
                error.message = _TOO_LONG
                raise
        self.hold(user_id, contents)
        return contents

    def hold(self, user_id: int, contents: PlaylistContents) -> None:
        """Keep the contents, unless they cannot be recognised or are too large."""
        key = user_id, contents.playlist.require_uri().id
        self._held.pop(key, None)
        if contents.snapshot_id is not None and contents.size <= MAX_BYTES:
            self._held[key] = contents

    def drop(self, user_id: int, uri: Uri) -> None:
        """Hold this playlist no longer."""
        self._held.pop((user_id, uri.id), None)

    def forget(self, user_id: int) -> None:
        """Erase what the user's playlists contain."""
        for key in [key for key in self._held if key[0] == user_id]:
            self._held.pop(key, None)

    def expire(self) -> None:
        """Erase what is too old."""
        self._held.expire()


def _is_complete(first: Page[PlaylistEntry], playlist: Playlist) -> bool:
    return first.next is None and len(first.items) == first.total == playlist.total


async def _read_pages(
    spotify: Spotify, uri: Uri, playlist: Playlist, progress: Progress | None
) -> PlaylistContents:
    paging = spotify.playlists.items(uri, snapshot_id=playlist.snapshot_id)
    packed: list[bytes] = []
    together: list[ListedSong] = []
    async for entry in paging:
        together.append(listed_entry(entry))
        if len(together) == _PACKED_TOGETHER:
            packed += _pack(together)
            together.clear()
            if progress is not None and (paging.total or 0) > _QUICK:
                await progress(paging.read_count, max(paging.read_count, paging.total or 0))
    packed += _pack(together)
    # Only counts that agree show that the end was reached.
    unread = paging.missing or (0 if paging.complete else 1)
    return PlaylistContents(playlist, playlist.total, paging.read_count, tuple(packed), unread)
