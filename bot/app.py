"""The only place where things are put together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import web
from bot.accounts.metrics import Metrics
from bot.accounts.quota import Quota
from bot.accounts.reminders import Reminders
from bot.accounts.sessions import COMMAND_TIMEOUT, Sessions
from bot.autocomplete.options import Autocomplete
from bot.client import SHUTDOWN_GRACE, Tonearm
from bot.config import Settings
from bot.errors.bot_error import StartupError
from bot.errors.login import LoginExpired
from bot.interactions.double_press import DoublePressGuard
from bot.interactions.reply_visibility import ReplyVisibility
from bot.login.discord_oauth import DiscordOAuth
from bot.login.flow import LoginFlow
from bot.panel.panels import Panels
from bot.player.friends import FriendPlayback
from bot.player.history import UserHistory
from bot.player.player import Player
from bot.spotify.client_credentials import AppToken
from bot.spotify.oauth import SpotifyOAuth
from bot.spotify.transport import Transport
from bot.store import Store, keys
from bot.store.encryption import TokenCipher
from bot.web.metrics import MetricsEndpoint
from bot.web.middleware import RequestGuard


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    connector: aiohttp.BaseConnector | None = None,
    command_timeout: float = COMMAND_TIMEOUT,
    grace: float = SHUTDOWN_GRACE,
) -> AsyncIterator[Tonearm]:
    """The bot, ready for `start(settings.discord_token)`, with its pages already served.

    `connector` is its way into the web, where that is to be another than the usual one; `within`
    the seconds that a command has for Spotify, `grace` those it has to end when the bot stops.
    Everything is closed in reverse at the end. Raises StartupError.
    """
    public_url = settings.public_url
    async with AsyncExitStack() as stack:
        stack.enter_context(_use_discord_api(settings.discord_api_url))
        store, vault = await stack.enter_async_context(open_store(settings))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        )
        login = SpotifyOAuth(http, settings.spotify_accounts_url, f"{public_url}/callback")
        signin = None
        if secret := settings.discord_client_secret:
            signin = DiscordOAuth(http, settings.discord_api_url, secret, f"{public_url}/discord")
        metrics = Metrics()
        quota = Quota(
            store,
            clock,
            client_id=settings.spotify_client_id,
            daily_limit=settings.spotify_daily_calls,
        )
        await quota.load()
        stack.push_async_callback(quota.save)
        transport = Transport(
            http,
            settings.spotify_api_url,
            limiter=quota.limiter,
            clock=clock,
            on_exchange=metrics.record_call,
        )
        app_token = None
        if secret := settings.spotify_client_secret:
            app_token = AppToken(login, settings.spotify_client_id, secret, clock)
        accounts = Sessions(
            store,
            vault,
            login,
            transport,
            clock,
            quota,
            metrics,
            app_token=app_token,
            timeout=command_timeout,
        )
        stack.push_async_callback(accounts.close)
        links = LoginFlow(
            store,
            accounts,
            vault,
            login,
            signin,
            client_id=settings.spotify_client_id,
            public_url=public_url,
            clock=clock,
        )
        replies = ReplyVisibility(store)
        await replies.load()
        recents = UserHistory(clock)
        panels = Panels(accounts, clock, sleep)
        stack.push_async_callback(panels.close)  # what a press drew while the bot was closing
        completion = Autocomplete(accounts, recents, clock, sleep)
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
            FriendPlayback(accounts, store, clock),
            Player(accounts, store, recents, clock, sleep, panels.player_changed),
            panels,
            DoublePressGuard(clock),
            operator=settings.operator,
            setup_page=f"{public_url}/setup",
            grace=grace,
        )
        guard = RequestGuard(
            public_url,
            form_targets=(settings.spotify_accounts_url, *([signin.origin] if signin else [])),
            trusted_proxy=settings.trusted_proxy,
            operator=settings.operator,
            clock=clock,
        )
        await stack.enter_async_context(
            web.serve(
                links,
                bot.announce_login,
                guard,
                MetricsEndpoint(bot.metrics_text, settings.metrics_token, settings.trusted_proxy),
                host=settings.host,
                port=settings.port,
                public_url=public_url,
                operator=settings.operator,
            )
        )
        stack.push_async_callback(bot.close)
        yield bot


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[tuple[Store, TokenCipher]]:
    """The store, and the vault that opens all that is sealed in it. Raises StartupError."""
    async with Store.open(settings.database) as store:
        used = await store.encrypted_columns.key_ids()
        ring = settings.token_keys or (
            keys.load_or_create(keys.key_file(settings.database), may_create=not used),
        )
        vault = TokenCipher(ring)
        vault.require_keys(used)
        yield store, vault


async def rekey(settings: Settings) -> int:
    """Seal everything under the first key of TOKEN_KEYS; how many secrets. Raises StartupError."""
    async with open_store(settings) as (store, vault):
        try:
            return await store.encrypted_columns.reencrypt(vault.reencrypt)
        except LoginExpired:
            raise StartupError(
                "A stored login does not open with the keys that are here: its row was damaged or "
                "moved. Nothing was changed."
            ) from None


@contextmanager
def _use_discord_api(url: str) -> Iterator[None]:
    """Send discord.py's requests to `url`, and its sockets where the bot finds the gateway there.

    The library keeps both addresses in class attributes, so they hold for the whole process.
    """
    usual = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = usual
