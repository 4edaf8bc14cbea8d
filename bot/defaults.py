"""What somebody can choose as their device and playlist, or why that cannot be told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.accounts import Accounts
from bot.errors import Fault, MissingScope, NeedsLogin
from bot.spotify import Spotify
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE
from bot.store import Favourite, Link, Preferences
from bot.ui import settings
from bot.ui.settings import Choices, Menu

# Seconds for Spotify: the other settings are not to wait for it longer.
WITHIN = 3.0


class Defaults:
    """`operator` is whom to ask, where a refusal names somebody."""

    def __init__(self, accounts: Accounts, operator: str) -> None:
        self._accounts = accounts
        self._operator = operator

    async def choices(self, link: Link, kept: Preferences) -> Choices:
        """For the person of this link. Whatever Spotify refuses is said in the menu's note."""

        async def devices(spotify: Spotify) -> Menu:
            return settings.devices(await spotify.player.devices(), kept.device)

        async def playlists(spotify: Spotify) -> Menu:
            if "playlist-modify-private" not in link.scopes.split():
                raise MissingScope("for playlists")
            found, me = await asyncio.gather(
                spotify.playlists.first(), spotify.profile.me(fresh=False)
            )
            own = [one for one in found if can_add(one, me.id)]
            return settings.playlists(own, kept.playlist, more=len(found) == PAGE)

        (device, one), (playlist, other) = await asyncio.gather(
            self._menu(link, devices, kept.device), self._menu(link, playlists, kept.playlist)
        )
        return Choices(device, playlist, login=one or other)

    async def _menu(
        self,
        link: Link,
        read: Callable[[Spotify], Awaitable[Menu]],
        favourite: Favourite | None,
    ) -> tuple[Menu, bool]:
        """The menu, and whether a login would help it."""
        try:
            spotify = await self._accounts.session(link.discord_id)
            return await read(spotify.anew(within=WITHIN)), False
        except Fault as fault:
            menu = settings.unreadable(fault.said(self._operator), favourite)
            return menu, isinstance(fault, NeedsLogin)


def can_add(playlist: Playlist, user_id: str | None) -> bool:
    """Whether this user may add to it: it is theirs, or made together with others."""
    owner = playlist.owner.id if playlist.owner else None
    return bool(playlist.collaborative or (owner is not None and owner == user_id))
