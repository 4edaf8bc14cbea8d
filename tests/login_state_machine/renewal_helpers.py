"""Renewals that can be watched, counted and held back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp

from bot.accounts.access_tokens import AccessTokens
from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.accounts.sessions import Sessions
from bot.spotify.oauth import SpotifyOAuth
from bot.spotify.transport import Transport
from bot.store import Store
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.database_rows import DatabaseRows
from tests.login_state_machine.held_responses import (
    HeldAccountTable,
    HeldResponse,
    ResponseHold,
    released_at_exit,
)

INVALID_GRANT = '{"error":"invalid_grant","error_description":"Refresh token revoked"}'
USERS = ("ada", "grace", "linus")


def count_renewals(spotify: Spotify) -> int:
    asked = (exchange.request_body for exchange in spotify.accounts_traffic.exchanges)
    return sum(b"grant_type=refresh_token" in body for body in asked)


def bot_accounts(harness: Harness) -> Sessions:
    assert harness.bot is not None
    return harness.bot.services.sessions


def discord_id(harness: Harness, user: str = "ada") -> int:
    return int(harness.discord.state.users[user].id)


def stored_link(harness: Harness, user: str = "ada") -> dict[str, Any] | None:
    return DatabaseRows.read(harness.settings.database).links.get(discord_id(harness, user))


async def fetch_player(harness: Harness, user: str = "ada") -> object:
    """What a command does: who is it, and what plays there."""
    session = await bot_accounts(harness).session(discord_id(harness, user))
    return await session.player.state()


@asynccontextmanager
async def accounts_with_table(
    harness: Harness, table_class: type[HeldAccountTable]
) -> AsyncIterator[tuple[Sessions, HeldAccountTable]]:
    """The accounts alone, on the file of the bot, which is stopped; and their table of links."""
    await harness.stop()
    settings = harness.settings
    keys = settings.token_keys
    async with Store.open(settings.database, keys) as store, aiohttp.ClientSession() as http:
        table = store.accounts = table_class(store._db, store._cipher)
        login = SpotifyOAuth(http, settings.spotify_accounts_url, f"{settings.public_url}/callback")
        transport = Transport(http, settings.spotify_api_url)
        clock = harness.clock
        quota = Quota(store, clock, client_id=settings.spotify_client_id, daily_limit=1000)
        tokens = AccessTokens(store, login, Metrics(), clock)
        yield Sessions(store, tokens, transport, quota), table


def delayed_renewal(harness: Harness) -> AbstractAsyncContextManager[ResponseHold]:
    """Spotify has renewed, and its answer is on its way."""
    harness.spotify.tokens.expire_access_tokens()
    slow = HeldResponse("POST /api/token")
    harness.spotify.accounts_faults.add(slow)
    return released_at_exit(slow.hold)


def delayed_lookup(table: HeldAccountTable) -> AbstractAsyncContextManager[ResponseHold]:
    """The store has looked, and its answer is on its way."""
    table.next_hold = ResponseHold()
    return released_at_exit(table.next_hold)
