"""From what somebody asks for to what is played."""

from __future__ import annotations

from bot.errors import NothingFound, NothingPlaying, NoWords, Restricted, TooManyWords
from bot.spotify import Spotify
from bot.spotify.catalogue import LONGEST_QUERY, Item
from bot.spotify.models import Album, Artist, Audiobook, Episode, Playback, Playlist, Show, Track
from bot.spotify.uris import Uri, read
from bot.ui.text import plain

Playing = Track | Episode


async def find(spotify: Spotify, what: str) -> Item:
    """The item that `what` links to, or else the best track for these words.

    Raises UnreadableLink, NothingFound, Unknown.
    """
    if uri := read(what):
        return await spotify.catalogue.item(uri)
    return (await search(spotify, what))[0]


async def search(spotify: Spotify, query: str) -> list[Track]:
    """The tracks for these words, or the one track that a link in them leads to.

    Raises NoWords, TooManyWords, NothingFound, and what a link can raise.
    """
    if (uri := read(query)) and uri.kind == "track":
        track = await spotify.catalogue.item(uri)
        return [track] if isinstance(track, Track) else []
    words = plain(query, LONGEST_QUERY + 1)
    if not words:
        raise NoWords
    if len(words) > LONGEST_QUERY:
        raise TooManyWords
    tracks = await spotify.catalogue.search_tracks(words)
    if not tracks:
        raise NothingFound
    return tracks


async def play(spotify: Spotify, item: Item) -> None:
    """Play the item. A track plays inside its album, so that music goes on after it."""
    uri = item.uri
    assert uri is not None, "the catalogue has ids"
    match item:
        case Track(album=Album(id=str(album))):
            await spotify.player.play_context(Uri("album", album), start=uri)
        case Track() | Episode():
            await spotify.player.play(uri)
        case Album() | Artist() | Playlist() | Show() | Audiobook():
            await spotify.player.play_context(uri)


async def pause(spotify: Spotify) -> None:
    """Pause. Spotify refuses a second one without saying why, so the state is looked at then."""
    try:
        await spotify.player.pause()
    except Restricted:
        state = await spotify.player.state()
        if state is not None and not state.is_playing:
            raise Restricted(says="The music is already paused.") from None
        raise


async def current(spotify: Spotify) -> tuple[Playback, Playing]:
    """What plays now. Raises NothingPlaying, which says so too where an ad plays."""
    state = await spotify.player.state()
    if state is not None and state.item is not None:
        return state, state.item
    if state is not None and state.currently_playing_type == "ad":
        raise NothingPlaying("ad", says="An ad is playing. The music goes on after it.")
    raise NothingPlaying
