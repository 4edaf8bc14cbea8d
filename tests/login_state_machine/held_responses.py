"""Holds responses of the services and of the store until a test releases them."""

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

HOLD_TIMEOUT_S = 40.0


class ResponseHold:
    """A response is held from `response_ready` until a test sets `released`."""

    def __init__(self) -> None:
        self.response_ready = asyncio.Event()
        self.released = asyncio.Event()


@asynccontextmanager
async def released_at_exit(hold: ResponseHold) -> AsyncIterator[ResponseHold]:
    """A context in which the response is held; at most HOLD_TIMEOUT_S seconds."""
    async with asyncio.timeout(HOLD_TIMEOUT_S):
        try:
            yield hold
        finally:
            hold.released.set()


@dataclass
class HeldResponse(Fault):
    """A fault of a simulated service: the call takes effect, and its response is held."""

    hold: ResponseHold = field(default_factory=ResponseHold)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        self.hold.response_ready.set()
        await self.hold.released.wait()
        return response


@dataclass
class HeldRequest(HeldResponse):
    """A fault of a simulated service: a call is held before it takes effect."""

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.hold.response_ready.set()
        await self.hold.released.wait()
        return await handler(request)


class HoldMixin:
    """For a subclass of a part of the bot: holds its next result if `next_hold` is set."""

    next_hold: ResponseHold | None = None

    async def wait_if_held(self) -> None:
        hold, self.next_hold = self.next_hold, None
        if hold is not None:
            hold.response_ready.set()
            await hold.released.wait()


class HeldSpotifyOAuth(HoldMixin, SpotifyOAuth):
    """Spotify's OAuth client; counts its token requests, and sends no code twice."""

    token_request_count = 0
    sent_codes: frozenset[str] = frozenset()

    async def exchange_code(self, client_id: str, code: str, verifier: str) -> TokenResponse:
        self.token_request_count += 1
        assert code not in self.sent_codes, "a code is exchanged twice"
        self.sent_codes |= {code}
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
    """Discord's OAuth client; it sends no code twice."""

    sent_codes: frozenset[str] = frozenset()

    async def fetch_user_id(self, application_id: int, code: str) -> int:
        assert code not in self.sent_codes, "a code is exchanged twice"
        self.sent_codes |= {code}
        try:
            return await super().fetch_user_id(application_id, code)
        finally:
            await self.wait_if_held()


class HeldAccountTable(HoldMixin, AccountTable):
    """The store's table of linked accounts."""


class HeldAccountLookups(HeldAccountTable):
    """Holds the linked account of a user."""

    async def get(self, discord_id: int) -> LinkedAccount | None:
        try:
            return await super().get(discord_id)
        finally:
            await self.wait_if_held()


class HeldRefreshTokens(HeldAccountTable):
    """Holds that a new refresh token is stored, while others can read its row already."""

    async def renew(self, account: LinkedAccount, refresh_token: str) -> int | None:
        try:
            return await super().renew(account, refresh_token)
        finally:
            await self.wait_if_held()


class HeldVersionChecks(HeldAccountTable):
    """Holds whether a linked account is unchanged."""

    async def is_unchanged(self, account: LinkedAccount) -> bool:
        try:
            return await super().is_unchanged(account)
        finally:
            await self.wait_if_held()
