"""Makes clients of the pretend Spotify, as the bot does for the people who are linked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import aiohttp

from bot.spotify import Spotify, Transport
from bot.spotify.gate import Gate
from sandbox.clock import Clock
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.login import SCOPES


class Tokens:
    """A TokenSource for one person: the same token until it is refused, then a fresh one.

    given    every token, oldest first
    refused  those that Spotify refused, oldest first
    """

    def __init__(
        self, pretend: Pretend, account: str | None, scopes: Iterable[str], app: str
    ) -> None:
        self._pretend = pretend
        self._account = account
        self._scopes = tuple(scopes)
        self._app = app
        self.given: list[str] = []
        self.refused: list[str] = []

    @property
    def renewals(self) -> int:
        """How often a token was asked for because the last one had been refused."""
        return len(self.refused)

    async def __call__(self, refused: str | None) -> str:
        if refused is not None:
            self.refused.append(refused)
        if not self.given or self.given[-1] == refused:
            token = self._pretend.access_token(self._account, *self._scopes, client_id=self._app)
            self.given.append(token)
        return self.given[-1]


class Clients:
    """Call it for a client. `transport` and `tokens` are those of the one that was made last."""

    def __init__(self, pretend: Pretend, http: aiohttp.ClientSession, clock: Clock) -> None:
        self._pretend = pretend
        self._http = http
        self._clock = clock
        self.transport: Transport
        self.tokens: Tokens

    def __call__(
        self,
        account: str | None = "ada",
        *,
        scopes: Iterable[str] = tuple(SCOPES),
        app: str | None = None,
        within: float | None = None,
        background: bool = False,
        keeps: bool = False,
        gate: Gate | None = None,
        transport: Transport | None = None,
        **options: Any,
    ) -> Spotify:
        """The Web API as this person, or as an app without one.

        keeps      whether personal answers are kept for a while, as the bot does
        transport  that of another client, to share its gate and what it keeps
        options    of a new Transport, which has the pretend Spotify's clock
        """
        told = {"gate": gate or Gate(self._clock), "clock": self._clock, **options}
        self.transport = transport or Transport(self._http, self._pretend.api_url, **told)
        app = app or self._pretend.client_id
        self.tokens = Tokens(self._pretend, account, scopes, app)
        return Spotify(
            self.transport,
            self.tokens,
            app=app,
            account=(account or app) if keeps else "",
            within=within,
            background=background,
        )
