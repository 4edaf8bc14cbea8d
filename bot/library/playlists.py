"""Adds items to playlists, and finds the playlists that a user can add to."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors.content import NothingFound
from bot.library.playlist_lookup import own_playlists
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.entries import Entries
from bot.spotify.models import Playlist
from bot.spotify.ownership import Ownership
from bot.spotify.uris import Kind, Uri
from bot.text.items import count

# The kinds of items that can be added. Of an album, its first songs, which one call reads and adds.
ADDABLE_KINDS: tuple[Kind, ...] = (Kind.TRACK, Kind.EPISODE, Kind.ALBUM)
MAX_ALBUM_SONGS = 50

_NO_SONGS = "Spotify shows no songs on that album, so nothing was added."


@dataclass(frozen=True)
class Addition:
    """The tracks and episodes to add to a playlist, and the words for the reply."""

    uris: list[Uri]
    message: str = "Added"


@dataclass(frozen=True)
class WritablePlaylists:
    """The playlists that a user can add to. `more`: there may be others that were not read."""

    playlists: Entries[Playlist]
    more: bool


async def writable_playlists(spotify: Spotify, *, pages: int = 1) -> WritablePlaylists:
    """The playlists that the user can add to, among those on their first pages."""
    own = await own_playlists(spotify, pages=pages)
    ownerships = [ownership for _, ownership in own.entries]
    writable = own.entries.where(
        (pair for pair in own.entries if pair[1] in (Ownership.OWN, Ownership.SHARED)),
        unreadable=ownerships.count(Ownership.UNKNOWN),
    )
    return WritablePlaylists(writable.map(lambda pair: pair[0]), own.more)


async def resolve_addition(spotify: Spotify, item: Item) -> Addition:
    """The item itself, or the first songs of an album. Raises NothingFound if it has none."""
    uri = item.require_uri()
    if item.kind != Kind.ALBUM:
        return Addition([uri])
    page = await spotify.catalogue.album_tracks(uri).page()
    songs_read = page.readable.map(lambda track: track.uri)
    songs_read.require(NothingFound("an album without songs", message=_NO_SONGS))
    uris = list(songs_read[:MAX_ALBUM_SONGS])
    songs = count(len(uris), "song")
    if page.has_more():
        total = f" of {page.total:,}" if page.total and page.total > len(uris) else ""
        songs = f"The first {songs}{total}"
    return Addition(uris, f"{songs}, added")
