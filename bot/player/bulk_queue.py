"""Queues several songs in order, with one call for each: Spotify has no endpoint for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors.bot_error import BotError
from bot.errors.content import NothingToQueue
from bot.errors.spotify import (
    PLAYLIST_NOT_YOURS,
    DeviceNotFound,
    NoActiveDevice,
    NotPermitted,
    PlayerNotFound,
    PlayerRestricted,
)
from bot.interactions.progress import StoppableWork
from bot.player.context import ActionContext
from bot.player.handlers import QUEUE_ADVICE, skip_to_queued
from bot.player.outcome import Outcome
from bot.player.state import explain_unknown_outcome
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.models import (
    Album,
    Artist,
    Audiobook,
    Episode,
    Playable,
    Playlist,
    Show,
    Track,
)
from bot.spotify.pages import Page, PlaylistEntry
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.songs import SongSource, songs_in
from bot.text.items import count, links_left_out

# The most songs, and the most links, that one command queues.
MAX_SONGS = 100
MAX_LINKS = 10
# After this many refusals in a row the cause is not the song; stop.
_MAX_REFUSALS_IN_A_ROW = 3

# Also for a playlist of local files, which apps can neither queue nor play.
_EMPTY = "There is nothing in that to queue."
# The outcome of work that its user stopped before the first song.
NOTHING_QUEUED = Outcome("Stopped: nothing is queued")


@dataclass(frozen=True)
class QueueRequest:
    """What a command is to queue, and what that costs.

    songs           the number of songs to queue, at most MAX_SONGS
    calls           the number of calls that this takes
    total           the number of songs in the items, or an upper bound of it
    links_left_out  the number of links beyond MAX_LINKS
    exact           whether the numbers are Spotify's counts; else they are upper bounds
    refusal         why the single item cannot be queued, though it can be played; else empty
    """

    items: Sequence[Item]
    songs: int
    calls: int
    total: int
    links_left_out: int = 0
    exact: bool = True
    refusal: str = ""

    @property
    def left_out_note(self) -> str:
        """A sentence about the links that are left out, without its full stop."""
        return links_left_out(self.links_left_out, MAX_LINKS)

    @property
    def calls_to_play(self) -> int:
        """The number of calls that playing the items takes instead: one plays a whole item."""
        return 1 if len(self.items) == 1 else self.calls - self.songs + 1

    @property
    def needs_confirmation(self) -> bool:
        """Whether to ask the user first: an album or a playlist may hold many songs."""
        return bool(self.refusal) or any(isinstance(item, Album | Playlist) for item in self.items)


async def plan_queue(
    spotify: Spotify, items: Sequence[Item], links_left_out: int = 0
) -> QueueRequest:
    """The request for these items. If an item's count is 0, its first page is read to check that.

    Raises NothingToQueue if one of several items has no songs of its own, such as an artist, or if
    there are none at all, and NotPermitted for a playlist that Spotify does not show to the user.
    """
    if len(items) == 1 and (refusal := _refusal(items[0])):
        return QueueRequest(items, 0, 0, 0, links_left_out, refusal=refusal)
    total = calls = 0
    exact = True
    for item in items:
        match item:
            case Track() | Episode():
                total += 1
            case Playlist(is_readable=False):
                raise NotPermitted("a playlist of another user", message=PLAYLIST_NOT_YOURS)
            case Album(total_tracks=size) | Playlist(total=size):
                if size == 0:
                    size = await _first_songs(spotify, item)
                exact = exact and size is not None
                size = MAX_SONGS if size is None else size
                calls += _calls_to_read(item, size, MAX_SONGS - total)
                total += size
            case _:
                raise NothingToQueue(item.kind)
    if not total:
        raise NothingToQueue("empty", message=_EMPTY)
    songs = min(total, MAX_SONGS)
    return QueueRequest(items, songs, calls + songs, total, links_left_out, exact)


def _refusal(item: Item) -> str:
    """Why apps cannot queue an item that they can play; empty if they can queue it."""
    match item:
        case Playlist(is_readable=False):
            return "Apps can’t read this playlist, so I can’t queue it."
        case Artist() | Show() | Audiobook():
            return f"Apps can’t queue {item.kind}s, only songs, episodes, albums and playlists."
    return ""


async def _first_songs(spotify: Spotify, item: Album | Playlist) -> int | None:
    """The number of songs on the first page of an item; None if there may be more."""
    uri = item.require_uri()
    page: Page[Track] | Page[PlaylistEntry]
    if isinstance(item, Album):
        page = await spotify.catalogue.album_tracks(uri).page()
    else:
        page = await spotify.playlists.items(uri).page()
    return None if page.has_more() else len(page.items)


def _calls_to_read(item: Item, size: int, limit: int) -> int:
    """The number of calls that reading at most `limit` of an item's songs takes."""
    if limit <= 0:
        return 0
    # Each page after the first one begins with the last entry of the page before.
    pages = max(1, -(-(min(size, limit) - 1) // (PAGE_SIZE - 1)))
    is_long_playlist = isinstance(item, Playlist) and size > PAGE_SIZE
    # To detect changes, a long playlist is checked before it is read, and once more at its end.
    return pages + (1 + (size <= limit) if is_long_playlist else 0)


async def expand(
    spotify: Spotify, items: Sequence[Item], work: StoppableWork | None = None
) -> Entries[Playable]:
    """The tracks and episodes in these items, in order, at most MAX_SONGS.

    `unreadable` also counts local files, which apps cannot queue. The songs are fewer if the user
    stops the `work` meanwhile.

    Raises NothingToQueue if there are none, and ListUnreadable.
    """
    songs: list[Playable] = []
    unreadable = local_files = 0

    def expanded() -> Entries[Playable]:
        return Entries(songs, unreadable=unreadable + local_files)

    for item in items:
        if not isinstance(item, SongSource):
            raise NothingToQueue(item.kind)
        async for song in songs_in(spotify, item, concurrency=1):
            if work and work.stop_requested:
                return expanded()
            unreadable += song is None
            local_files += song is not None and song.uri is None
            if song and song.uri:
                songs.append(song)
            if len(songs) == MAX_SONGS:
                return expanded()
    Entries(songs, unreadable=unreadable).require(NothingToQueue("empty", message=_EMPTY))
    return expanded()


def unusable_note(songs: Entries[Playable]) -> str:
    """A phrase about the songs that `expand` left out; empty without any."""
    return (
        f"{songs.unreadable} left out: unreadable, or files on a computer"
        if songs.unreadable
        else ""
    )


async def queue_tracks(
    songs: Sequence[Playable],
    context: ActionContext,
    *,
    now: bool = False,
    work: StoppableWork | None = None,
) -> Outcome:
    """Queue the songs one after the other, without those that Spotify refuses.

    now   skip to the first one as well
    work  is called after each song; its user can stop the rest, and then nothing is skipped

    Raises BotError, whose message says how many songs are queued.
    """
    queued: list[Playable] = []
    refused = refused_in_a_row = 0
    for number, song in enumerate(songs, start=1):
        if work and work.stop_requested:
            return _stopped(len(queued), len(songs))
        try:
            async with explain_unknown_outcome(context.spotify, QUEUE_ADVICE):
                await context.spotify.player.add_to_queue(song.require_uri(), device=context.device)
        except (PlayerRestricted, PlayerNotFound) as error:
            refused += 1
            refused_in_a_row += 1
            is_last = number == len(songs)
            if refused_in_a_row == _MAX_REFUSALS_IN_A_ROW or (is_last and not queued):
                raise _partial_failure(error, len(queued), len(songs)) from None
        except BotError as error:
            raise _partial_failure(error, len(queued), len(songs)) from None
        else:
            queued.append(song)
            refused_in_a_row = 0
        if work:
            await work(number, len(songs))
    message = f"Queued {count(len(queued), 'song')}, in order" if len(songs) > 1 else "Queued"
    if refused:
        message += f"; Spotify refused {refused}"
    if now and not (work and work.stop_requested):
        return await skip_to_queued(queued[0], message, context)
    return Outcome(message, item=songs[0] if len(songs) == 1 else None)


def _stopped(queued: int, total: int) -> Outcome:
    """The outcome after the user has stopped the work before its end."""
    if not queued:
        return NOTHING_QUEUED
    return Outcome(f"Stopped: {_queued_so_far(queued, total)}")


def _queued_so_far(queued: int, total: int) -> str:
    return f"{queued} of {total} {'is' if queued == 1 else 'are'} queued"


def _partial_failure(error: BotError, queued: int, total: int) -> BotError:
    """The error, with a message that says how many songs are queued, if any are."""
    return after_part(error, f"{_queued_so_far(queued, total)}, in order") if queued else error


def after_part(error: BotError, done: str) -> BotError:
    """The error of an action that is partly done; `done` says so, without its full stop.

    Nobody may do it again from its beginning, such as on another device.
    """
    message = f"{done}. {error.message}"
    if isinstance(error, NoActiveDevice):  # the player would do all of it on another device
        return DeviceNotFound(str(error), message=message)
    error.message = message
    return error
