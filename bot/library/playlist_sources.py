"""Reads the songs for a new playlist: what plays, the queue, recent, top or liked ones, links."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors.bot_error import BotError
from bot.errors.content import NothingFound, UnknownSource
from bot.errors.spotify import OutcomeUnknown
from bot.library.playlist_additions import MAX_LINKS, MAX_SONGS, songs_to_add
from bot.spotify import Spotify
from bot.spotify.entries import Entries
from bot.spotify.links import LikedSongs, find_links
from bot.spotify.models import Playable
from bot.spotify.playlists import MAX_ITEMS_PER_CALL
from bot.spotify.uris import Uri

_NOTHING = "There are no songs in that, so I made no playlist."


NowPlaying = Callable[[Spotify], Awaitable[Playable]]


class Source(StrEnum):
    """Where songs come from, as users type it."""

    PLAYING = "playing"
    QUEUE = "queue"
    RECENT = "recent"
    TOP = "top"
    LIKED = "liked"


LABELS = {
    Source.PLAYING: "What’s playing",
    Source.QUEUE: "The queue",
    Source.RECENT: "What you played recently",
    Source.TOP: "Your top songs",
    Source.LIKED: "Your liked songs",
}


@dataclass(frozen=True)
class SourceSongs:
    """The songs of a source, each once, in order.

    unusable  the number of entries that cannot be added: unreadable ones and local files
    more      whether the source has more than MAX_SONGS
    """

    uris: list[Uri] = field(default_factory=list, repr=False)
    unusable: int = 0
    more: bool = False


async def read_source(spotify: Spotify, text: str, now_playing: NowPlaying) -> SourceSongs:
    """The songs of a source or of links.

    now_playing  returns what plays, or raises an error that says why there is nothing

    Raises UnknownSource, NothingFound if there are none, and what reading them does.
    """
    if find_links(text):
        return await _linked(spotify, text)
    words = text.strip().casefold()
    source = next((s for s in Source if words in (s, LABELS[s].casefold())), None)
    if source is None:
        raise UnknownSource
    if source is Source.PLAYING:
        return _usable(Entries([await now_playing(spotify)]), False)
    return _usable(*await _read(spotify, source))


async def _linked(spotify: Spotify, text: str) -> SourceSongs:
    targets = await spotify.resolve_links(text, max_links=MAX_LINKS)
    if isinstance(targets[0], LikedSongs):
        return _usable(*await _liked(spotify))
    items = [await spotify.catalogue.item(uri) for uri in targets if isinstance(uri, Uri)]
    if not items:
        raise UnknownSource
    found = await songs_to_add(spotify, items)
    uris = [uri for song in found.songs if isinstance(uri := find_links(song.uri)[0], Uri)]
    more = found.left_out or len(find_links(text)) > MAX_LINKS
    return SourceSongs(list(dict.fromkeys(uris)), found.unusable, more)


async def _read(spotify: Spotify, source: Source) -> tuple[Entries[Playable], bool]:
    """The songs, and whether there are more."""
    match source:
        case Source.QUEUE:
            queue = await spotify.player.get_queue()
            current = [queue.current] if queue.current else []
            return queue.upcoming.where([*current, *queue.upcoming]), False
        case Source.RECENT:
            recent = await spotify.player.recently_played()
            plays: Entries[Playable] = Entries.of(
                play.track if play else None for play in recent.items
            )
            return plays.where(plays, unreadable=recent.unread), False
        case Source.TOP:
            page = await spotify.profile.top_tracks().page()
            return page.readable, False
    return await _liked(spotify)


async def _liked(spotify: Spotify) -> tuple[Entries[Playable], bool]:
    """The newest MAX_SONGS liked songs."""
    songs: list[Playable | None] = []
    async for saved in spotify.library.tracks():
        if len(songs) == MAX_SONGS:
            return Entries.of(songs), True
        songs.append(saved.track if saved else None)
    return Entries.of(songs), False


def _usable(songs: Entries[Playable], more: bool) -> SourceSongs:
    """Those that have a URI. Raises NothingFound and ListUnreadable without one."""
    uris = [song.uri for song in songs]
    unusable = songs.unreadable + uris.count(None)
    usable = list(dict.fromkeys(uri for uri in uris if uri))
    Entries(usable, unreadable=songs.unreadable).require(
        NothingFound("an empty source", message=_NOTHING)
    )
    return SourceSongs(usable, unusable, more)


@dataclass(frozen=True)
class Filled:
    """How many songs were added to a new playlist, and why not more; None if all were."""

    added: int = 0
    stopped: BotError | None = None


async def fill(spotify: Spotify, playlist: Uri, uris: Sequence[Uri]) -> Filled:
    """Add the songs to a new playlist, which nobody else changes yet. Raises nothing."""
    added = 0
    try:
        for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
            batch = uris[start : start + MAX_ITEMS_PER_CALL]
            try:
                await spotify.playlists.add(playlist, *batch)
            except OutcomeUnknown:
                if (await spotify.playlists.get(playlist)).total != added + len(batch):
                    raise
            added += len(batch)
    except BotError as error:
        return Filled(added, error)
    return Filled(added)
