"""Answers that can be held back on their way to the bot, for as long as a test likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.links.signin import SignIn
from bot.spotify.login import Grant, Login
from bot.store.links import Link, LinkTable
from sandbox.faults import Fault

PATIENCE = 5.0


class Pause:
    """`arrived` is set once the answer exists; it goes on its way when `over` is set."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.over = asyncio.Event()


@asynccontextmanager
async def held_back(pause: Pause) -> AsyncIterator[Pause]:
    """Within, others do what they like while the answer is on its way."""
    async with asyncio.timeout(PATIENCE):
        try:
            yield pause
        finally:
            pause.over.set()


@dataclass
class HeldBack(Fault):
    """On the wire: the call takes effect, and its true answer is held back."""

    pause: Pause = field(default_factory=Pause)

    async def commit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        self.pause.arrived.set()
        await self.pause.over.wait()
        return answer


class Line:
    """Part of a bot that is made for it: holds the next answer back where a pause is wanted."""

    pause: Pause | None = None

    async def hold(self) -> None:
        pause, self.pause = self.pause, None
        if pause is not None:
            pause.arrived.set()
            await pause.over.wait()


class SlowLogin(Line, Login):
    """Spotify's login. `asked` counts what was asked of the token endpoint."""

    asked = 0

    async def exchange(self, client_id: str, code: str, verifier: str) -> Grant:
        self.asked += 1
        try:
            return await super().exchange(client_id, code, verifier)
        finally:
            await self.hold()

    async def refresh(self, client_id: str, refresh_token: str) -> Grant:
        self.asked += 1
        try:
            return await super().refresh(client_id, refresh_token)
        finally:
            await self.hold()


class SlowSignIn(Line, SignIn):
    """Discord's sign-in."""

    async def who(self, application_id: int, code: str) -> int:
        try:
            return await super().who(application_id, code)
        finally:
            await self.hold()


class SlowTable(Line, LinkTable):
    """The store's table of links."""


class SlowReads(SlowTable):
    """Its answer to whose link it is."""

    async def of(self, discord_id: int) -> Link | None:
        try:
            return await super().of(discord_id)
        finally:
            await self.hold()


class SlowChecks(SlowTable):
    """Its answer to whether a link is still the same."""

    async def current(self, link: Link) -> bool:
        try:
            return await super().current(link)
        finally:
            await self.hold()
