"""What somebody can choose as their device and playlist, or why that cannot be told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import MissingScope, NeedsLogin
from bot.spotify import Spotify
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE_SIZE
from bot.store import LinkedAccount, Preferences, SavedDefault
from bot.views import settings
from bot.views.settings import DefaultMenus, Menu

# Seconds for Spotify: the other settings are not to wait for it longer.
FETCH_TIMEOUT = 3.0


class DefaultOptions:
    """`operator` is whom to ask, where a refusal names somebody."""

    def __init__(self, accounts: Sessions, operator: str) -> None:
        self._accounts = accounts
        self._operator = operator

    async def fetch(self, link: LinkedAccount, kept: Preferences) -> DefaultMenus:
        """For the person of this link. Whatever Spotify refuses is said in the menu's note."""

        async def devices(spotify: Spotify) -> Menu:
            return settings.device_menu(await spotify.player.devices(), kept.device)

        async def playlists(spotify: Spotify) -> Menu:
            if "playlist-modify-private" not in link.scopes.split():
                raise MissingScope("for playlists")
            found, me = await asyncio.gather(
                spotify.playlists.first_page(), spotify.profile.me(fresh=False)
            )
            own = [one for one in found if can_add_to(one, me.id)]
            return settings.playlist_menu(own, kept.playlist, more=len(found) == PAGE_SIZE)

        (device, one), (playlist, other) = await asyncio.gather(
            self._menu(link, devices, kept.device), self._menu(link, playlists, kept.playlist)
        )
        return DefaultMenus(device, playlist, login=one or other)

    async def _menu(
        self,
        link: LinkedAccount,
        read: Callable[[Spotify], Awaitable[Menu]],
        favourite: SavedDefault | None,
    ) -> tuple[Menu, bool]:
        """The menu, and whether a login would help it."""
        try:
            spotify = await self._accounts.session(link.discord_id)
            return await read(spotify.with_timeout(timeout=FETCH_TIMEOUT)), False
        except BotError as fault:
            menu = settings.unavailable_menu(fault.render(self._operator), favourite)
            return menu, isinstance(fault, NeedsLogin)


def can_add_to(playlist: Playlist, user_id: str | None) -> bool:
    """Whether this user may add to it: it is theirs, or made together with others."""
    owner = playlist.owner.id if playlist.owner else None
    return bool(playlist.collaborative or (owner is not None and owner == user_id))
