"""Runs the unmodified bot with both simulated services, all on loopback."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.accounts.sessions import COMMAND_TIMEOUT
from bot.app import build
from bot.client import SHUTDOWN_GRACE, Tonearm
from bot.config import Settings
from bot.interactions.icons import ReadImages
from bot.interactions.responses import REPLY_TIMEOUT
from bot.store.sqlite_connections import Connect, connect_to_file
from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, Reply, UserClient
from sandbox.message_text import BUTTON, walk_components
from sandbox.notifier import DEFAULT_TIMEOUT
from sandbox.seeded_account import seed_account
from sandbox.spotify import Spotify

# Outside of the ephemeral ports, so that no other socket takes a port before the bot listens.
# Each worker of pytest-xdist has a part of them: else two of them may choose the same one.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_PORT_RANGE = range(20_000 + _WORKER * 1_500, 21_500 + _WORKER * 1_500)
_PORTS = cycle(random.sample(_PORT_RANGE, len(_PORT_RANGE)))


@dataclass(frozen=True)
class LoginOffer:
    """A login button: its message, the client that sees it, and its URL."""

    user_client: UserClient
    message: dict[str, Any]
    url: str


class Harness:
    """Both services, the bot's settings, and the running bot."""

    def __init__(
        self,
        clock: Clock,
        discord: Discord,
        spotify: Spotify,
        settings: Settings,
        *,
        connect_database: Connect = connect_to_file,
        icons: ReadImages = dict,
        rng: random.Random | None = None,
        command_timeout: float = COMMAND_TIMEOUT,
        shutdown_timeout: float = SHUTDOWN_GRACE,
        reply_timeout: float = REPLY_TIMEOUT,
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.spotify = spotify
        self.settings = settings
        self._connect_database = connect_database
        self._icons = icons
        self._rng = rng
        self._command_timeout = command_timeout
        self._shutdown_timeout = shutdown_timeout
        self._reply_timeout = reply_timeout
        self.bot: Tonearm | None = None
        self._bot_task: asyncio.Task[None] | None = None
        self._app_stack = AsyncExitStack()

    async def start(self) -> None:
        """Start the bot, and wait until it is connected and has synced its commands.

        Also waits for the maintenance, so that a test may advance the clock without a race.
        """
        app = build(
            self.settings,
            now=self.clock.machine_time,
            monotonic=self.clock.monotonic,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            connect_database=self._connect_database,
            icons=self._icons,
            rng=self._rng,
            command_timeout=self._command_timeout,
            shutdown_grace=self._shutdown_timeout,
            reply_timeout=self._reply_timeout,
        )
        self.bot = await self._app_stack.enter_async_context(app)
        self._bot_task = asyncio.create_task(self.bot.start(self.settings.discord_token))
        self.discord.changes.bot_task = self.spotify.changes.bot_task = self._bot_task
        await self.discord.wait_until_ready()
        with suppress(TimeoutError):
            async with asyncio.timeout(DEFAULT_TIMEOUT):
                await self.bot.first_maintenance.wait()

    async def stop(self) -> None:
        """Stop the bot as a signal would."""
        self.discord.changes.bot_task = self.spotify.changes.bot_task = None
        bot_task, self._bot_task = self._bot_task, None
        await self._app_stack.aclose()
        if bot_task is not None:
            bot_task.cancel()
            await asyncio.gather(bot_task, return_exceptions=True)

    @property
    def is_running(self) -> bool:
        """Whether the bot has been started, and has not been stopped."""
        return self._bot_task is not None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def wait_until_exit(self) -> None:
        """Return or raise when the bot stops by itself."""
        assert self._bot_task is not None
        await asyncio.shield(self._bot_task)

    async def link_account(
        self, user: str = "ada", account: str | None = None, place: str = "music"
    ) -> UserClient:
        """Link a user's account directly in the store; returns their client in `place`."""
        client = self.discord.user_client(user, place)
        discord_id = int(self.discord.state.users[user].id)
        assert self.bot is not None
        await seed_account(self.bot.services, self.spotify, discord_id, account or user)
        return client

    async def link_in_browser(
        self, user: str = "ada", account: str | None = None, place: str = "music"
    ) -> UserClient:
        """Link a user's account by /link and a browser; returns their client in `place`."""
        client = self.discord.user_client(user, place)
        reply = await client.run("/link")
        offer = self.find_login_offer(reply)
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=account or user, discord=user)
        if code := find_confirmation_code(page.text):
            await reply.wait_for("Almost done")
            await (await reply.press("Enter code")).submit(code=code)
        await reply.wait_for("Linked to")
        return client

    def find_login_offer(self, reply: Reply) -> LoginOffer:
        """The login button in a reply. Raises LookupError."""
        if url := next((u for u in link_urls(reply.message) if "/login/" in u), None):
            return LoginOffer(reply.user_client, reply.message, url)
        raise LookupError("there is no login button")


@asynccontextmanager
async def run_harness(
    *,
    seed: int = 0,
    clock: Clock | None = None,
    connect_database: Connect = connect_to_file,
    icons: ReadImages = dict,
    rng: random.Random | None = None,
    command_timeout: float = COMMAND_TIMEOUT,
    shutdown_timeout: float = SHUTDOWN_GRACE,
    reply_timeout: float = REPLY_TIMEOUT,
    **settings: str,
) -> AsyncIterator[Harness]:
    """A harness with a running bot and these extra settings; it deletes its data at the end.

    connect_database  opens the database, for example on a simulated disk
    icons             reads the images of the buttons' icons; by default, buttons have plain emoji
    rng               chooses the pauses before the bot repeats a call
    command_timeout   seconds that a command may spend on Spotify
    shutdown_timeout  seconds that a stopping bot waits for commands
    reply_timeout     seconds that Discord gets to take a reply

    A setting DISCORD_CLIENT_SECRET or SPOTIFY_CLIENT_SECRET gets the simulated app's own secret.
    """
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        folder = Path(
            stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=memory_folder()))
        )
        discord = await stack.enter_async_context(Discord(clock, seed=seed))
        spotify = await stack.enter_async_context(Spotify(clock, seed=seed))
        extra = settings | requested_secrets(settings, discord, spotify)
        parsed = Settings.from_env(bot_environment(discord, spotify, folder) | extra)
        harness = Harness(
            clock,
            discord,
            spotify,
            parsed,
            connect_database=connect_database,
            icons=icons,
            rng=rng,
            command_timeout=command_timeout,
            shutdown_timeout=shutdown_timeout,
            reply_timeout=reply_timeout,
        )
        stack.push_async_callback(harness.stop)
        await harness.start()
        yield harness


def bot_environment(discord: Discord, spotify: Spotify, folder: Path) -> dict[str, str]:
    """The bot's environment variables. Registers its redirect URIs at both services."""
    port = str(free_port())
    spotify.register_redirect_uri(f"http://127.0.0.1:{port}/callback")
    discord.register_redirect_uri(f"http://127.0.0.1:{port}/discord")
    return {
        "DISCORD_TOKEN": discord.token,
        "SPOTIFY_CLIENT_ID": spotify.client_id,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOST": "127.0.0.1",
        "PORT": port,
        "DATABASE": str(folder / "tonearm.sqlite3"),
        "DISCORD_API_URL": discord.url,
        "SPOTIFY_API_URL": spotify.api_url,
        "SPOTIFY_ACCOUNTS_URL": spotify.accounts_url,
    }


def requested_secrets(
    settings: Mapping[str, str], discord: Discord, spotify: Spotify
) -> dict[str, str]:
    """The apps' secrets for the settings that ask for one."""
    secrets = {
        "DISCORD_CLIENT_SECRET": discord.client_secret,
        "SPOTIFY_CLIENT_SECRET": spotify.client_secret,
    }
    return {name: secret for name, secret in secrets.items() if name in settings}


def find_confirmation_code(page: str) -> str | None:
    """The confirmation code on the last page of a login, or None."""
    found = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", page, re.MULTILINE)
    return found[0] if found else None


def link_urls(message: dict[str, Any]) -> list[str]:
    """The URLs of a message's link buttons."""
    return [
        part["url"] for part in walk_components(message) if part["type"] == BUTTON and "url" in part
    ]


def memory_folder() -> str | None:
    """A folder in memory, if there is room: the store syncs each commit, which a disk slows."""
    folder, room = "/dev/shm", 1024**3
    fits = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > room
    return folder if fits else None


def free_port() -> int:
    """A port that nothing listens on, below the range that systems assign by themselves."""
    for port in islice(_PORTS, len(_PORT_RANGE)):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
