"""Reads the tracks and episodes that an item consists of."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.spotify import Spotify
from bot.spotify.models import Album, Episode, Playable, Playlist, Track
from bot.spotify.paging import DEFAULT_CONCURRENCY

SongSource = Track | Episode | Album | Playlist
"""An item that is a song or an episode, or has some."""


async def songs_in(
    spotify: Spotify, item: SongSource, *, concurrency: int = DEFAULT_CONCURRENCY
) -> AsyncIterator[Playable | None]:
    """The songs of the item in order; None for an entry that could not be read.

    concurrency  how many pages of a playlist are read at once

    Raises what reading a list does: NotPermitted, ListUnreadable, LibraryChanged and so on.
    """
    match item:
        case Track() | Episode():
            yield item
        case Album():
            async for track in spotify.catalogue.album_tracks(item.require_uri()):
                yield track
        case Playlist():
            paging = spotify.playlists.items(item.require_uri(), concurrency=concurrency)
            async for entry in paging:
                yield entry.item if entry else None
