"""The app's own access token, for the catalogue only (OAuth's Client Credentials flow)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.spotify.oauth import SpotifyOAuth

# Seconds before the end of a token's lifetime at which it is renewed.
_RENEWAL_MARGIN = 60.0


class AppToken:
    """A TokenSource without a user. Raises InvalidClientSecret, AppGone, SpotifyDown."""

    def __init__(
        self, oauth: SpotifyOAuth, client_id: str, secret: str, *, monotonic: Callable[[], float]
    ) -> None:
        self._oauth = oauth
        self.client_id = client_id
        self._secret = secret
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._value = ""
        self._expires_at = 0.0

    async def __call__(self, refused: str | None) -> str:
        async with self._lock:
            if self._value in ("", refused) or self._expires_at <= self._monotonic():
                grant = await self._oauth.client_credentials(self.client_id, self._secret)
                self._value = grant.access_token
                self._expires_at = self._monotonic() + grant.expires_in - _RENEWAL_MARGIN
            return self._value
