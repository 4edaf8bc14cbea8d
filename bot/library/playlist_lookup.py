"""Finds the playlist that a user means by a name or a link."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from bot.browse.paths import validate_query
from bot.errors.content import NothingFound, PlaylistNotFound, SeveralPlaylists
from bot.errors.spotify import NotFound, PlaylistNotOwned
from bot.spotify import Spotify
from bot.spotify.entries import Entries
from bot.spotify.models import Playlist
from bot.spotify.ownership import Ownership, ownership_of
from bot.spotify.uris import Kind, Uri
from bot.text.choices import normalise, own_playlist_choice
from bot.text.escape import escape, safe, single_line

# The pages of a user's playlists to read; each takes one call, or none if it is cached.
MAX_PAGES = 4
_NOT_SHOWN = (
    "Spotify doesn’t show apps that playlist. It may have been deleted, or be one that Spotify "
    "made. /play and /playlist pin still take its link."
)
# The playlists of one name that a message lists.
_MAX_LISTED = 5


@dataclass(frozen=True)
class OwnPlaylists:
    """A user's playlists with their ownership. `more`: there are others that were not read."""

    entries: Entries[tuple[Playlist, Ownership]]
    more: bool


async def own_playlists(
    spotify: Spotify, *, pages: int = MAX_PAGES, fresh: bool = False
) -> OwnPlaylists:
    """The first of the user's playlists; a call a page and one more, or fewer from the cache."""
    (playlists, more), profile = await asyncio.gather(
        spotify.playlists.first_pages(pages, fresh=fresh), spotify.profile.me(fresh=False)
    )
    owned = playlists.map(lambda playlist: (playlist, ownership_of(playlist, profile.id)))
    return OwnPlaylists(owned, more)


async def find_playlist(
    spotify: Spotify, text: str, *, fresh: bool = False
) -> tuple[Playlist, Ownership]:
    """The playlist of a link, else the user's only playlist of that name, and whose it is.

    fresh  the playlist as it is now, which takes a call

    Raises PlaylistNotFound, SeveralPlaylists, NotFound for a link, and SpotifyError.
    """
    match await spotify.resolve_links(text, max_links=1):
        case [Uri(kind=Kind.PLAYLIST) as uri]:
            try:
                playlist = await spotify.playlists.get(uri, fresh=fresh)
            except NotFound as error:
                raise NotFound(str(error), message=_NOT_SHOWN) from None
            profile = await spotify.profile.me(fresh=False)
            return playlist, ownership_of(playlist, profile.id)
        case [_]:
            raise NothingFound(
                "no playlist", message="That link isn’t a playlist. Use another one."
            )
    text = validate_query(text)
    own = await own_playlists(spotify)
    named = _named(own, text)
    if not named:  # it may be newer than the cached list
        own = await own_playlists(spotify, fresh=True)
        named = _named(own, text)
    if not named:
        raise PlaylistNotFound(unreadable=own.entries.unreadable, more=own.more)
    if len(named) > 1:
        lines = [escape(own_playlist_choice(*pair).name) for pair in named[:_MAX_LISTED]]
        raise SeveralPlaylists(len(named), lines)
    playlist, ownership = named[0]
    if fresh:
        playlist = await spotify.playlists.get(playlist.require_uri())
    return playlist, ownership


def _named(own: OwnPlaylists, name: str) -> list[tuple[Playlist, Ownership]]:
    """Those of this name, without regard to case and accents unless only one has it exactly."""
    named = [pair for pair in own.entries if _key(pair[0].name) == _key(name)]
    exact = [pair for pair in named if single_line(pair[0].name) == single_line(name)]
    return exact if len(exact) == 1 else named


def _key(name: str | None) -> str:
    """What two spellings of a name have in common; a name of accents alone keeps them."""
    return normalise(name or "") or single_line(name)


async def find_playlist_among(
    spotify: Spotify, text: str, allowed: Collection[Ownership], *, fresh: bool = False
) -> Playlist:
    """As `find_playlist`, if its ownership is allowed. Raises PlaylistNotOwned."""
    playlist, ownership = await find_playlist(spotify, text, fresh=fresh)
    if ownership not in allowed:
        owner = safe(playlist.owner.display_name) if playlist.owner else ""
        raise PlaylistNotOwned(owner, shared=ownership is Ownership.SHARED)
    return playlist
