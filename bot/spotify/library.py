"""The user's library: developer.spotify.com, Web API, Library. Lists are newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from bot.errors import SpotifyDown
from bot.spotify.bodies import UNREADABLE
from bot.spotify.caller import Caller
from bot.spotify.cursors import FollowedArtists
from bot.spotify.lists import (
    Saved,
    SavedAlbum,
    SavedAudiobook,
    SavedEpisode,
    SavedShow,
    SavedTrack,
    page_of,
)
from bot.spotify.paging import FLIGHTS, Paging
from bot.spotify.uris import Uri

# The most URIs that one call takes.
URIS = 40

S = TypeVar("S", bound=Saved)


class Library:
    def __init__(self, call: Caller) -> None:
        self._call = call

    # ---- lists

    def tracks(self, *, flights: int = FLIGHTS) -> Paging[SavedTrack]:
        """The liked songs."""
        return self._saved("me/tracks", SavedTrack, flights)

    def albums(self, *, flights: int = FLIGHTS) -> Paging[SavedAlbum]:
        return self._saved("me/albums", SavedAlbum, flights)

    def shows(self, *, flights: int = FLIGHTS) -> Paging[SavedShow]:
        return self._saved("me/shows", SavedShow, flights)

    def episodes(self, *, flights: int = FLIGHTS) -> Paging[SavedEpisode]:
        return self._saved("me/episodes", SavedEpisode, flights)

    def audiobooks(self, *, flights: int = FLIGHTS) -> Paging[SavedAudiobook]:
        return self._saved("me/audiobooks", SavedAudiobook, flights)

    def artists(self) -> FollowedArtists:
        return FollowedArtists(self._call)

    def _saved(self, path: str, shape: type[S], flights: int) -> Paging[S]:
        return Paging(self._call, path, page_of(shape), flights=flights, grows_at_top=True)

    # ---- single items

    async def save(self, *uris: Uri) -> None:
        """Save tracks, albums, shows, episodes or audiobooks; follow playlists or artists."""
        for some in _by(URIS, uris):
            await self._call.write("PUT", "me/library", {"uris": some})

    async def remove(self, *uris: Uri) -> None:
        """The opposite of `save`. One's own playlist is deleted by it."""
        for some in _by(URIS, uris):
            await self._call.write("DELETE", "me/library", {"uris": some})

    async def contains(self, *uris: Uri) -> list[bool]:
        """Whether each is saved or followed, in order."""
        held: list[bool] = []
        for some in _by(URIS, uris):
            read = partial(_read_flags, some.count(",") + 1)
            held += await self._call.get("me/library/contains", {"uris": some}, read=read)
        return held


def _by(count: int, uris: Sequence[Uri]) -> Iterator[str]:
    """So many at a time, as a query has them."""
    for start in range(0, len(uris), count):
        yield ",".join(str(uri) for uri in uris[start : start + count])


def _read_flags(count: int, body: bytes) -> list[bool]:
    """So many of them. Raises SpotifyDown where there are more or fewer."""
    try:
        flags = msgspec.json.decode(body, type=list[bool])
    except UNREADABLE as error:
        raise SpotifyDown(f"unreadable answer: {type(error).__name__}") from None
    if len(flags) != count:
        raise SpotifyDown("not as many answers as questions")
    return flags
