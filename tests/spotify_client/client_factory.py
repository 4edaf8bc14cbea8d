"""Makes clients of the simulated Spotify, as the bot does for linked users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import aiohttp

from bot.spotify import Spotify, Transport
from bot.spotify.rate_limiter import RateLimiter
from sandbox.clock import Clock
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.oauth import SCOPE_DESCRIPTIONS


class FakeTokenSource:
    """A TokenSource for one user: the same token until it is refused, then a new one.

    given    every token, oldest first
    refused  those that Spotify refused, oldest first
    """

    def __init__(
        self, fake: FakeSpotify, account: str | None, scopes: Iterable[str], app: str
    ) -> None:
        self._fake = fake
        self._account = account
        self._scopes = tuple(scopes)
        self._app = app
        self.issued: list[str] = []
        self.refused: list[str] = []

    @property
    def renewals(self) -> int:
        """The number of requests for a new token after a refusal."""
        return len(self.refused)

    async def __call__(self, refused: str | None) -> str:
        if refused is not None:
            self.refused.append(refused)
        if not self.issued or self.issued[-1] == refused:
            token = self._fake.issue_access_token(self._account, *self._scopes, client_id=self._app)
            self.issued.append(token)
        return self.issued[-1]


class ClientFactory:
    """Call it to make a client. `transport` and `tokens` belong to the newest client."""

    def __init__(self, fake: FakeSpotify, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._fake = fake
        self._http = http
        self._clock = clock
        self.transport: Transport
        self.token_source: FakeTokenSource

    def __call__(
        self,
        account: str | None = "ada",
        *,
        scopes: Iterable[str] = tuple(SCOPE_DESCRIPTIONS),
        app: str | None = None,
        within: float | None = None,
        background: bool = False,
        cached: bool = False,
        gate: RateLimiter | None = None,
        transport: Transport | None = None,
        **options: Any,
    ) -> Spotify:
        """The Web API as this user, or as an app without a user.

        cached     whether personal answers are kept for a while, as the bot does
        transport  that of another client, to share its gate and what it keeps
        options    of a new Transport, which has the simulated Spotify's clock
        """
        told = {
            "limiter": gate or RateLimiter(now=self._clock, monotonic=self._clock.monotonic),
            "now": self._clock,
            "monotonic": self._clock.monotonic,
            **options,
        }
        self.transport = transport or Transport(self._http, self._fake.api_url, **told)
        app = app or self._fake.client_id
        self.token_source = FakeTokenSource(self._fake, account, scopes, app)
        return Spotify(
            self.transport,
            self.token_source,
            client_id=app,
            account=(account or app) if cached else "",
            timeout=within,
            background=background,
        )
