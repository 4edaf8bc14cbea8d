"""The only place where things are put together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import keys, web
from bot.accounts import WITHIN, Accounts
from bot.client import GRACE, Tonearm
from bot.completion import Completion
from bot.config import Settings
from bot.errors import CannotStart, LinkEnded
from bot.links import Links
from bot.links.signin import SignIn
from bot.metrics import Metrics
from bot.panel import Panels
from bot.presses import Presses
from bot.quota import Quota
from bot.reminders import Reminders
from bot.remote import Remote
from bot.remote.recents import Recents
from bot.remote.theirs import Theirs
from bot.replies import Replies
from bot.spotify.app_token import AppToken
from bot.spotify.login import Login
from bot.spotify.transport import Transport
from bot.store import Store
from bot.vault import Vault
from bot.web.figures import Figures
from bot.web.guard import Guard


@asynccontextmanager
async def assemble(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    connector: aiohttp.BaseConnector | None = None,
    within: float = WITHIN,
    grace: float = GRACE,
) -> AsyncIterator[Tonearm]:
    """The bot, ready for `start(settings.discord_token)`, with its pages already served.

    `connector` is its way into the web, where that is to be another than the usual one; `within`
    the seconds that a command has for Spotify, `grace` those it has to end when the bot stops.
    Everything is closed in reverse at the end. Raises CannotStart.
    """
    public_url = settings.public_url
    async with AsyncExitStack() as stack:
        stack.enter_context(_discord_at(settings.discord_api_url))
        store, vault = await stack.enter_async_context(open_store(settings))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        )
        login = Login(http, settings.spotify_accounts_url, f"{public_url}/callback")
        signin = None
        if secret := settings.discord_client_secret:
            signin = SignIn(http, settings.discord_api_url, secret, f"{public_url}/discord")
        metrics = Metrics()
        quota = Quota(
            store,
            clock,
            client_id=settings.spotify_client_id,
            daily=settings.spotify_daily_calls,
        )
        await quota.load()
        stack.push_async_callback(quota.save)
        transport = Transport(
            http, settings.spotify_api_url, gate=quota.gate, clock=clock, watch=metrics.called
        )
        app_token = None
        if secret := settings.spotify_client_secret:
            app_token = AppToken(login, settings.spotify_client_id, secret, clock)
        accounts = Accounts(
            store,
            vault,
            login,
            transport,
            clock,
            quota,
            metrics,
            app_token=app_token,
            within=within,
        )
        stack.push_async_callback(accounts.close)
        links = Links(
            store,
            accounts,
            vault,
            login,
            signin,
            client_id=settings.spotify_client_id,
            public_url=public_url,
            clock=clock,
        )
        replies = Replies(store)
        await replies.load()
        recents = Recents(clock)
        panels = Panels(accounts, clock, sleep)
        stack.push_async_callback(panels.close)  # what a press drew while the bot was closing
        completion = Completion(accounts, recents, clock, sleep)
        stack.push_async_callback(completion.close)
        bot = Tonearm(
            store,
            accounts,
            links,
            replies,
            Reminders(store, clock),
            quota,
            metrics,
            completion,
            Theirs(accounts, store, clock),
            Remote(accounts, store, recents, clock, sleep, panels.changed),
            panels,
            Presses(clock),
            operator=settings.operator,
            setup_page=f"{public_url}/setup",
            grace=grace,
        )
        guard = Guard(
            public_url,
            form_targets=(settings.spotify_accounts_url, *([signin.origin] if signin else [])),
            trusted_proxy=settings.trusted_proxy,
            operator=settings.operator,
            clock=clock,
        )
        await stack.enter_async_context(
            web.serve(
                links,
                bot.tell,
                guard,
                Figures(bot.figures, settings.metrics_token, settings.trusted_proxy),
                host=settings.host,
                port=settings.port,
                public_url=public_url,
                operator=settings.operator,
            )
        )
        stack.push_async_callback(bot.close)
        yield bot


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[tuple[Store, Vault]]:
    """The store, and the vault that opens all that is sealed in it. Raises CannotStart."""
    async with Store.open(settings.database) as store:
        used = await store.sealed.keys()
        ring = settings.token_keys or (
            keys.read_or_make(keys.key_file(settings.database), may_make=not used),
        )
        vault = Vault(ring)
        vault.check(used)
        yield store, vault


async def rekey(settings: Settings) -> int:
    """Seal everything under the first key of TOKEN_KEYS; how many secrets. Raises CannotStart."""
    async with open_store(settings) as (store, vault):
        try:
            return await store.sealed.reseal(vault.reseal)
        except LinkEnded:
            raise CannotStart(
                "A stored login does not open with the keys that are here: its row was damaged or "
                "moved. Nothing was changed."
            ) from None


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
