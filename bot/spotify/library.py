"""The user's library: developer.spotify.com, Web API, Library. Lists are newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

from bot.errors.spotify import SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import decode_response
from bot.spotify.cursor_paging import FollowedArtists
from bot.spotify.pages import (
    SavedAlbum,
    SavedAudiobook,
    SavedEntry,
    SavedEpisode,
    SavedShow,
    SavedTrack,
    page_decoder,
)
from bot.spotify.paging import DEFAULT_CONCURRENCY, Paging
from bot.spotify.uris import Uri

# Spotify's limit for one call.
MAX_URIS = 40

S = TypeVar("S", bound=SavedEntry)


class LibraryApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    # ---- lists

    def tracks(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedTrack]:
        """The liked songs."""
        return self._saved_list("me/tracks", SavedTrack, concurrency)

    def albums(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedAlbum]:
        return self._saved_list("me/albums", SavedAlbum, concurrency)

    def shows(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedShow]:
        return self._saved_list("me/shows", SavedShow, concurrency)

    def episodes(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedEpisode]:
        return self._saved_list("me/episodes", SavedEpisode, concurrency)

    def audiobooks(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedAudiobook]:
        return self._saved_list("me/audiobooks", SavedAudiobook, concurrency)

    def artists(self) -> FollowedArtists:
        return FollowedArtists(self._api)

    def _saved_list(self, path: str, model: type[S], concurrency: int) -> Paging[S]:
        return Paging(
            self._api, path, page_decoder(model), concurrency=concurrency, newest_first=True
        )

    # ---- single items

    async def save(self, *uris: Uri) -> None:
        """Save tracks, albums, shows, episodes or audiobooks; follow playlists or artists."""
        for batch in _batches(MAX_URIS, uris):
            await self._api.write("PUT", "me/library", {"uris": batch})

    async def remove(self, *uris: Uri) -> None:
        """Unsave or unfollow; deletes a playlist that the user owns."""
        for batch in _batches(MAX_URIS, uris):
            await self._api.write("DELETE", "me/library", {"uris": batch})

    async def contains(self, *uris: Uri) -> list[bool | None]:
        """Whether each is saved or followed, in order; None if that could not be read."""
        flags: list[bool | None] = []
        for batch in _batches(MAX_URIS, uris):
            decode = partial(_decode_flags, batch.count(",") + 1)
            flags += await self._api.get("me/library/contains", {"uris": batch}, decode=decode)
        return flags


def _batches(count: int, uris: Sequence[Uri]) -> Iterator[str]:
    """The URIs in batches of `count`, each as a query parameter."""
    for start in range(0, len(uris), count):
        yield ",".join(str(uri) for uri in uris[start : start + count])


def _decode_flags(count: int, body: bytes) -> list[bool | None]:
    """Raises SpotifyDown unless the response has exactly `count` flags and one is readable."""
    flags = decode_response(body, list[bool | None])
    if len(flags) != count or (flags and set(flags) == {None}):
        raise SpotifyDown("not as many answers as questions")
    return flags
