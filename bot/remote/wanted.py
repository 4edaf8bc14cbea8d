"""From what somebody types to what it means at Spotify."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Fault, MissingScope, NothingFound, NoWords, TooManyWords
from bot.remote.deeds import LIKED
from bot.spotify import Spotify, uris
from bot.spotify.catalogue import LONGEST_QUERY, Found, Item
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE
from bot.spotify.uris import Kind
from bot.ui.text import plain

# Of so many playlists of one's own the names are looked through, for so many seconds: behind them
# there is still a search to be done.
OWN = 4 * PAGE
_PATIENCE = 3.0

_UNREAD = "Your playlists could not be read"


@dataclass(frozen=True)
class Meant:
    """What somebody's words or links mean.

    items  of the catalogue; none for the liked songs
    more   how many links were left out
    note   a sentence about what may have been meant as well, without its full stop; often empty
    """

    items: list[Item]
    more: int = 0
    note: str = ""


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


async def meant(spotify: Spotify, what: str, *, most: int = 1, liked: bool = True) -> Meant:
    """The first items that are linked to, or one's own playlist of that name, or the best song.

    `liked`: the liked songs can be meant. Raises UnreadableLink, Unknown, NothingFound, and as
    `search` does.
    """
    if linked := await spotify.pasted(what, most=most):
        items = [await spotify.catalogue.item(uri) for uri in linked]
        return Meant(items, max(0, len(uris.find(what)) - most))
    words = words_of(what)
    if liked and words.casefold() in (LIKED, "liked songs"):
        return Meant([])
    note = ""
    try:
        if mine := await _mine(spotify.anew(within=_PATIENCE), words):
            return Meant([mine])
    except MissingScope:
        pass  # they never agreed to it, and look for songs
    except Fault:
        note = _UNREAD
    found = await spotify.catalogue.search(words, "track")
    if not found.tracks:
        raise NothingFound(says=f"{NothingFound.says} {note}." if note else None)
    return Meant([found.tracks[0]], note=f"{note}, so this is a song" if note else "")


async def _mine(spotify: Spotify, name: str) -> Playlist | None:
    """One's own playlist of exactly this name, among the first OWN; a page costs a call at most."""
    listed = spotify.playlists.mine()
    for start in range(0, OWN, PAGE):
        page = await listed.page(start)
        for one in page.items:
            if one and one.uri and plain(one.name, LONGEST_QUERY).casefold() == name.casefold():
                return one
        if page.next is None:
            break
    return None
