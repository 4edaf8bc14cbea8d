"""The unmodified bot between the two pretend services, all on loopback."""

from __future__ import annotations

import asyncio
import os
import random
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.accounts.sessions import COMMAND_TIMEOUT
from bot.app import build
from bot.client import SHUTDOWN_GRACE, Tonearm
from bot.config import Settings
from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, Reply, UserClient
from sandbox.message_text import BUTTON, walk_components
from sandbox.seeded_account import seed_account
from sandbox.spotify import Spotify

# Between looking for a port and listening there, whoever takes any port must not get it.
_PORT_RANGE = range(20_000, 32_000)


@dataclass(frozen=True)
class LoginOffer:
    """A login button: who sees it where, in which message, and where it leads."""

    user_client: UserClient
    message: dict[str, Any]
    url: str


class Harness:
    """Both services, the bot's settings, and the bot while it runs."""

    def __init__(
        self,
        clock: Clock,
        discord: Discord,
        spotify: Spotify,
        settings: Settings,
        *,
        command_timeout: float = COMMAND_TIMEOUT,
        shutdown_timeout: float = SHUTDOWN_GRACE,
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.spotify = spotify
        self.settings = settings
        self._command_timeout = command_timeout
        self._shutdown_timeout = shutdown_timeout
        self.bot: Tonearm | None = None
        self._bot_task: asyncio.Task[None] | None = None
        self._app_stack = AsyncExitStack()

    async def start(self) -> None:
        """Start the bot and wait until Discord has seen it and its commands."""
        house = build(
            self.settings,
            clock=self.clock,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            command_timeout=self._command_timeout,
            shutdown_grace=self._shutdown_timeout,
        )
        self.bot = await self._app_stack.enter_async_context(house)
        self._bot_task = asyncio.create_task(self.bot.start(self.settings.discord_token))
        self.discord.changes.bot_task = self.spotify.changes.bot_task = self._bot_task
        await self.discord.wait_until_ready()

    async def stop(self) -> None:
        """Stop the bot as a signal would."""
        self.discord.changes.bot_task = self.spotify.changes.bot_task = None
        life, self._bot_task = self._bot_task, None
        await self._app_stack.aclose()
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def wait_until_exit(self) -> None:
        """Returns or raises when the bot ends by itself."""
        assert self._bot_task is not None
        await asyncio.shield(self._bot_task)

    async def link_account(
        self, user: str = "ada", account: str | None = None, place: str = "music"
    ) -> UserClient:
        """Link a Discord user to their Spotify account in the store; their client in `place`."""
        client = self.discord.user_client(user, place)
        discord_id = int(self.discord.state.users[user].id)
        assert self.bot is not None
        await seed_account(self.bot.services, self.spotify, discord_id, account or user)
        return client

    async def link_in_browser(
        self, user: str = "ada", account: str | None = None, place: str = "music"
    ) -> UserClient:
        """Let a Discord user link their account as people do; their client in `place`."""
        seat = self.discord.user_client(user, place)
        reply = await seat.run("/link")
        offer = self.find_login_offer(reply)
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=account or user, discord=user)
        if code := find_confirmation_code(page.text):
            await offer.user_client.wait_for_message("Almost linked")
            form = await offer.user_client.press(offer.user_client.messages()[-1], "Enter code")
            await form.submit(code=code)
        await reply.wait_for("Linked to")
        return seat

    def find_login_offer(self, reply: Reply) -> LoginOffer:
        """Where the login button is that a reply speaks of: in it, or in the direct messages."""
        places = [(reply.user_client, reply.message)]
        if reply.user_client.channel_name != "dm":
            private = self.discord.user_client(reply.user_client.user, "dm")
            places += [(private, message) for message in reversed(private.messages())]
        for seat, message in places:
            if url := next((u for u in link_urls(message) if "/login/" in u), None):
                return LoginOffer(seat, message, url)
        raise LookupError("nobody was offered a login")


@asynccontextmanager
async def run_harness(
    *,
    seed: int = 0,
    clock: Clock | None = None,
    command_timeout: float = COMMAND_TIMEOUT,
    shutdown_timeout: float = SHUTDOWN_GRACE,
    **settings: str,
) -> AsyncIterator[Harness]:
    """A stage whose bot runs, with these settings besides; its data is gone at the end.

    `within`: the seconds that a command has for Spotify; `grace`: to end when the bot stops.
    With DISCORD_CLIENT_SECRET="yes", the bot knows the secret of its app at the pretend Discord;
    with SPOTIFY_CLIENT_SECRET="yes", that of its app at the pretend Spotify.
    """
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-", dir=_ram_folder())))
        discord = await stack.enter_async_context(Discord(clock, seed=seed))
        spotify = await stack.enter_async_context(Spotify(clock, seed=seed))
        told = settings | requested_secrets(settings, discord, spotify)
        read = Settings.from_env(bot_environment(discord, spotify, folder) | told)
        it = Harness(
            clock,
            discord,
            spotify,
            read,
            command_timeout=command_timeout,
            shutdown_timeout=shutdown_timeout,
        )
        stack.push_async_callback(it.stop)
        await it.start()
        yield it


def bot_environment(discord: Discord, spotify: Spotify, folder: Path) -> dict[str, str]:
    """The bot's environment variables for these two services, which know where it will be."""
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
    """The true secrets for those settings that are to hold one."""
    secrets = {
        "DISCORD_CLIENT_SECRET": discord.client_secret,
        "SPOTIFY_CLIENT_SECRET": spotify.client_secret,
    }
    return {name: secret for name, secret in secrets.items() if name in settings}


def find_confirmation_code(page: str) -> str | None:
    """The code that the last page of a login shows, if it does."""
    found = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", page, re.MULTILINE)
    return found[0] if found else None


def link_urls(message: dict[str, Any]) -> list[str]:
    """Where the link buttons of a message lead."""
    return [
        part["url"] for part in walk_components(message) if part["type"] == BUTTON and "url" in part
    ]


def _ram_folder() -> str | None:
    """A folder in memory, where there is one: the store syncs each commit, which a disk slows."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def free_port() -> int:
    """One that nobody listens at, below those that systems give to whoever asks for any."""
    for port in (random.choice(_PORT_RANGE) for _ in _PORT_RANGE):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
