"""Playlists: developer.spotify.com, Web API, Playlists. Only one's own can be read or changed.

Raises Forbidden for those of others, and OutcomeUnknown where a change may have been made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from bot.errors import LibraryChanged, OutcomeUnknown, SpotifyDown
from bot.spotify.caller import Caller
from bot.spotify.lists import PlaylistEntry, page_of
from bot.spotify.models import Playlist
from bot.spotify.paging import FLIGHTS, PAGE, Paging
from bot.spotify.uris import Uri

# The most items that one call adds, removes or puts.
AT_ONCE = 100

_MINE = page_of(Playlist)


class Playlists:
    def __init__(self, call: Caller) -> None:
        self._call = call

    def mine(self, *, flights: int = FLIGHTS) -> Paging[Playlist]:
        """One's own and those one follows; without a scope for some, they are left out."""
        return Paging(
            self._call, "me/playlists", _MINE, flights=flights, overlap=1, grows_at_top=True
        )

    async def first(self) -> list[Playlist]:
        """The first PAGE of `mine`, as they were some minutes ago, each once."""
        page = await self.mine().page()
        return list({one.id: one for one in page.items if one and one.uri}.values())

    def items(self, playlist: Uri, *, flights: int = FLIGHTS) -> PlaylistItems:
        """All entries in order, episodes among them. Forbidden unless owned or collaborated on."""
        return PlaylistItems(self._call, playlist, flights)

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
        made = await self._call.write("POST", "me/playlists", None, wish)
        try:
            return Playlist.read(made)
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
        await self._call.write("PUT", f"playlists/{playlist.id}", None, given)

    async def add(self, playlist: Uri, *uris: Uri, position: int | None = None) -> None:
        """Add tracks or episodes at the end or at `position`; what is there already comes twice."""
        for start in range(0, len(uris), AT_ONCE):
            wish: dict[str, object] = {"uris": _texts(uris[start : start + AT_ONCE])}
            wish |= {} if position is None else {"position": position + start}
            await self._call.write("POST", _items(playlist), None, wish)

    async def remove(self, playlist: Uri, *uris: Uri) -> None:
        """Every copy of each goes."""
        for start in range(0, len(uris), AT_ONCE):
            gone = [{"uri": uri} for uri in _texts(uris[start : start + AT_ONCE])]
            await self._call.write("DELETE", _items(playlist), None, {"items": gone})

    async def reorder(self, playlist: Uri, start: int, before: int, *, length: int = 1) -> None:
        """Move `length` entries from place `start` to in front of place `before`."""
        wish = {"range_start": start, "insert_before": before, "range_length": length}
        await self._call.write("PUT", _items(playlist), None, wish)

    async def replace(self, playlist: Uri, *uris: Uri) -> None:
        """Put these in the place of all that is there. The first AT_ONCE replace, others follow."""
        wish = {"uris": _texts(uris[:AT_ONCE])}
        await self._call.write("PUT", _items(playlist), None, wish)
        await self.add(playlist, *uris[AT_ONCE:])


class PlaylistItems(Paging[PlaylistEntry]):
    """The entries of a playlist. Where it was rearranged meanwhile, LibraryChanged at the end."""

    def __init__(self, call: Caller, playlist: Uri, flights: int) -> None:
        query = {"additional_types": "track,episode"}
        read = page_of(PlaylistEntry)
        super().__init__(call, _items(playlist), read, query, flights=flights, overlap=1)
        self._playlist = playlist

        self._snapshot: str | None = None

    async def __aiter__(self) -> AsyncIterator[PlaylistEntry | None]:
        async for entry in super().__aiter__():
            yield entry
        # Entries can change places under the reader without any page showing it.
        moved = self._snapshot is not None and await self._version() != self._snapshot
        if moved or (self.changed and self.read != self.total):
            raise LibraryChanged("playlist")

    async def _begun(self) -> None:
        if (self.total or 0) > PAGE:
            self._snapshot = await self._version()

    async def _version(self) -> str | None:
        path = f"playlists/{self._playlist.id}"
        playlist = await self._call.get(path, read=Playlist.read, fresh=True)
        return playlist.snapshot_id


def _items(playlist: Uri) -> str:
    return f"playlists/{playlist.id}/items"


def _texts(uris: Sequence[Uri]) -> list[str]:
    return [str(uri) for uri in uris]
