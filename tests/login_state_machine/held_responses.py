"""Answers that can be held back on their way to the bot, for as long as a test likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.login.discord_oauth import DiscordOAuth
from bot.spotify.oauth import SpotifyOAuth, TokenResponse
from bot.store.accounts import AccountTable, LinkedAccount
from sandbox.fault_injection import Fault

HOLD_TIMEOUT_S = 5.0


class ResponseHold:
    """`arrived` is set once the answer exists; it goes on its way when `over` is set."""

    def __init__(self) -> None:
        self.response_ready = asyncio.Event()
        self.released = asyncio.Event()


@asynccontextmanager
async def released_at_exit(hold: ResponseHold) -> AsyncIterator[ResponseHold]:
    """Within, others do what they like while the answer is on its way."""
    async with asyncio.timeout(HOLD_TIMEOUT_S):
        try:
            yield hold
        finally:
            hold.released.set()


@dataclass
class HeldResponse(Fault):
    """On the wire: the call takes effect, and its true answer is held back."""

    hold: ResponseHold = field(default_factory=ResponseHold)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        self.hold.response_ready.set()
        await self.hold.released.wait()
        return answer


class HoldMixin:
    """Part of a bot that is made for it: holds the next answer back where a pause is wanted."""

    next_hold: ResponseHold | None = None

    async def wait_if_held(self) -> None:
        pause, self.next_hold = self.next_hold, None
        if pause is not None:
            pause.response_ready.set()
            await pause.released.wait()


class HeldSpotifyOAuth(HoldMixin, SpotifyOAuth):
    """Spotify's login. `asked` counts what was asked of the token endpoint."""

    token_request_count = 0

    async def exchange_code(self, client_id: str, code: str, verifier: str) -> TokenResponse:
        self.token_request_count += 1
        try:
            return await super().exchange_code(client_id, code, verifier)
        finally:
            await self.wait_if_held()

    async def refresh(self, client_id: str, refresh_token: str) -> TokenResponse:
        self.token_request_count += 1
        try:
            return await super().refresh(client_id, refresh_token)
        finally:
            await self.wait_if_held()


class HeldDiscordOAuth(HoldMixin, DiscordOAuth):
    """Discord's sign-in."""

    async def fetch_user_id(self, application_id: int, code: str) -> int:
        try:
            return await super().fetch_user_id(application_id, code)
        finally:
            await self.wait_if_held()


class HeldAccountTable(HoldMixin, AccountTable):
    """The store's table of links."""


class HeldLinkLookups(HeldAccountTable):
    """Its answer to whose link it is."""

    async def get(self, discord_id: int) -> LinkedAccount | None:
        try:
            return await super().get(discord_id)
        finally:
            await self.wait_if_held()


class HeldGenerationChecks(HeldAccountTable):
    """Its answer to whether a link is still the same."""

    async def is_unchanged(self, link: LinkedAccount) -> bool:
        try:
            return await super().is_unchanged(link)
        finally:
            await self.wait_if_held()
