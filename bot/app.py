"""Builds the bot from the settings: the only place where constructors are called."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from functools import partial

import aiohttp
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import web
from bot.accounts.access import Access
from bot.accounts.access_tokens import AccessTokens
from bot.accounts.metrics import Metrics
from bot.accounts.other_processes import OtherProcesses, Topic
from bot.accounts.owner_alerts import OwnerAlerts
from bot.accounts.quota import Quota
from bot.accounts.reminders import Reminders
from bot.accounts.sessions import COMMAND_TIMEOUT, Sessions
from bot.autocomplete.options import Autocomplete
from bot.client import SHUTDOWN_GRACE, Tonearm
from bot.config import Settings
from bot.interactions.command_sync import CommandSync
from bot.interactions.double_press import DoublePressGuard
from bot.interactions.icons import Icons, ReadImages, read_images
from bot.interactions.mentions import CommandMentions
from bot.interactions.progress import RunningWork
from bot.interactions.reply_visibility import ReplyVisibility
from bot.interactions.responses import REPLY_TIMEOUT
from bot.interactions.sharding import Sharding
from bot.interactions.user_writes import UserWrites
from bot.library.backup_schedule import Backups
from bot.library.downloads import Downloads
from bot.library.imports import Imports
from bot.library.job_files import JobFolders
from bot.library.jobs import Jobs
from bot.library.pins import Pins
from bot.library.playlist_changes import PlaylistChanges
from bot.library.playlist_editor import PlaylistEditor
from bot.library.playlist_items import PlaylistItems
from bot.library.recent_changes import RecentChanges
from bot.library.saved_items import SavedItems
from bot.library.undo import UndoLog
from bot.login.discord_oauth import DiscordOAuth
from bot.login.flow import LoginFlow
from bot.panel.panels import Panels
from bot.player.friends import FriendPlayback
from bot.player.history import UserHistory
from bot.player.player import Player
from bot.player.sleep_timers import SleepTimers
from bot.player.state import now_playing
from bot.services import Services
from bot.spotify.client_credentials import AppToken
from bot.spotify.models import Playback
from bot.spotify.oauth import SpotifyOAuth
from bot.spotify.transport import Transport
from bot.store import Connect, ProcessShare, Store, connect_to_file
from bot.store.operator_apps import app_note
from bot.web.forwarded import Proxies
from bot.web.metrics import MetricsEndpoint, render_metrics
from bot.web.middleware import RequestGuard
from bot.web.readiness import not_ready


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    connector: aiohttp.BaseConnector | None = None,
    connect_database: Connect = connect_to_file,
    icons: ReadImages = read_images,
    rng: random.Random | None = None,
    command_timeout: float = COMMAND_TIMEOUT,
    shutdown_grace: float = SHUTDOWN_GRACE,
    reply_timeout: float = REPLY_TIMEOUT,
) -> AsyncIterator[Tonearm]:
    """The bot, ready for `start(settings.discord_token)`, with its login pages already served.

    now               the time of day in seconds since 1970: for what is stored, or shown as a date
    monotonic         seconds of a clock that never goes back: for what is in memory
    connector         for all requests but those of discord.py
    connect_database  opens the connections to the database
    icons             reads the images of the buttons' icons; without images, they have plain emoji
    rng               chooses the pauses before a call is repeated
    command_timeout   seconds that a command has for its calls to Spotify
    shutdown_grace    seconds that interactions in progress get when the bot stops
    reply_timeout     seconds that Discord gets to accept a reply

    Everything is closed in reverse order at the end. Raises StartupError.
    """
    public_url, client_id = settings.public_url, settings.spotify_client_id
    process = settings.process
    async with AsyncExitStack() as stack:
        stack.enter_context(_use_discord_api(settings.discord_api_url))
        store = await stack.enter_async_context(open_store(settings, connect_database))
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        http = await stack.enter_async_context(session)
        spotify_oauth = SpotifyOAuth(
            http,
            settings.spotify_accounts_url,
            f"{public_url}/callback",
            client_id=client_id,
            monotonic=monotonic,
        )
        discord_oauth = None
        if secret := settings.discord_client_secret:
            redirect_uri = f"{public_url}/discord"
            discord_oauth = DiscordOAuth(http, settings.discord_api_url, secret, redirect_uri)
        await store.agree(app_note(client_id), str(int(now())))
        writes = UserWrites()
        store.record_writes(writes.track)
        metrics = Metrics()
        access = await Access.load(store, metrics, settings)
        quota = Quota(store, settings, now=now, monotonic=monotonic)
        await quota.load()
        stack.push_async_callback(quota.save)
        transport = Transport(
            http,
            settings.spotify_api_url,
            client_id=client_id,
            limiter=quota.limiter,
            now=now,
            monotonic=monotonic,
            on_exchange=metrics.record_call,
            rng=rng,
        )
        processes = OtherProcesses(store)
        stack.push_async_callback(processes.close)
        transport.on_stale = lambda account, groups: processes.tell(Topic.STALE, account, *groups)
        quota.limiter.on_limited = partial(processes.tell, Topic.LIMITED)
        app_token = None
        if secret := settings.spotify_client_secret:
            app_token = AppToken(spotify_oauth, client_id, secret, monotonic=monotonic)
        access_tokens = AccessTokens(store, spotify_oauth, metrics, now=now, monotonic=monotonic)
        stack.push_async_callback(access_tokens.close)
        sessions = Sessions(
            store,
            access_tokens,
            transport,
            quota,
            on_write=writes.track,
            app_token=app_token,
            timeout=command_timeout,
        )
        login_flow = LoginFlow(
            store,
            sessions,
            spotify_oauth,
            discord_oauth,
            client_id=client_id,
            public_url=public_url,
            now=now,
            monotonic=monotonic,
        )
        reply_visibility = ReplyVisibility(store)
        await reply_visibility.load()
        stack.push_async_callback(reply_visibility.close)
        history = UserHistory(monotonic=monotonic)
        panels = Panels(sessions, store.pins, sleep, now=now, monotonic=monotonic)
        stack.push_async_callback(panels.close)  # presses draw panels while the bot is closing
        changes = RecentChanges(panels.items_saved, now=now, monotonic=monotonic)
        autocomplete = Autocomplete(
            sessions, store, history, metrics, changes, sleep, monotonic=monotonic
        )
        stack.push_async_callback(autocomplete.close)

        def player_changed(user: int, playback: Playback | None, more: bool = True) -> None:
            panels.player_changed(user, playback, more)
            processes.tell(Topic.PLAYER, user)

        player = Player(sessions, store, history, sleep, player_changed, monotonic=monotonic)
        sleep_timers = SleepTimers(sessions, player, store, sleep, now=now)
        await sleep_timers.load()
        stack.push_async_callback(sleep_timers.close)
        undo_log = UndoLog(monotonic=monotonic)
        playlist_editor = PlaylistEditor(undo_log, monotonic=monotonic)
        mentions = CommandMentions()
        command_sync = CommandSync(store, mentions, sleep)
        stack.push_async_callback(command_sync.close)
        button_icons = Icons(icons())
        stack.push_async_callback(button_icons.close)
        downloads = Downloads(store, settings.database, public_url, now=now)
        jobs = Jobs(store, JobFolders(settings.database, store.jobs.share), sleep, now=now)
        jobs.on_stop_elsewhere = partial(processes.tell, Topic.STOP_JOB)
        stack.push_async_callback(jobs.close)
        services = Services(
            store=store,
            access=access,
            sessions=sessions,
            login_flow=login_flow,
            reply_visibility=reply_visibility,
            reminders=Reminders(store, now=now),
            owner_alerts=OwnerAlerts(store, quota, metrics, enabled=settings.owner_alerts, now=now),
            quota=quota,
            metrics=metrics,
            autocomplete=autocomplete,
            friends=FriendPlayback(sessions, store, monotonic=monotonic),
            player=player,
            panels=panels,
            saved_items=SavedItems(undo_log, changes.note),
            recent_changes=changes,
            backups=Backups(store, jobs, now=now),
            jobs=jobs,
            imports=Imports(jobs, sessions, playlist_editor, undo_log, changes.note),
            downloads=downloads,
            playlist_editor=playlist_editor,
            playlist_items=PlaylistItems(sessions, playlist_editor),
            pins=Pins(sessions, store),
            playlist_changes=PlaylistChanges(sessions, store, undo_log, now_playing),
            undo_log=undo_log,
            sleep_timers=sleep_timers,
            icons=button_icons,
            double_press=DoublePressGuard(monotonic=monotonic),
            running_work=RunningWork(),
            operator=settings.operator,
            setup_page=f"{public_url}/setup",
            privacy_page=f"{public_url}/privacy",
            started_at=now(),
            writes=writes,
            command_sync=command_sync,
            sharding=Sharding(store, process.number, process.count, settings.shards),
            mentions=mentions,
            shutdown_grace=shutdown_grace,
            reply_timeout=reply_timeout,
        )
        processes.listen(services.message_handlers(), services.distrust_memory)
        bot = Tonearm(services)
        proxies = Proxies(settings.trusted_proxy)
        guard = RequestGuard(
            public_url,
            form_targets=(
                settings.spotify_accounts_url,
                *([discord_oauth.origin] if discord_oauth else []),
            ),
            proxies=proxies,
            operator=settings.operator,
            monotonic=monotonic,
        )
        scrape = partial(render_metrics, metrics, store, quota, bot, command_sync)
        await stack.enter_async_context(
            web.serve(
                login_flow,
                bot.announce_login,
                guard,
                MetricsEndpoint(scrape, settings.metrics_token, proxies),
                downloads,
                store.disk_error,
                partial(not_ready, bot, store),
                host=settings.host,
                port=settings.port,
                public_url=public_url,
                operator=settings.operator,
            )
        )
        stack.push_async_callback(bot.close)
        yield bot


def open_store(
    settings: Settings, connect_database: Connect = connect_to_file
) -> AbstractAsyncContextManager[Store]:
    """The store on the engine of the settings. Raises StartupError when it is entered."""
    if settings.database_url is not None:
        share = ProcessShare(settings.process.number, settings.process.count)
        return Store.connect(settings.database_url, settings.token_keys, share)
    return Store.open(settings.database, settings.token_keys, connect_database, time.time)


@contextmanager
def _use_discord_api(url: str) -> Iterator[None]:
    """Send discord.py's requests to `url`; the gateway's address comes from a request.

    The library keeps both addresses in class attributes, so they hold for the whole process.
    """
    default = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = default
