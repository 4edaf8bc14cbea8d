"""The devices and playlists that a user can choose as their defaults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.accounts.sessions import Sessions
from bot.errors.bot_error import BotError
from bot.errors.login import MissingScope, NeedsLogin
from bot.library.playlists import WritablePlaylists, writable_playlists
from bot.spotify import Spotify
from bot.spotify.entries import Entries
from bot.spotify.models import Device
from bot.store import LinkedAccount

# Seconds to read Spotify: /settings also shows settings that need no call.
FETCH_TIMEOUT = 3.0

T = TypeVar("T")


@dataclass(frozen=True)
class DefaultOptions:
    """What the user can choose, or the error with which Spotify could not be read."""

    devices: Entries[Device] | BotError
    playlists: WritablePlaylists | BotError

    @property
    def needs_login(self) -> bool:
        """Whether a new login would resolve an error."""
        return isinstance(self.devices, NeedsLogin) or isinstance(self.playlists, NeedsLogin)


async def fetch_default_options(sessions: Sessions, account: LinkedAccount) -> DefaultOptions:
    """Read the devices and playlists at the same time. Raises nothing: see DefaultOptions."""

    async def fetch(read: Callable[[Spotify], Awaitable[T]]) -> T | BotError:
        try:
            spotify = await sessions.session(account.discord_id)
            return await read(spotify.with_timeout(timeout=FETCH_TIMEOUT))
        except BotError as error:
            return error

    async def devices(spotify: Spotify) -> Entries[Device]:
        return await spotify.player.devices()

    async def playlists(spotify: Spotify) -> WritablePlaylists:
        if "playlist-modify-private" not in account.scopes.split():
            raise MissingScope("for playlists")
        return await writable_playlists(spotify)

    return DefaultOptions(*await asyncio.gather(fetch(devices), fetch(playlists)))
