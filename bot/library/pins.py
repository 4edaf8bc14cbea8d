"""Pins what a user plays often: anything with a link."""

from __future__ import annotations

from bot.accounts.sessions import Sessions
from bot.errors.content import PinNeedsName, UnreadableLink
from bot.errors.spotify import NotFound, NotPermitted
from bot.library.playlist_lookup import find_playlist
from bot.spotify import Spotify
from bot.spotify.links import find_links
from bot.spotify.uris import Kind, Uri
from bot.store import Pin, Store
from bot.text.escape import single_line

_NO_ITEM = "That link can’t be pinned. Use one to an album, artist, playlist, show or song."


class Pins:
    def __init__(self, sessions: Sessions, store: Store) -> None:
        self._sessions = sessions
        self._pins = store.pins
        self._preferences = store.preferences

    async def of(self, user_id: int) -> list[Pin]:
        """The user's pins, oldest first. Raises StorageError."""
        return await self._pins.of(user_id)

    async def preferred_playlists(self, user_id: int) -> list[str]:
        """The IDs of the default playlist and of pinned ones, which come first in a choice."""
        default = (await self._preferences.get(user_id)).playlist
        pins = [pin.uri for pin in await self._pins.of(user_id)]
        prefix = f"spotify:{Kind.PLAYLIST}:"
        pinned = [uri.removeprefix(prefix) for uri in pins if uri.startswith(prefix)]
        return list(dict.fromkeys([default.id, *pinned] if default else pinned))

    async def add(self, user_id: int, what: str, name: str | None = None) -> Pin:
        """Pin the item of a link, or the user's playlist of that name, under this name or its own.

        Raises PinNeedsName for a playlist whose name apps cannot read, TooManyPins, UnreadableLink
        and what `find_playlist` does.
        """
        spotify = await self._sessions.session(user_id)
        uri, own_name = await self._find(spotify, what)
        pin_name = single_line(name) or single_line(own_name)
        if not pin_name:
            raise PinNeedsName
        pin = Pin(str(uri), pin_name)
        await self._pins.set(user_id, pin)
        return pin

    async def remove(self, user_id: int, uri: str) -> bool:
        """Whether it was a pin."""
        return await self._pins.remove(user_id, uri)

    async def _find(self, spotify: Spotify, what: str) -> tuple[Uri, str | None]:
        """The item and its name; None for a playlist that Spotify does not show to apps."""
        if not find_links(what):
            playlist, _ = await find_playlist(spotify, what)
            return playlist.require_uri(), playlist.name
        match await spotify.resolve_links(what, max_links=1):
            case [Uri() as uri]:
                pass
            case _:
                raise UnreadableLink("no item", message=_NO_ITEM)
        try:
            item = await spotify.catalogue.item(uri)
        except (NotFound, NotPermitted):
            if uri.kind != Kind.PLAYLIST:
                raise
            return uri, None
        return item.require_uri(), item.name
