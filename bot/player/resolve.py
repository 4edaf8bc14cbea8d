"""Resolves what a user types: links, the liked songs, a playlist's name, or words to search for."""

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

# How many of the user's playlists are compared by name, and the seconds for that: if none of them
# matches, a search follows.
MAX_OWN_PLAYLISTS = 4 * PAGE_SIZE
_OWN_PLAYLISTS_TIMEOUT = 3.0

_PLAYLISTS_UNREADABLE = "Your playlists could not be read"


@dataclass(frozen=True)
class Resolved:
    """What a query resolves to.

    items           of the catalogue; empty for the liked songs
    links_left_out  the number of links beyond the limit
    note            a sentence for the reply, without its full stop; usually empty
    """

    items: list[Item]
    links_left_out: int = 0
    note: str = ""


async def resolve(spotify: Spotify, query: str, *, limit: int = 1, liked: bool = True) -> Resolved:
    """The linked items, else the user's playlist of that name, else the first song of a search.

    limit  the most links to resolve
    liked  whether "liked" means the liked songs

    Raises UnreadableLink, NotFound, NothingFound, EmptyQuery, QueryTooLong.
    """
    if linked := await spotify.resolve_links(query, max_links=limit):
        items = [await spotify.catalogue.item(uri) for uri in linked]
        return Resolved(items, max(0, len(uris.find_links(query)) - limit))
    words = validate_query(query)
    if liked and words.casefold() in (LIKED_SONGS, "liked songs"):
        return Resolved([])
    note = ""
    try:
        playlist = await _own_playlist(spotify.with_timeout(_OWN_PLAYLISTS_TIMEOUT), words)
        if playlist:
            return Resolved([playlist])
    except MissingScope:
        pass  # the user's login does not include playlists: search for a song
    except BotError:
        note = _PLAYLISTS_UNREADABLE
    results = await spotify.catalogue.search(words, Kind.TRACK)
    if not results.tracks:
        raise NothingFound(message=f"{NothingFound.message} {note}." if note else None)
    return Resolved([results.tracks[0]], note=f"{note}, so this is a song" if note else "")


async def _own_playlist(spotify: Spotify, name: str) -> Playlist | None:
    """The user's playlist of this name, among the first MAX_OWN_PLAYLISTS; one call a page."""
    paging = spotify.playlists.mine()
    for offset in range(0, MAX_OWN_PLAYLISTS, PAGE_SIZE):
        page = await paging.page(offset)
        for playlist in page.items:
            if playlist and playlist.uri and _is_named(playlist, name):
                return playlist
        if page.next is None:
            break
    return None


def _is_named(playlist: Playlist, name: str) -> bool:
    return single_line(playlist.name, MAX_QUERY).casefold() == name.casefold()
