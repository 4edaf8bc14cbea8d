"""Entries of a playlist, with the fields that are compared to find duplicates."""

from __future__ import annotations

import sys

import msgspec

from bot.spotify.models import Playable, Track
from bot.spotify.pages import PlaylistEntry
from bot.spotify.uris import page_url

_MAX_NAME = 100


class ListedSong(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An entry of a playlist.

    uri       empty if Spotify no longer says what it was, or if it could not be read
    playable  False if Spotify lists it without playing it any more; None if that is unknown
    """

    uri: str = ""
    title: str = ""
    artists: str = ""
    duration_ms: int = 0
    isrc: str = ""
    playable: bool | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a file on its owner's computer, which apps can remove but not add."""
        return self.uri.startswith("spotify:local:")

    @property
    def link(self) -> str:
        """The URL of its page; empty for a local file and for an unknown item."""
        return page_url(self.uri)


EntryRef = int | ListedSong
"""An entry of a playlist after a change: its index before the change, or a song that is new."""


def listed(item: Playable) -> ListedSong:
    """The entry that a track or an episode is in a playlist."""
    artists, isrc = "", ""
    if isinstance(item, Track):
        artists = ", ".join(artist.name or "" for artist in item.artists or [])
        isrc = (item.external_ids.isrc if item.external_ids else None) or ""
    elif item.show:
        artists = item.show.name or ""
    return ListedSong(
        str(item.uri or item.raw_uri or ""),
        (item.name or "")[:_MAX_NAME],
        sys.intern(artists[:_MAX_NAME]),
        item.duration_ms or 0,
        isrc,
        item.is_playable,
    )


def listed_entry(entry: PlaylistEntry | None) -> ListedSong:
    """The entry as it is listed; None for one that could not be read."""
    if entry is None:
        return ListedSong()
    if entry.item is not None:
        return listed(entry.item)
    is_gone = entry.item_or_unknown is None and entry.legacy_item is None
    return ListedSong(playable=False if is_gone else None)
