"""An app's own access token: for the catalogue, without any user (Client Credentials flow)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.spotify.login import Login

# Renewed this many seconds before Spotify would refuse it.
_EARLY = 60.0


class AppToken:
    """A TokenSource for whom no user is needed. Raises AppSecretRefused, SpotifyDown."""

    def __init__(
        self, login: Login, client_id: str, secret: str, clock: Callable[[], float]
    ) -> None:
        self._login = login
        self.client_id = client_id
        self._secret = secret
        self._clock = clock
        self._turn = asyncio.Lock()
        self._value = ""
        self._ends = 0.0

    async def __call__(self, refused: str | None) -> str:
        async with self._turn:
            if self._value in ("", refused) or self._ends <= self._clock():
                grant = await self._login.as_app(self.client_id, self._secret)
                self._value = grant.access_token
                self._ends = self._clock() + grant.expires_in - _EARLY
            return self._value
