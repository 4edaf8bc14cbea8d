"""Reads the user's playlists, and what is in one, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable
from typing import TypeVar

from bot.errors.spotify import LibraryChanged
from bot.spotify.api_client import ApiClient
from bot.spotify.api_model import ApiModel
from bot.spotify.list_position import all_known
from bot.spotify.models import Playlist
from bot.spotify.pages import Page
from bot.spotify.paging import PAGE_SIZE, Paging
from bot.spotify.uris import Uri

E = TypeVar("E", bound=ApiModel)


def items_path(playlist: Uri) -> str:
    return f"playlists/{playlist.id}/items"


class OwnPlaylistPaging(Paging[Playlist]):
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


class PlaylistItemPaging(Paging[E]):
    """The entries of a playlist. If it is changed during the reading, raises LibraryChanged."""

    _may_repeat = True

    def __init__(
        self,
        api: ApiClient,
        playlist: Uri,
        decode: Callable[[bytes], Page[E]],
        concurrency: int,
        snapshot_id: str | None,
    ) -> None:
        query = {"additional_types": "track,episode"}
        super().__init__(api, items_path(playlist), decode, query, concurrency=concurrency)
        self._playlist = playlist
        self._snapshot_id = snapshot_id

    async def __aiter__(self) -> AsyncIterator[E | None]:
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

    def _first_unread(self, page: Page[E]) -> int | None:
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

    async def _find_position(self, offset: int, shift: int) -> tuple[int, Page[E], int]:
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
