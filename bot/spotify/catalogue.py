"""What there is to play: developer.spotify.com, Web API, Search and the catalogue chapters."""

from __future__ import annotations

from bot.spotify.models import (
    Album,
    Artist,
    Audiobook,
    Episode,
    Page,
    Part,
    Playlist,
    Show,
    Track,
    read,
)
from bot.spotify.transport import Call, Query
from bot.spotify.uris import Kind, Uri

SEARCH_LIMIT = 10
LONGEST_QUERY = 250

Item = Track | Album | Artist | Playlist | Show | Episode | Audiobook

_SHAPES: dict[Kind, type[Item]] = {
    shape.kind: shape for shape in (Track, Album, Artist, Playlist, Show, Episode, Audiobook)
}


class _Found(Part, frozen=True):
    tracks: Page[Track] | None = None


class Catalogue:
    def __init__(self, call: Call) -> None:
        self._call = call

    async def search_tracks(self, query: str, *, limit: int = SEARCH_LIMIT) -> list[Track]:
        """Up to `limit` (at most 10) tracks, best first, each once; `query` of LONGEST_QUERY."""
        asked: Query = {"q": query, "type": "track", "limit": limit}
        found = read(await self._call("GET", "search", asked), _Found)
        tracks = found.tracks.items if found.tracks else []
        return list({track.id: track for track in tracks if track and track.uri}.values())

    async def item(self, uri: Uri) -> Item:
        """The item itself. Raises Unknown where Spotify does not know the id."""
        return read(await self._call("GET", f"{uri.kind}s/{uri.id}"), _SHAPES[uri.kind])
