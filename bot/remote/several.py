"""Several songs into the queue, in order, one call each: Spotify has no other way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors import (
    DeviceGone,
    Fault,
    Forbidden,
    NoActiveDevice,
    NothingToQueue,
    Restricted,
)
from bot.remote.after import told
from bot.remote.doing import Doing
from bot.remote.ways import skip_to
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Episode, Playlist, Track
from bot.spotify.paging import PAGE
from bot.ui.replies import Done

# The most songs that are queued at once.
MOST = 100
# The most links that are taken at once, and more songs than these are asked about first.
LINKS = 10
# So many refusals in a row are of no single song.
_REFUSALS = 3

Playable = Track | Episode
Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True)
class Heap:
    """What is to be queued, how many songs that is, and how many calls it takes.

    total  how many songs there are in all, of which the first MOST are taken
    more   how many links were left out
    """

    items: Sequence[Item]
    songs: int
    calls: int
    total: int
    more: int = 0

    @property
    def left_out(self) -> str:
        """A sentence about the links that were left out."""
        links = "link was" if self.more == 1 else "links were"
        return f"{self.more} more {links} left out: it takes {LINKS} at once"

    @property
    def asks(self) -> bool:
        """Whether it is so much that it is better to ask first."""
        return any(isinstance(item, Album | Playlist) for item in self.items)


def heap(items: Sequence[Item], more: int = 0) -> Heap:
    """`more`: how many links were left out.

    Raises NothingToQueue for what holds no songs of its own, such as an artist, and Forbidden for
    playlists that cannot be read.
    """
    total = calls = 0
    for item in items:
        match item:
            case Track() | Episode():
                total += 1
            case Playlist(total=None):
                raise Forbidden("a playlist of somebody else")
            case Album(total_tracks=count) | Playlist(total=count):
                count = PAGE if count is None else count
                if total < MOST:
                    calls += -(-min(count, MOST - total) // PAGE)
                    # A longer playlist is asked before and after whether it changed meanwhile.
                    calls += (1 + (count <= MOST - total)) if _checked(item, count) else 0
                total += count
            case _:
                raise NothingToQueue(item.kind)
    if not total:
        raise NothingToQueue("empty")
    songs = min(total, MOST)
    return Heap(items, songs, calls + songs, total, more)


def _checked(item: Item, count: int) -> bool:
    return isinstance(item, Playlist) and count > PAGE


async def songs_of(spotify: Spotify, items: Sequence[Item]) -> list[Playable]:
    """All tracks and episodes of these, in order, at most MOST; local files cannot be queued."""
    songs: list[Playable] = []
    for item in items:
        async for song in _within(spotify, item):
            if song and song.uri:
                songs.append(song)
            if len(songs) == MOST:
                return songs
    if not songs:
        raise NothingToQueue("empty")
    return songs


async def _within(spotify: Spotify, item: Item) -> AsyncIterator[Playable | None]:
    """The songs of one item, page by page."""
    assert item.uri is not None, "the catalogue has ids"
    match item:
        case Track() | Episode():
            yield item
        case Album():
            async for track in spotify.catalogue.album_tracks(item.uri):
                yield track
        case Playlist():
            async for entry in spotify.playlists.items(item.uri, flights=1):
                yield entry.item if entry else None
        case _:
            raise NothingToQueue(item.kind)


async def queue_all(
    songs: Sequence[Playable], doing: Doing, *, now: bool, progress: Progress | None
) -> Done:
    """One after the other, without those that Spotify refuses, such as withdrawn ones.

    Where it stops on the way, the fault says after how many.
    """
    queued: list[Playable] = []
    refused = in_a_row = 0
    for count, song in enumerate(songs, start=1):
        assert song.uri is not None, "only what has one can be queued"
        try:
            async with told(doing.spotify, "Look with /queue show before you repeat it."):
                await doing.spotify.player.queue(song.uri, device=doing.device)
        except Restricted as fault:
            refused, in_a_row = refused + 1, in_a_row + 1
            if in_a_row == _REFUSALS or (count == len(songs) and not queued):
                raise _after(fault, len(queued), len(songs)) from None
        except Fault as fault:
            raise _after(fault, len(queued), len(songs)) from None
        else:
            queued.append(song)
            in_a_row = 0
        if progress:
            await progress(count, len(songs))
    says = "Queued"
    if len(songs) > 1:
        says = f"Queued {len(queued)} song{'s' if len(queued) > 1 else ''}, in order"
    if refused:
        says += f"; Spotify refused {refused}"
    if now:
        return await skip_to(queued[0], says, doing)
    return Done(says, item=songs[0] if len(songs) == 1 else None)


def _after(fault: Fault, done: int, of: int) -> Fault:
    """The fault, telling after how many songs it came."""
    if not done:
        return fault
    queued = "is" if done == 1 else "are"
    says = f"{done} of {of} {queued} queued, in order. {fault.says}"
    if isinstance(fault, NoActiveDevice):  # on another device, all would begin anew
        return DeviceGone(str(fault), says=says)
    fault.says = says
    return fault
