"""Reads the songs of links, albums and playlists that are to be added to a playlist."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field

from bot.errors.content import NothingToAdd, UnreadableLink
from bot.errors.spotify import NotFound, NotPermitted
from bot.library.listed_songs import ListedSong, listed
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.models import Playable, Playlist
from bot.spotify.songs import SongSource, songs_in
from bot.spotify.uris import Kind, Uri

# The most links that one command adds, and the most songs: ten calls.
MAX_LINKS, MAX_SONGS = 10, 1_000

_HIDDEN = (
    "Apps can’t see the songs in other people’s playlists, so I can’t add them. You can still "
    "/play it."
)
_TOO_MANY_LINKS = f"That’s more than {MAX_LINKS} albums and playlists. Use fewer links."
_LOCAL_FILE = "Apps can’t add files from a computer to a playlist. Do that in Spotify."


@dataclass(frozen=True)
class SongsToAdd:
    """The songs, in order.

    left_out  whether the items have more than MAX_SONGS
    unusable  the number of entries that cannot be added: unreadable ones and local files
    """

    songs: Sequence[ListedSong] = field(repr=False)
    left_out: bool = False
    unusable: int = 0


async def songs_to_add(spotify: Spotify, items: Sequence[Item]) -> SongsToAdd:
    """The tracks and episodes in these items.

    Raises NothingToAdd for other items, for a playlist that Spotify does not show to the user, and
    if there are none; ListUnreadable, and LibraryChanged.
    """
    songs: list[ListedSong] = []
    unusable, is_local = 0, False
    for item in items:
        async for song in _songs_in(spotify, item):
            if song is None or song.uri is None:
                unusable += 1
                is_local |= song is not None
            elif len(songs) == MAX_SONGS:
                return SongsToAdd(songs, True, unusable)
            else:
                songs.append(listed(song))
    if is_local and not songs:
        raise NothingToAdd("local files", message=_LOCAL_FILE)
    Entries(songs, unreadable=unusable).require(NothingToAdd("empty"))
    return SongsToAdd(songs, False, unusable)


async def _songs_in(spotify: Spotify, item: Item) -> AsyncIterator[Playable | None]:
    if not isinstance(item, SongSource):
        raise NothingToAdd(item.kind)
    try:
        async for song in songs_in(spotify, item):
            yield song
    except (NotFound, NotPermitted):
        if not isinstance(item, Playlist):
            raise
        raise NothingToAdd("a hidden playlist", message=_HIDDEN) from None


async def linked_songs(spotify: Spotify, text: str) -> Collection[str] | None:
    """The URIs of the songs that the text links to; None if it has no links.

    Raises UnreadableLink for other links, and for more albums and playlists than MAX_LINKS.
    """
    targets = await spotify.resolve_links(text)
    if not targets:
        return None
    linked = [target for target in targets if isinstance(target, Uri)]
    if not linked:
        raise UnreadableLink("no songs")
    songs = {str(uri) for uri in linked if uri.kind in (Kind.TRACK, Kind.EPISODE)}
    others = [uri for uri in linked if str(uri) not in songs]
    if len(others) > MAX_LINKS:
        raise UnreadableLink("many links", message=_TOO_MANY_LINKS)
    if others:
        items = [await spotify.catalogue.item(uri) for uri in others]
        songs |= {song.uri for song in (await songs_to_add(spotify, items)).songs}
    return songs
