"""Saves items to a user's library, and reports them to the live panels."""

from __future__ import annotations

from typing import Protocol

from bot.spotify import Spotify
from bot.spotify.uris import Uri


class SavedCallback(Protocol):
    """Called with the user's Discord ID and the items that they saved."""

    def __call__(self, user_id: int, /, *uris: Uri) -> None: ...


class SavedItems:
    def __init__(self, on_saved: SavedCallback) -> None:
        self._on_saved = on_saved

    async def save(self, spotify: Spotify, user_id: int, *uris: Uri) -> None:
        """Save the items, or follow artists and playlists, with one call. Raises SpotifyError."""
        await spotify.library.save(*uris)
        self._on_saved(user_id, *uris)
