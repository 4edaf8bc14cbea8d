"""From what somebody types to what it means at Spotify."""

from __future__ import annotations

from dataclasses import dataclass

from bot.browse.paths import validate_query
from bot.errors.bot_error import BotError
from bot.errors.content import NothingFound
from bot.errors.login import MissingScope
from bot.player.actions import LIKED_SONGS
from bot.spotify import Spotify, uris
from bot.spotify.catalogue import MAX_QUERY, Item
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.uris import Kind
from bot.text.escape import single_line

# Of so many playlists of one's own the names are looked through, for so many seconds: behind them
# there is still a search to be done.
MAX_OWN_PLAYLISTS = 4 * PAGE_SIZE
_OWN_PLAYLISTS_TIMEOUT = 3.0

_PLAYLISTS_UNREADABLE = "Your playlists could not be read"


@dataclass(frozen=True)
class Resolved:
    """What somebody's words or links mean.

    items  of the catalogue; none for the liked songs
    more   how many links were left out
    note   a sentence about what may have been meant as well, without its full stop; often empty
    """

    items: list[Item]
    links_left_out: int = 0
    note: str = ""


async def resolve(spotify: Spotify, what: str, *, limit: int = 1, liked: bool = True) -> Resolved:
    """The first items that are linked to, or one's own playlist of that name, or the best song.

    `liked`: the liked songs can be meant. Raises UnreadableLink, NotFound, NothingFound, and as
    `search` does.
    """
    if linked := await spotify.resolve_links(what, max_links=limit):
        items = [await spotify.catalogue.item(uri) for uri in linked]
        return Resolved(items, max(0, len(uris.find_links(what)) - limit))
    words = validate_query(what)
    if liked and words.casefold() in (LIKED_SONGS, "liked songs"):
        return Resolved([])
    note = ""
    try:
        if mine := await _own_playlist(spotify.with_timeout(timeout=_OWN_PLAYLISTS_TIMEOUT), words):
            return Resolved([mine])
    except MissingScope:
        pass  # they never agreed to it, and look for songs
    except BotError:
        note = _PLAYLISTS_UNREADABLE
    found = await spotify.catalogue.search(words, Kind.TRACK)
    if not found.tracks:
        raise NothingFound(message=f"{NothingFound.message} {note}." if note else None)
    return Resolved([found.tracks[0]], note=f"{note}, so this is a song" if note else "")


async def _own_playlist(spotify: Spotify, name: str) -> Playlist | None:
    """One's own playlist of exactly this name, among the first OWN; a page costs a call at most."""
    listed = spotify.playlists.mine()
    for start in range(0, MAX_OWN_PLAYLISTS, PAGE_SIZE):
        page = await listed.page(start)
        for one in page.items:
            if one and one.uri and single_line(one.name, MAX_QUERY).casefold() == name.casefold():
                return one
        if page.next is None:
            break
    return None
