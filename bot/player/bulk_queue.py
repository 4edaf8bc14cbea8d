"""Several songs into the queue, in order, one call each: Spotify has no other way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors.bot_error import BotError
from bot.errors.content import NothingToQueue
from bot.errors.spotify import DeviceNotFound, NoActiveDevice, NotPermitted, PlayerRestricted
from bot.player.confirm import explain_unknown_outcome
from bot.player.context import ActionContext
from bot.player.handlers import skip_to_queued
from bot.player.outcome import Outcome
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Episode, Playlist, Track
from bot.spotify.paging import PAGE_SIZE

# The most songs that are queued at once.
MAX_SONGS = 100
# The most links that are taken at once, and more songs than these are asked about first.
MAX_LINKS = 10
# So many refusals in a row are of no single song.
_MAX_REFUSALS_IN_A_ROW = 3

Playable = Track | Episode
Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True)
class QueueRequest:
    """What is to be queued, how many songs that is, and how many calls it takes.

    total  how many songs there are in all, of which the first MOST are taken
    more   how many links were left out
    """

    items: Sequence[Item]
    songs: int
    calls: int
    total: int
    links_left_out: int = 0

    @property
    def left_out_note(self) -> str:
        """A sentence about the links that were left out."""
        links = "link was" if self.links_left_out == 1 else "links were"
        return f"{self.links_left_out} more {links} left out: it takes {MAX_LINKS} at once"

    @property
    def needs_confirmation(self) -> bool:
        """Whether it is so much that it is better to ask first."""
        return any(isinstance(item, Album | Playlist) for item in self.items)


def plan_queue(items: Sequence[Item], more: int = 0) -> QueueRequest:
    """`more`: how many links were left out.

    Raises NothingToQueue for an item without songs of its own, such as an artist, and NotPermitted
    for playlists that cannot be read.
    """
    total = calls = 0
    for item in items:
        match item:
            case Track() | Episode():
                total += 1
            case Playlist(total=None):
                raise NotPermitted("a playlist of somebody else")
            case Album(total_tracks=count) | Playlist(total=count):
                count = PAGE_SIZE if count is None else count
                if total < MAX_SONGS:
                    calls += -(-min(count, MAX_SONGS - total) // PAGE_SIZE)
                    # A longer playlist is asked before and after whether it changed meanwhile.
                    calls += (
                        (1 + (count <= MAX_SONGS - total))
                        if _checks_for_changes(item, count)
                        else 0
                    )
                total += count
            case _:
                raise NothingToQueue(item.kind)
    if not total:
        raise NothingToQueue("empty")
    songs = min(total, MAX_SONGS)
    return QueueRequest(items, songs, calls + songs, total, more)


def _checks_for_changes(item: Item, count: int) -> bool:
    return isinstance(item, Playlist) and count > PAGE_SIZE


async def expand(spotify: Spotify, items: Sequence[Item]) -> list[Playable]:
    """All tracks and episodes of these, in order, at most MOST; local files cannot be queued."""
    songs: list[Playable] = []
    for item in items:
        async for song in _songs_in(spotify, item):
            if song and song.uri:
                songs.append(song)
            if len(songs) == MAX_SONGS:
                return songs
    if not songs:
        raise NothingToQueue("empty")
    return songs


async def _songs_in(spotify: Spotify, item: Item) -> AsyncIterator[Playable | None]:
    """The songs of one item, page by page."""
    uri = item.require_uri()
    match item:
        case Track() | Episode():
            yield item
        case Album():
            async for track in spotify.catalogue.album_tracks(uri):
                yield track
        case Playlist():
            async for entry in spotify.playlists.items(uri, concurrency=1):
                yield entry.item if entry else None
        case _:
            raise NothingToQueue(item.kind)


async def queue_tracks(
    songs: Sequence[Playable], doing: ActionContext, *, now: bool, progress: Progress | None
) -> Outcome:
    """One after the other, without those that Spotify refuses, such as withdrawn ones.

    Where it stops on the way, the fault says after how many.
    """
    queued: list[Playable] = []
    refused = in_a_row = 0
    for count, song in enumerate(songs, start=1):
        try:
            async with explain_unknown_outcome(
                doing.spotify, "Look with /queue show before you repeat it."
            ):
                await doing.spotify.player.add_to_queue(song.require_uri(), device=doing.device)
        except PlayerRestricted as fault:
            refused, in_a_row = refused + 1, in_a_row + 1
            if in_a_row == _MAX_REFUSALS_IN_A_ROW or (count == len(songs) and not queued):
                raise _partial_failure(fault, len(queued), len(songs)) from None
        except BotError as fault:
            raise _partial_failure(fault, len(queued), len(songs)) from None
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
        return await skip_to_queued(queued[0], says, doing)
    return Outcome(says, item=songs[0] if len(songs) == 1 else None)


def _partial_failure(fault: BotError, done: int, of: int) -> BotError:
    """The fault, telling after how many songs it came."""
    if not done:
        return fault
    queued = "is" if done == 1 else "are"
    says = f"{done} of {of} {queued} queued, in order. {fault.message}"
    if isinstance(fault, NoActiveDevice):  # on another device, all would begin anew
        return DeviceNotFound(str(fault), message=says)
    fault.message = says
    return fault
