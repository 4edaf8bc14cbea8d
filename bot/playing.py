"""From what somebody asks for to what is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.errors import (
    Fault,
    NothingFound,
    NothingPlaying,
    NoWords,
    OutcomeUnknown,
    Restricted,
    SpotifyFault,
    TooManyWords,
    UnreadableLink,
)
from bot.spotify import Spotify
from bot.spotify.catalogue import LONGEST_QUERY, Item
from bot.spotify.models import Album, Artist, Audiobook, Episode, Playback, Playlist, Show, Track
from bot.spotify.uris import Uri
from bot.ui.cards import byline, title
from bot.ui.text import plain

Playing = Track | Episode

_NO_SONG = "That link leads to no song. Use /play with it, or type the name of a song."

# Seconds to look what plays, where Spotify does not say what it did.
_LOOK = 2.0


async def find(spotify: Spotify, what: str) -> Item:
    """The item that `what` links to, or else the best track for these words.

    Raises UnreadableLink, NothingFound, Unknown.
    """
    if uris := await spotify.pasted(what, most=1):
        return await spotify.catalogue.item(uris[0])
    return (await search(spotify, what))[0]


async def search(spotify: Spotify, query: str) -> list[Track]:
    """The tracks for these words, or the one track that a link in them leads to.

    Raises NoWords, TooManyWords, NothingFound, and what a link can raise.
    """
    if uris := await spotify.pasted(query, most=1):
        if uris[0].kind != "track":
            raise UnreadableLink("no song", says=_NO_SONG)
        track = await spotify.catalogue.item(uris[0])
        return [track] if isinstance(track, Track) else []
    words = plain(query, LONGEST_QUERY + 1)
    if not words:
        raise NoWords
    if len(words) > LONGEST_QUERY:
        raise TooManyWords
    found = await spotify.catalogue.search(words, "track")
    if not found.tracks:
        raise NothingFound
    return found.tracks


async def play(spotify: Spotify, item: Item) -> None:
    """Play the item. A track plays inside its album, so that music goes on after it."""
    uri = item.uri
    assert uri is not None, "the catalogue has ids"
    async with _seen(spotify):
        match item:
            case Track(album=Album(id=str(album))):
                await spotify.player.play_context(Uri("album", album), start=uri)
            case Track() | Episode():
                await spotify.player.play(uri)
            case Album() | Artist() | Playlist() | Show() | Audiobook():
                await spotify.player.play_context(uri)


async def skip(spotify: Spotify) -> None:
    """Go on to the next track."""
    async with _seen(spotify):
        await spotify.player.next()


async def queue(spotify: Spotify, uri: Uri) -> None:
    """Add a track or an episode to the end of the queue."""
    async with _seen(spotify, "Look at the queue in Spotify before you repeat it."):
        await spotify.player.queue(uri)


@asynccontextmanager
async def _seen(
    spotify: Spotify, advice: str = "Repeat it only if that is not what you wanted."
) -> AsyncIterator[None]:
    """Where nobody knows whether a command was carried out, say what plays now, and `advice`."""
    try:
        yield
    except OutcomeUnknown as unknown:
        says = await _what_plays(spotify.anew(within=_LOOK))
        told = f"Spotify did not say whether that worked. {says} {advice}" if says else None
        raise OutcomeUnknown(str(unknown), says=told) from None


async def _what_plays(spotify: Spotify) -> str:
    """In a sentence; empty where that cannot be told either."""
    try:
        state = await spotify.player.state()
    except Fault:
        return ""
    if state is None or state.item is None:
        return "Nothing is playing now."
    verb = "Playing" if state.is_playing else "Paused"
    return f"{verb} now: {title(state.item)} · {byline(state.item)}."


async def pause(spotify: Spotify) -> None:
    """Pause. Spotify may refuse a second one without saying why, so the state is looked at then."""
    try:
        await spotify.player.pause()
    except Restricted as refused:
        if refused.says == Restricted.says:
            with suppress(SpotifyFault):
                state = await spotify.player.state()
                if state is not None and not state.is_playing:
                    refused.says = "The music is already paused."
        raise


async def current(spotify: Spotify) -> tuple[Playback, Playing]:
    """What plays now. Raises NothingPlaying, which says so too where an ad plays."""
    state = await spotify.player.state()
    if state is not None and state.item is not None:
        return state, state.item
    if state is not None and state.currently_playing_type == "ad":
        raise NothingPlaying("ad", says="An ad is playing. The music goes on after it.")
    raise NothingPlaying
