"""Renewals that can be watched, counted and held back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.accounts import Accounts
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.ledger import Ledger
from tests.linking.slow import Line, Pause, SlowLogin

PATIENCE = 5.0
INVALID_GRANT = '{"error":"invalid_grant","error_description":"Refresh token revoked"}'
PEOPLE = ("ada", "grace", "linus")


def renewals(spotify: Spotify) -> int:
    asked = (exchange.request_body for exchange in spotify.accounts_recording.exchanges)
    return sum(b"grant_type=refresh_token" in body for body in asked)


def accounts(stage: Stage) -> Accounts:
    assert stage.bot is not None
    return stage.bot.accounts


def number(stage: Stage, user: str = "ada") -> int:
    return int(stage.discord.world.users[user].id)


def stored(stage: Stage, user: str = "ada") -> dict[str, Any] | None:
    return Ledger.read(stage.settings.database).links.get(number(stage, user))


async def player(stage: Stage, user: str = "ada") -> object:
    """What a command does: who is it, and what plays there."""
    session = await accounts(stage).session(number(stage, user))
    return await session.player.state()


@asynccontextmanager
async def held_back(part: object, kind: type[Line]) -> AsyncIterator[Pause]:
    """The next answer of this part is held back; within, others do what they like meanwhile."""
    part.__class__ = kind
    assert isinstance(part, Line)
    pause = part.pause = Pause()
    async with asyncio.timeout(PATIENCE):
        try:
            yield pause
        finally:
            pause.over.set()


def slow_renewal(stage: Stage) -> Any:
    """Spotify has renewed, and its answer is on its way."""
    stage.spotify.expire_access_tokens()
    return held_back(accounts(stage)._login, SlowLogin)
