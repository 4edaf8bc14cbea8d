"""Playlists: developer.spotify.com, Web API, Playlists.

An app reads and changes only playlists that the user owns or collaborates on; calls for others
raise NotPermitted. Writes raise OutcomeUnknown if the change may have been made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from bot.errors.login import MissingScope
from bot.errors.refusals import OUTCOME_UNKNOWN_ELSEWHERE
from bot.errors.spotify import OutcomeUnknown, SpotifyDown
from bot.spotify.api_client import ApiClient
from bot.spotify.catalogue import decode_item
from bot.spotify.entries import Entries
from bot.spotify.models import Playlist
from bot.spotify.pages import FirstPlaylistPage, Page, PlaylistEntry, Snapshot, page_decoder
from bot.spotify.paging import DEFAULT_CONCURRENCY, PAGE_SIZE
from bot.spotify.playlist_paging import OwnPlaylistPaging, PlaylistItemPaging, items_path
from bot.spotify.raw_entries import RawEntry, raw_member, raw_page_decoder
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

    def mine(self, *, concurrency: int = DEFAULT_CONCURRENCY) -> OwnPlaylistPaging:
        """The playlists that the user owns or follows.

        Raises MissingScope if Spotify would leave some of them out silently.
        """
        if not self._lists_all:
            raise MissingScope("a list without private or shared playlists")
        return OwnPlaylistPaging(
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
    ) -> PlaylistItemPaging[PlaylistEntry]:
        """All entries in order, with episodes. Reading them may raise NotPermitted.

        snapshot_id  the one to read; if the playlist has another one, raises LibraryChanged
        """
        decode = page_decoder(PlaylistEntry)
        return PlaylistItemPaging(self._api, playlist, decode, concurrency, snapshot_id)

    def raw_items(
        self, playlist: Uri, snapshot_id: str | None = None, *, keep_json: bool = True
    ) -> PlaylistItemPaging[RawEntry[PlaylistEntry]]:
        """As `items`, with Spotify's JSON."""
        decode = raw_page_decoder(PlaylistEntry, keep_json=keep_json)
        return PlaylistItemPaging(self._api, playlist, decode, DEFAULT_CONCURRENCY, snapshot_id)

    async def open(self, playlist: Uri) -> tuple[Playlist, Page[PlaylistEntry] | None]:
        """The playlist as it is now, with its first page if Spotify shows that to the user.

        Both are of the same snapshot, since one response has both.
        """
        query = {"additional_types": "track,episode"}
        path = f"playlists/{playlist.id}"
        return await self._api.get(path, query, decode=_decode_opened, fresh=True)

    async def open_raw(
        self, playlist: Uri
    ) -> tuple[Playlist, Page[RawEntry[PlaylistEntry]] | None]:
        """As `open`, with Spotify's JSON of the entries."""
        query = {"additional_types": "track,episode"}
        path = f"playlists/{playlist.id}"
        return await self._api.get(path, query, decode=_decode_opened_raw, fresh=True)

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
            response = await self._api.write("POST", items_path(playlist), None, body)
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
            response = await self._api.write("DELETE", items_path(playlist), None, body)
            snapshot_id = _snapshot_id(response)
        return snapshot_id

    async def reorder(
        self,
        playlist: Uri,
        start: int,
        before: int,
        *,
        length: int = 1,
        snapshot_id: str | None = None,
    ) -> str | None:
        """Move `length` entries from index `start` in front of the entry with index `before`.

        snapshot_id  the one that the indices refer to; None for the current one

        Returns the new snapshot ID; None if Spotify did not say it.
        """
        body: dict[str, object] = {
            "range_start": start,
            "insert_before": before,
            "range_length": length,
        }
        body |= {} if snapshot_id is None else {"snapshot_id": snapshot_id}
        response = await self._api.write("PUT", items_path(playlist), None, body)
        return _snapshot_id(response)

    async def replace(self, playlist: Uri, *uris: Uri) -> None:
        """Replace all entries: one call replaces MAX_ITEMS_PER_CALL, further calls append."""
        body = {"uris": _uri_strings(uris[:MAX_ITEMS_PER_CALL])}
        await self._api.write("PUT", items_path(playlist), None, body)
        await self.add(playlist, *uris[MAX_ITEMS_PER_CALL:])


def _uri_strings(uris: Sequence[Uri | str]) -> list[str]:
    return [str(uri) for uri in uris]


def _decode_opened(body: bytes) -> tuple[Playlist, Page[PlaylistEntry] | None]:
    contents = FirstPlaylistPage.decode(body)
    return Playlist.decode(body), contents.items or contents.tracks


def _decode_opened_raw(body: bytes) -> tuple[Playlist, Page[RawEntry[PlaylistEntry]] | None]:
    page = raw_member(body, "items") or raw_member(body, "tracks")
    return Playlist.decode(body), raw_page_decoder(PlaylistEntry)(page) if page else None


def _snapshot_id(response: bytes) -> str | None:
    """The snapshot ID in the response to a write, whose success is its status alone."""
    try:
        return Snapshot.decode(response).snapshot_id
    except SpotifyDown:
        return None
