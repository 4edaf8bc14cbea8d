"""Saves and unsaves items of a user's library, and reports that to the live panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.errors.bot_error import BotError
from bot.spotify import Spotify
from bot.spotify.uris import Uri


class SavedCallback(Protocol):
    """Called with the user's Discord ID, the items, and whether they are saved now."""

    def __call__(self, user_id: int, /, *uris: Uri, saved: bool) -> None: ...


class SavedItems:
    def __init__(self, on_saved: SavedCallback) -> None:
        self._on_saved = on_saved

    async def save(self, spotify: Spotify, user_id: int, *uris: Uri) -> None:
        """Save the items, or follow artists and playlists, with one call. Raises SpotifyError."""
        await spotify.library.save(*uris)
        self._on_saved(user_id, *uris, saved=True)

    async def remove(self, spotify: Spotify, user_id: int, *uris: Uri) -> None:
        """Unsave the items, unfollow artists, delete own playlists. Raises SpotifyError."""
        await spotify.library.remove(*uris)
        self._on_saved(user_id, *uris, saved=False)


async def saved_among(spotify: Spotify, uris: Sequence[Uri]) -> frozenset[Uri]:
    """Those that the user has saved, by one call for 40; empty if that cannot be read."""
    if spotify.is_app or not uris:
        return frozenset()
    try:
        flags = await spotify.library.contains(*uris)
    except BotError:
        return frozenset()
    return frozenset(uri for uri, saved in zip(uris, flags, strict=True) if saved)
