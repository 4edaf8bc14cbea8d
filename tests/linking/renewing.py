"""Renewals that can be watched, counted and held back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp

from bot.accounts import Accounts
from bot.app import open_store
from bot.metrics import Metrics
from bot.quota import Quota
from bot.spotify.login import Login
from bot.spotify.transport import Transport
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.ledger import Ledger
from tests.linking.slow import HeldBack, Pause, SlowTable, held_back

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
async def reopened(
    stage: Stage, kind: type[SlowTable]
) -> AsyncIterator[tuple[Accounts, SlowTable]]:
    """The accounts alone, on the file of the bot, which is stopped; and their table of links."""
    await stage.stop()
    settings = stage.settings
    async with open_store(settings) as (store, vault), aiohttp.ClientSession() as http:
        table = store.links = kind(store._db)
        login = Login(http, settings.spotify_accounts_url, f"{settings.public_url}/callback")
        transport = Transport(http, settings.spotify_api_url)
        clock = stage.clock
        quota = Quota(store, clock, client_id=settings.spotify_client_id, daily=1000)
        yield Accounts(store, vault, login, transport, clock, quota, Metrics()), table


def slow_renewal(stage: Stage) -> AbstractAsyncContextManager[Pause]:
    """Spotify has renewed, and its answer is on its way."""
    stage.spotify.expire_access_tokens()
    slow = HeldBack("POST /api/token")
    stage.spotify.accounts_faults.add(slow)
    return held_back(slow.pause)


def slow_answer(table: SlowTable) -> AbstractAsyncContextManager[Pause]:
    """The store has looked, and its answer is on its way."""
    table.pause = Pause()
    return held_back(table.pause)
