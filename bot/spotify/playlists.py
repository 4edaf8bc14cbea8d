"""Playlists: developer.spotify.com, Web API, Playlists.

An app reads and changes only playlists that the user owns or collaborates on; calls for others
raise NotPermitted. Writes raise OutcomeUnknown if the change may have been made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Hashable, Sequence
from functools import partial

from bot.errors.login import MissingScope
from bot.errors.refusals import OUTCOME_UNKNOWN_ELSEWHERE
from bot.errors.spotify import LibraryChanged, OutcomeUnknown, SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel, Name
from bot.spotify.catalogue import decode_item
from bot.spotify.entries import Entries
from bot.spotify.list_position import all_known
from bot.spotify.models import Playlist
from bot.spotify.pages import Page, PlaylistEntry, page_decoder
from bot.spotify.paging import DEFAULT_CONCURRENCY, PAGE_SIZE, Paging
from bot.spotify.uris import Uri

# Spotify's limit for one call that adds, removes or replaces items.
MAX_ITEMS_PER_CALL = 100

# Without these, Spotify leaves out the user's private playlists, and those shared with others.
_LIST_SCOPES = frozenset(("playlist-read-private", "playlist-read-collaborative"))

_decode_page = page_decoder(Playlist)


class PlaylistsApi:
    """`scopes`: the login's scopes; None if they are not known."""

    def __init__(self, api: ApiClient, scopes: Collection[str] | None = None) -> None:
        self._api = api
        self._lists_all = scopes is None or frozenset(scopes) >= _LIST_SCOPES

    def mine(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> OwnPlaylists:
        """The playlists that the user owns or follows.

        Raises MissingScope if Spotify would leave some of them out silently.
        """
        if not self._lists_all:
            raise MissingScope("a list without private or shared playlists")
        return OwnPlaylists(
            self._api, "me/playlists", _decode_page, concurrency=concurrency, newest_first=True
        )

    async def first_pages(
        self, count: int = 1, *, fresh: bool = False
    ) -> tuple[Entries[Playlist], bool]:
        """The first pages of `mine`, without duplicates, and whether there may be more.

        Unless `fresh`, they may be from the cache.
        """
        unique: dict[str | None, Playlist] = {}
        unreadable, more = 0, True
        paging = self.mine()
        for offset in range(0, count * PAGE_SIZE, PAGE_SIZE):
            page = await paging.page(offset, fresh=fresh)
            usable = page.readable.map(lambda playlist: playlist if playlist.uri else None)
            for playlist in usable:
                unique.setdefault(playlist.id, playlist)
            unreadable += usable.unreadable
            more = page.has_more(offset)
            if not more:
                break
        return Entries(unique.values(), unreadable=unreadable), more

    async def get(self, playlist: Uri, *, fresh: bool = True) -> Playlist:
        """The playlist; unless `fresh`, perhaps from the cache.

        Raises NotFound, also for one that Spotify made.
        """
        item = await self._api.get(
            f"playlists/{playlist.id}", decode=partial(decode_item, playlist), fresh=fresh
        )
        assert isinstance(item, Playlist)
        return item

    def items(
        self,
        playlist: Uri,
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        snapshot_id: str | None = None,
    ) -> PlaylistItems:
        """All entries in order, with episodes. Reading them may raise NotPermitted.

        snapshot_id  the one to read; if the playlist has another one, raises LibraryChanged
        """
        return PlaylistItems(self._api, playlist, concurrency, snapshot_id)

    async def open(self, playlist: Uri) -> tuple[Playlist, Page[PlaylistEntry] | None]:
        """The playlist as it is now, with its first page if Spotify shows that to the user.

        Both are of the same snapshot, since one response has both.
        """
        query = {"additional_types": "track,episode"}
        path = f"playlists/{playlist.id}"
        return await self._api.get(path, query, decode=_decode_opened, fresh=True)

    async def create(
        self,
        name: str,
        *,
        public: bool = False,
        collaborative: bool = False,
        description: str = "",
    ) -> Playlist:
        """Create an empty playlist. A collaborative one cannot be public."""
        fields = {
            "name": name,
            "public": public,
            "collaborative": collaborative,
            "description": description,
        }
        response = await self._api.write("POST", "me/playlists", None, fields)
        try:
            playlist = Playlist.decode(response)
        except SpotifyDown as error:
            raise OutcomeUnknown(str(error), message=OUTCOME_UNKNOWN_ELSEWHERE) from None
        if playlist.uri is None:
            raise OutcomeUnknown("a playlist without an ID", message=OUTCOME_UNKNOWN_ELSEWHERE)
        return playlist

    async def edit(
        self,
        playlist: Uri,
        *,
        name: str | None = None,
        public: bool | None = None,
        collaborative: bool | None = None,
        description: str | None = None,
    ) -> None:
        """Change the fields that are not None."""
        fields = {
            "name": name,
            "public": public,
            "collaborative": collaborative,
            "description": description,
        }
        changes = {name: value for name, value in fields.items() if value is not None}
        await self._api.write("PUT", f"playlists/{playlist.id}", None, changes)

    async def add(self, playlist: Uri, *uris: Uri | str, position: int | None = None) -> str | None:
        """Add tracks or episodes at the end or at index `position`; duplicates are allowed.

        Returns the new snapshot ID; None if Spotify did not say it.
        """
        snapshot_id = None
        for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
            body: dict[str, object] = {
                "uris": _uri_strings(uris[start : start + MAX_ITEMS_PER_CALL])
            }
            body |= {} if position is None else {"position": position + start}
            response = await self._api.write("POST", _items_path(playlist), None, body)
            snapshot_id = _snapshot_id(response)
        return snapshot_id

    async def remove(self, playlist: Uri, *uris: Uri | str) -> str | None:
        """Remove every occurrence of these items, which may be local files.

        Returns the new snapshot ID; None if Spotify did not say it.
        """
        snapshot_id = None
        for start in range(0, len(uris), MAX_ITEMS_PER_CALL):
            batch = _uri_strings(uris[start : start + MAX_ITEMS_PER_CALL])
            body = {"items": [{"uri": uri} for uri in batch]}
            response = await self._api.write("DELETE", _items_path(playlist), None, body)
            snapshot_id = _snapshot_id(response)
        return snapshot_id

    async def reorder(self, playlist: Uri, start: int, before: int, *, length: int = 1) -> None:
        """Move `length` entries from index `start` in front of the entry with index `before`."""
        body = {"range_start": start, "insert_before": before, "range_length": length}
        await self._api.write("PUT", _items_path(playlist), None, body)

    async def replace(self, playlist: Uri, *uris: Uri) -> None:
        """Replace all entries: one call replaces MAX_ITEMS_PER_CALL, further calls append."""
        body = {"uris": _uri_strings(uris[:MAX_ITEMS_PER_CALL])}
        await self._api.write("PUT", _items_path(playlist), None, body)
        await self.add(playlist, *uris[MAX_ITEMS_PER_CALL:])


class OwnPlaylists(Paging[Playlist]):
    """The user's playlists, each once. If some may have been skipped, raises LibraryChanged."""

    async def __aiter__(self) -> AsyncIterator[Playlist | None]:
        seen: set[Hashable] = set()
        async for playlist in super().__aiter__():
            identity = playlist.identity if playlist else None
            if identity is None or identity not in seen:
                seen.add(identity)
                yield playlist
            else:  # the user has moved it down meanwhile
                self.read_count -= 1
        if self._pushed_down > self._added:
            raise LibraryChanged("rearranged")

    def _first_unread(self, page: Page[Playlist]) -> int | None:
        index = super()._first_unread(page)
        if index and self._recent.ends_with(page.items[index - 1]) is False:
            raise LibraryChanged("rearranged")
        return index


class PlaylistItems(Paging[PlaylistEntry]):
    """The entries of a playlist. If it is changed during the reading, raises LibraryChanged."""

    _may_repeat = True

    def __init__(
        self, api: ApiClient, playlist: Uri, concurrency: int, snapshot_id: str | None
    ) -> None:
        query = {"additional_types": "track,episode"}
        decode = page_decoder(PlaylistEntry)
        super().__init__(api, _items_path(playlist), decode, query, concurrency=concurrency)
        self._playlist = playlist
        self._snapshot_id = snapshot_id

    async def __aiter__(self) -> AsyncIterator[PlaylistEntry | None]:
        async for entry in super().__aiter__():
            yield entry
        # Two entries can be exchanged without a trace on the pages.
        if self._snapshot_id is not None and (
            await self._fetch_snapshot_id() not in (None, self._snapshot_id)
        ):
            raise LibraryChanged("playlist")

    async def _before_second_page(self) -> None:
        if self._snapshot_id is None:
            self._snapshot_id = await self._fetch_snapshot_id()
        await super()._before_second_page()

    def _note_shift(self, shift: int) -> None:
        if shift:
            raise LibraryChanged("playlist")

    def _first_unread(self, page: Page[PlaylistEntry]) -> int | None:
        """As an entry may be there twice, the page must begin with the entries read last."""
        if not self.read_count:
            return 0
        if not page.items:
            return None
        if self._recent.ends_with(page.items[0]) is not False:
            return 1
        if length := self._recent.common_length(page):
            return length
        if self._snapshot_id is not None and all_known(page.items, self._first_page, self._recent):
            return len(page.items)  # a repetition behind the end, unless the snapshot ID changes
        raise LibraryChanged("rearranged")

    async def _find_position(self, offset: int, shift: int) -> tuple[int, Page[PlaylistEntry], int]:
        """Read a page without entries again, with entries before it."""
        offset = max(0, offset - PAGE_SIZE // 2)
        page = await self._look_up(offset)
        if self.read_count and (length := self._recent.common_length(page)):
            return offset, page, length
        raise LibraryChanged("playlist")

    async def _fetch_snapshot_id(self) -> str | None:
        path = f"playlists/{self._playlist.id}"
        playlist = await self._api.get(path, decode=Playlist.decode, fresh=True)
        return playlist.snapshot_id


def _items_path(playlist: Uri) -> str:
    return f"playlists/{playlist.id}/items"


def _uri_strings(uris: Sequence[Uri | str]) -> list[str]:
    return [str(uri) for uri in uris]


def _decode_opened(body: bytes) -> tuple[Playlist, Page[PlaylistEntry] | None]:
    contents = _FirstPage.decode(body)
    return Playlist.decode(body), contents.items or contents.tracks


def _snapshot_id(response: bytes) -> str | None:
    """The snapshot ID in the response to a write, whose success is its status alone."""
    try:
        return _Snapshot.decode(response).snapshot_id
    except SpotifyDown:
        return None


class _Snapshot(ApiModel, frozen=True):
    snapshot_id: Name | None = None


class _FirstPage(ApiModel, frozen=True):
    """The contents inside a playlist; formerly `tracks`."""

    items: Page[PlaylistEntry] | None = None
    tracks: Page[PlaylistEntry] | None = None
