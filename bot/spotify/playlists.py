"""Playlists: developer.spotify.com, Web API, Playlists. Only one's own can be read or changed.

Raises NotPermitted for those of others, and OutcomeUnknown where a change may have been made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.errors.spotify import LibraryChanged, OutcomeUnknown, SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.models import Playlist
from bot.spotify.pages import PlaylistEntry, page_decoder
from bot.spotify.paging import DEFAULT_CONCURRENCY, PAGE_SIZE, Paging
from bot.spotify.uris import Uri

# The most items that one call adds, removes or puts.
MAX_ITEMS_PER_CALL = 100

_decode_page = page_decoder(Playlist)


class PlaylistsApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def mine(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> Paging[Playlist]:
        """One's own and those one follows; without a scope for some, they are left out."""
        return Paging(
            self._api,
            "me/playlists",
            _decode_page,
            concurrency=concurrency,
            overlap=1,
            newest_first=True,
        )

    async def first_page(self) -> list[Playlist]:
        """The first PAGE_SIZE of `mine`, as they were some minutes ago, each once."""
        page = await self.mine().page()
        return list({one.id: one for one in page.items if one and one.uri}.values())

    def items(self, playlist: Uri, *, concurrency: int = DEFAULT_CONCURRENCY) -> PlaylistItems:
        """All entries in order, with episodes. NotPermitted unless owned or collaborative."""
        return PlaylistItems(self._api, playlist, concurrency)

    async def create(
        self,
        name: str,
        *,
        public: bool = False,
        collaborative: bool = False,
        description: str = "",
    ) -> Playlist:
        """A new, empty playlist. A collaborative one cannot be public."""
        wish = {
            "name": name,
            "public": public,
            "collaborative": collaborative,
            "description": description,
        }
        made = await self._api.write("POST", "me/playlists", None, wish)
        try:
            return Playlist.decode(made)
        except SpotifyDown as error:
            raise OutcomeUnknown(str(error)) from None

    async def edit(
        self,
        playlist: Uri,
        *,
        name: str | None = None,
        public: bool | None = None,
        collaborative: bool | None = None,
        description: str | None = None,
    ) -> None:
        """Change what is given."""
        wish = {
            "name": name,
            "public": public,
            "collaborative": collaborative,
            "description": description,
        }
        given = {field: value for field, value in wish.items() if value is not None}
        await self._api.write("PUT", f"playlists/{playlist.id}", None, given)

    async def add(self, playlist: Uri, *uris: Uri, position: int | None = None) -> None:
        """Add tracks or episodes at the end or at `position`; what is there already comes twice."""
        for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
            wish: dict[str, object] = {
                "uris": _uri_strings(uris[start : start + MAX_ITEMS_PER_CALL])
            }
            wish |= {} if position is None else {"position": position + start}
            await self._api.write("POST", _items_path(playlist), None, wish)

    async def remove(self, playlist: Uri, *uris: Uri) -> None:
        """Every copy of each goes."""
        for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
            gone = [{"uri": uri} for uri in _uri_strings(uris[start : start + MAX_ITEMS_PER_CALL])]
            await self._api.write("DELETE", _items_path(playlist), None, {"items": gone})

    async def reorder(self, playlist: Uri, start: int, before: int, *, length: int = 1) -> None:
        """Move `length` entries from place `start` to in front of place `before`."""
        wish = {"range_start": start, "insert_before": before, "range_length": length}
        await self._api.write("PUT", _items_path(playlist), None, wish)

    async def replace(self, playlist: Uri, *uris: Uri) -> None:
        """Replace all entries: one call replaces MAX_ITEMS_PER_CALL, further calls append."""
        wish = {"uris": _uri_strings(uris[:MAX_ITEMS_PER_CALL])}
        await self._api.write("PUT", _items_path(playlist), None, wish)
        await self.add(playlist, *uris[MAX_ITEMS_PER_CALL:])


class PlaylistItems(Paging[PlaylistEntry]):
    """The entries of a playlist. Where it was rearranged meanwhile, LibraryChanged at the end."""

    def __init__(self, api: ApiClient, playlist: Uri, concurrency: int) -> None:
        query = {"additional_types": "track,episode"}
        read = page_decoder(PlaylistEntry)
        super().__init__(
            api, _items_path(playlist), read, query, concurrency=concurrency, overlap=1
        )
        self._playlist = playlist

        self._snapshot_id: str | None = None

    async def __aiter__(self) -> AsyncIterator[PlaylistEntry | None]:
        async for entry in super().__aiter__():
            yield entry
        # Entries can change places under the reader without any page showing it.
        moved = (
            self._snapshot_id is not None and await self._fetch_snapshot_id() != self._snapshot_id
        )
        if moved or (self.changed and self.read_count != self.total):
            raise LibraryChanged("playlist")

    async def _on_first_page(self) -> None:
        if (self.total or 0) > PAGE_SIZE:
            self._snapshot_id = await self._fetch_snapshot_id()

    async def _fetch_snapshot_id(self) -> str | None:
        path = f"playlists/{self._playlist.id}"
        playlist = await self._api.get(path, decode=Playlist.decode, fresh=True)
        return playlist.snapshot_id


def _items_path(playlist: Uri) -> str:
    return f"playlists/{playlist.id}/items"


def _uri_strings(uris: Sequence[Uri]) -> list[str]:
    return [str(uri) for uri in uris]
