"""Helpers that count and hold renewals of access tokens."""

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
    bodies = (exchange.request_body for exchange in spotify.accounts_traffic.exchanges)
    return sum(b"grant_type=refresh_token" in body for body in bodies)


def bot_sessions(harness: Harness) -> Sessions:
    assert harness.bot is not None
    return harness.bot.services.sessions


def discord_id(harness: Harness, user: str = "ada") -> int:
    return int(harness.discord.state.users[user].id)


def stored_link(harness: Harness, user: str = "ada") -> dict[str, Any] | None:
    return DatabaseRows.read(harness.settings.database).links.get(discord_id(harness, user))


async def fetch_player(harness: Harness, user: str = "ada") -> object:
    """Read the player, as a command of this user does."""
    session = await bot_sessions(harness).session(discord_id(harness, user))
    return await session.player.state()


@asynccontextmanager
async def sessions_with_table(
    harness: Harness, table_class: type[HeldAccountTable]
) -> AsyncIterator[tuple[Sessions, HeldAccountTable]]:
    """Sessions on the database of the stopped bot, and their table of linked accounts."""
    await harness.stop()
    settings = harness.settings
    keys = settings.token_keys
    async with Store.open(settings.database, keys) as store, aiohttp.ClientSession() as http:
        table = store.accounts = table_class(store._db, store._cipher)
        client_id, redirect_uri = settings.spotify_client_id, f"{settings.public_url}/callback"
        oauth = SpotifyOAuth(http, settings.spotify_accounts_url, redirect_uri, client_id=client_id)
        transport = Transport(http, settings.spotify_api_url)
        clock = harness.clock
        quota = Quota(store, settings, now=clock, monotonic=clock.monotonic)
        tokens = AccessTokens(store, oauth, Metrics(), now=clock, monotonic=clock.monotonic)
        yield Sessions(store, tokens, transport, quota), table


def delayed_renewal(harness: Harness) -> AbstractAsyncContextManager[ResponseHold]:
    """Hold Spotify's response to the next renewal."""
    harness.spotify.tokens.expire_access_tokens()
    held = HeldResponse("POST /api/token")
    harness.spotify.accounts_faults.add(held)
    return released_at_exit(held.hold)


def delayed_lookup(table: HeldAccountTable) -> AbstractAsyncContextManager[ResponseHold]:
    """Hold the next result of the table."""
    table.next_hold = ResponseHold()
    return released_at_exit(table.next_hold)
