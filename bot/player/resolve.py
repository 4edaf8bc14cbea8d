"""Resolves what a user types: links, the liked songs, a playlist's name, or words to search for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.browse.pages import results_of_kind
from bot.browse.paths import validate_query
from bot.errors.bot_error import BotError
from bot.errors.content import NothingFound, NothingToAdd, NothingToQueue
from bot.errors.login import MissingScope
from bot.errors.spotify import ListUnreadable, NotFound, NotPermitted
from bot.player.actions import LIKED_SONGS
from bot.player.state import now_playing
from bot.spotify import Spotify
from bot.spotify.catalogue import MAX_QUERY, Item
from bot.spotify.links import LikedSongs, SearchLink, Target, find_links
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.uris import Kind, Uri
from bot.text.escape import single_line

# How many of the user's playlists are compared by name, and the seconds for that: if none of them
# matches, a search follows.
MAX_OWN_PLAYLISTS = 4 * PAGE_SIZE
_OWN_PLAYLISTS_TIMEOUT = 3.0

UNREADABLE_PLAYLIST = "A playlist that Spotify doesn’t show to apps"
_LIKED_SONGS_NOT_QUEUED = "I can’t queue your liked songs. Play them with /play and the word liked."
_LIKED_SONGS_NOT_ADDED = (
    "I can’t add all your liked songs to a playlist that exists. Make one of them with "
    "/playlist create."
)
_PLAYLISTS_UNREADABLE = "I couldn’t read your playlists"


@dataclass(frozen=True)
class Resolved:
    """What a query resolves to.

    items           of the catalogue; empty for the liked songs
    start_ms        the start position in the link, if there is one
    links_left_out  the number of links beyond the limit
    note            a sentence for the reply, without its full stop; usually empty
    """

    items: list[Item]
    start_ms: int = 0
    links_left_out: int = 0
    note: str = ""


async def resolve(spotify: Spotify, query: str, *, limit: int = 1, liked: bool = True) -> Resolved:
    """The linked items, else the user's playlist of that name, else the first song of a search.

    limit  the most links to resolve
    liked  whether "liked" and a link to the liked songs mean these; then the limit is 1

    Raises UnreadableLink, NotFound, NothingFound, NothingToQueue, EmptyQuery, QueryTooLong.
    """
    if linked := await spotify.resolve_links(query, max_links=limit):
        if liked and isinstance(linked[0], LikedSongs):
            return Resolved([])
        items = [await _item(spotify, target, to_play=liked) for target in linked]
        start_ms = linked[0].start_ms if isinstance(linked[0], Uri) else 0
        return Resolved(items, start_ms, max(0, len(find_links(query)) - limit))
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
    try:
        song = await _first_result(spotify, words, Kind.TRACK)
    except NothingFound as error:
        raise NothingFound(message=f"{error.message} {note}." if note else None) from None
    return Resolved([song], note=f"{note}, so this is a song" if note else "")


async def item_to_play(spotify: Spotify, uri: Uri) -> Item:
    """The item. A playlist that apps cannot read gets a general name: it plays by its URI.

    These are the playlists that Spotify makes, such as a Daily Mix. Raises NotFound for others.
    """
    try:
        return await spotify.catalogue.item(uri)
    except (NotFound, NotPermitted):
        if uri.kind != Kind.PLAYLIST:
            raise
        return Playlist(name=UNREADABLE_PLAYLIST, id=uri.id, raw_uri=str(uri))


async def resolve_addable(spotify: Spotify, what: str | None, *, limit: int) -> Resolved:
    """What is to be added to a playlist: what the query or links resolve to, else what plays.

    Raises NothingPlaying, NothingToAdd for the liked songs, and as `resolve`.
    """
    if what is None:
        return Resolved([await now_playing(spotify)])
    resolved = await resolve(spotify, what, limit=limit)
    if not resolved.items:
        raise NothingToAdd("liked songs", message=_LIKED_SONGS_NOT_ADDED)
    return resolved


async def _item(spotify: Spotify, target: Target, *, to_play: bool) -> Item:
    """A link's target; for a search, its first result."""
    match target:
        case Uri():
            if to_play:
                return await item_to_play(spotify, target)
            return await spotify.catalogue.item(target)
        case SearchLink():
            return await first_of_search(spotify, target)
        case LikedSongs():
            raise NothingToQueue("liked songs", message=_LIKED_SONGS_NOT_QUEUED)


async def first_of_search(spotify: Spotify, search: SearchLink) -> Item:
    """The first result: a song, unless the search is for another kind.

    Raises NothingFound, EmptyQuery, QueryTooLong, UnreadableLink.
    """
    return await _first_result(spotify, validate_query(search.words), search.kind or Kind.TRACK)


async def _first_result(spotify: Spotify, words: str, kind: Kind) -> Item:
    results = results_of_kind(await spotify.catalogue.search(words, kind), kind)
    return results.require(NothingFound)[0]


async def _own_playlist(spotify: Spotify, name: str) -> Playlist | None:
    """The user's playlist of this name, among the first MAX_OWN_PLAYLISTS; one call a page.

    Raises ListUnreadable if there is none, but some names could not be read.
    """
    unreadable = 0
    paging = spotify.playlists.mine()
    for offset in range(0, MAX_OWN_PLAYLISTS, PAGE_SIZE):
        page = await paging.page(offset)
        playlists = page.readable
        for playlist in playlists:
            is_named = _is_named(playlist, name)
            if playlist.uri and is_named:
                return playlist
            unreadable += is_named or playlist.name is None
        unreadable += 0 if playlists else playlists.unreadable
        if not page.has_more(offset):
            break
    if unreadable:
        raise ListUnreadable(f"{unreadable} playlists")
    return None


def _is_named(playlist: Playlist, name: str) -> bool:
    return single_line(playlist.name, MAX_QUERY).casefold() == name.casefold()
