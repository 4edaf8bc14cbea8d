"""The only place where things are put together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import web
from bot.accounts import Accounts
from bot.client import Tonearm
from bot.config import Settings
from bot.links import Links
from bot.spotify.login import Login
from bot.spotify.transport import Transport
from bot.store import Store
from bot.vault import Vault


@asynccontextmanager
async def assemble(
    settings: Settings, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Tonearm]:
    """The bot, ready for `start(settings.discord_token)`, with its pages already served.

    Everything is closed in reverse at the end. Raises CannotStart.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(_discord_at(settings.discord_api_url))
        store = await stack.enter_async_context(Store.open(settings.database))
        vault = Vault.beside(settings.database)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        login = Login(
            http,
            settings.spotify_accounts_url,
            client_id=settings.spotify_client_id,
            redirect_uri=f"{settings.public_url}/callback",
        )
        transport = Transport(http, settings.spotify_api_url)
        accounts = Accounts(store, vault, login, transport, clock)
        stack.push_async_callback(accounts.close)
        links = Links(login, accounts, settings.public_url, clock)
        await stack.enter_async_context(
            web.serve(
                links,
                host=settings.host,
                port=settings.port,
                public_url=settings.public_url,
                accounts_url=settings.spotify_accounts_url,
            )
        )
        bot = Tonearm(store, accounts, links)
        stack.push_async_callback(bot.close)
        yield bot


@contextmanager
def _discord_at(url: str) -> Iterator[None]:
    """Send discord.py's requests to `url`, and its sockets where the bot finds the gateway there.

    The library keeps both addresses in class attributes, so they hold for the whole process.
    """
    usual = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = usual
