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
from bot.spotify.raw_entries import RawEntry, decode_raw_artists, raw_page_decoder
from bot.spotify.uris import Kind, Uri

# Spotify's limit for one call.
MAX_URIS = 40
_CONTAINS = "me/library/contains"
# The size of an answer about one URI in the cache, whose limit is in bytes: with its key.
_FLAG_BYTES = 100

S = TypeVar("S", bound=SavedEntry)

_SAVED_LISTS: dict[Kind, tuple[str, type[SavedEntry]]] = {
    Kind.TRACK: ("me/tracks", SavedTrack),
    Kind.ALBUM: ("me/albums", SavedAlbum),
    Kind.SHOW: ("me/shows", SavedShow),
    Kind.EPISODE: ("me/episodes", SavedEpisode),
    Kind.AUDIOBOOK: ("me/audiobooks", SavedAudiobook),
}


class LibraryApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    # ---- lists

    def tracks(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedTrack]:
        """The liked songs."""
        return self._saved_list("me/tracks", SavedTrack, concurrency)

    def albums(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[SavedAlbum]:
        return self._saved_list("me/albums", SavedAlbum, concurrency)

    def shows(self) -> Paging[SavedShow]:
        return self._saved_list("me/shows", SavedShow)

    def episodes(self) -> Paging[SavedEpisode]:
        return self._saved_list("me/episodes", SavedEpisode)

    def audiobooks(self) -> Paging[SavedAudiobook]:
        return self._saved_list("me/audiobooks", SavedAudiobook)

    def artists(self) -> FollowedArtists:
        return FollowedArtists(self._api)

    def raw(self, kind: Kind, *, keep_json: bool = True) -> Paging[RawEntry[SavedEntry]]:
        """The saved items of a kind with Spotify's JSON; tracks are the liked songs."""
        path, model = _SAVED_LISTS[kind]
        return Paging(
            self._api, path, raw_page_decoder(model, keep_json=keep_json), newest_first=True
        )

    def raw_artists(self) -> FollowedArtists:
        """The followed artists, each a RawArtist."""
        return FollowedArtists(self._api, decode_raw_artists)

    def _saved_list(
        self, path: str, model: type[S], concurrency: int = DEFAULT_CONCURRENCY
    ) -> Paging[S]:
        return Paging(
            self._api, path, page_decoder(model), concurrency=concurrency, newest_first=True
        )

    # ---- single items

    async def save(self, *uris: Uri) -> None:
        """Save tracks, albums, shows, episodes or audiobooks; follow playlists or artists."""
        for batch in batches(uris):
            await self._api.write("PUT", "me/library", _query(batch))

    async def remove(self, *uris: Uri) -> None:
        """Unsave or unfollow; deletes a playlist that the user owns."""
        for batch in batches(uris):
            await self._api.write("DELETE", "me/library", _query(batch))

    async def contains(self, *uris: Uri, fresh: bool = False) -> list[bool | None]:
        """Whether each is saved or followed, in order; None if that could not be read.

        An answer is cached for its URI, so that a press on a list just shown needs no call, unless
        `fresh`.
        """
        flags = {uri: None if fresh else self._cached_flag(uri) for uri in uris}
        for batch in batches([uri for uri, flag in flags.items() if flag is None]):
            query, decode = _query(batch), partial(_decode_flags, len(batch))
            answers = await self._api.get(_CONTAINS, query, decode=decode, fresh=fresh)
            flags |= zip(batch, answers, strict=True)
            if self._api.cached(_CONTAINS, query) is answers:  # no write has invalidated them
                for uri, flag in zip(batch, answers, strict=True):
                    self._api.prime_cache(_CONTAINS, [flag], _FLAG_BYTES, _query([uri]))
        return [flags[uri] for uri in uris]

    def _cached_flag(self, uri: Uri) -> bool | None:
        cached: list[bool | None] = self._api.cached(_CONTAINS, _query([uri])) or [None]
        return cached[0]


def batches(uris: Sequence[Uri]) -> Iterator[Sequence[Uri]]:
    """The URIs in batches for one call each."""
    for start in range(0, len(uris), MAX_URIS):
        yield uris[start : start + MAX_URIS]


def _query(uris: Sequence[Uri]) -> dict[str, str]:
    return {"uris": ",".join(str(uri) for uri in uris)}


def _decode_flags(count: int, body: bytes) -> list[bool | None]:
    """Raises SpotifyDown unless the response has exactly `count` flags and one is readable."""
    flags = decode_response(body, list[bool | None])
    if len(flags) != count or (flags and set(flags) == {None}):
        raise SpotifyDown("not as many answers as questions")
    return flags
