"""From what somebody types to what it means at Spotify."""

from __future__ import annotations

from contextlib import suppress

from bot.errors import Fault, NothingFound, NoWords, TooManyWords
from bot.remote.deeds import LIKED
from bot.spotify import Spotify, uris
from bot.spotify.catalogue import LONGEST_QUERY, Found, Item
from bot.spotify.models import Playlist
from bot.spotify.uris import Kind
from bot.ui.text import plain


def words_of(query: str) -> str:
    """The words to search for. Raises NoWords, TooManyWords."""
    words = plain(query, LONGEST_QUERY + 1)
    if not words:
        raise NoWords
    if len(words) > LONGEST_QUERY:
        raise TooManyWords
    return words


async def search(spotify: Spotify, query: str, *kinds: Kind, offset: int = 0) -> Found:
    """What Spotify finds for these words. Raises NoWords, TooManyWords."""
    return await spotify.catalogue.search(words_of(query), *kinds, offset=offset)


async def find(spotify: Spotify, what: str) -> Item | None:
    """The item that is linked to, one's own playlist of that name, or the best song for the words.

    None for the liked songs. Raises UnreadableLink, Unknown, NothingFound, and as `search` does.
    """
    return (await _one_or_more(spotify, what, most=1))[0]


async def find_all(spotify: Spotify, what: str, most: int) -> tuple[list[Item], int]:
    """The first items that are linked to, in order, else what `find` finds, but no liked songs.

    And how many more links there are.
    """
    found = await _one_or_more(spotify, what, most=most, liked=False)
    return [item for item in found if item is not None], max(0, len(uris.find(what)) - most)


async def _one_or_more(
    spotify: Spotify, what: str, *, most: int, liked: bool = True
) -> list[Item | None]:
    if linked := await spotify.pasted(what, most=most):
        return [await spotify.catalogue.item(uri) for uri in linked]
    words = words_of(what)
    if liked and words.casefold() in (LIKED, "liked songs"):
        return [None]
    if mine := await _mine(spotify, words):
        return [mine]
    found = await spotify.catalogue.search(words, "track")
    if not found.tracks:
        raise NothingFound
    return [found.tracks[0]]


async def _mine(spotify: Spotify, name: str) -> Playlist | None:
    """One's own playlist of exactly this name; that they cannot be read spoils no search."""
    with suppress(Fault):
        for playlist in await spotify.playlists.first():
            if plain(playlist.name, LONGEST_QUERY).casefold() == name.casefold():
                return playlist
    return None
