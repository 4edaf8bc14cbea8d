"""The unmodified bot between the two pretend services, all on loopback."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.accounts import WITHIN
from bot.app import assemble
from bot.client import GRACE, Tonearm
from bot.config import Settings
from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, Reply, Seat
from sandbox.readable import BUTTON, walk
from sandbox.spotify import Spotify

# Between looking for a port and listening there, whoever takes any port must not get it.
_PORTS = range(20_000, 32_000)


@dataclass(frozen=True)
class Offer:
    """A login button: who sees it where, in which message, and where it leads."""

    seat: Seat
    message: dict[str, Any]
    url: str


class Stage:
    """Both services, the bot's settings, and the bot while it runs."""

    def __init__(
        self,
        clock: Clock,
        discord: Discord,
        spotify: Spotify,
        settings: Settings,
        *,
        within: float = WITHIN,
        grace: float = GRACE,
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.spotify = spotify
        self.settings = settings
        self._within = within
        self._grace = grace
        self.bot: Tonearm | None = None
        self._life: asyncio.Task[None] | None = None
        self._house = AsyncExitStack()

    async def start(self) -> None:
        """Start the bot and wait until Discord has seen it and its commands."""
        house = assemble(
            self.settings,
            clock=self.clock,
            sleep=self.clock.sleep,
            connector=self.spotify.connector(),
            within=self._within,
            grace=self._grace,
        )
        self.bot = await self._house.enter_async_context(house)
        self._life = asyncio.create_task(self.bot.start(self.settings.discord_token))
        self.discord.changes.lifeline = self.spotify.changes.lifeline = self._life
        await self.discord.ready()

    async def stop(self) -> None:
        """Stop the bot as a signal would."""
        self.discord.changes.lifeline = self.spotify.changes.lifeline = None
        life, self._life = self._life, None
        await self._house.aclose()
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def lived(self) -> None:
        """Returns or raises when the bot ends by itself."""
        assert self._life is not None
        await asyncio.shield(self._life)

    async def link(
        self, user: str = "ada", account: str | None = None, place: str = "music"
    ) -> Seat:
        """Let a Discord user link their Spotify account in a browser; their seat in `place`."""
        seat = self.discord.seat(user, place)
        reply = await seat.run("/link")
        offer = self.offer(reply)
        async with Browser() as browser:
            page = await browser.log_in(offer.url, account=account or user, discord=user)
        if code := code_on(page.text):
            await offer.seat.until("Almost linked")
            form = await offer.seat.press(offer.seat.messages()[-1], "Enter code")
            await form.submit(code=code)
        await reply.until("Linked to")
        return seat

    def offer(self, reply: Reply) -> Offer:
        """Where the login button is that a reply speaks of: in it, or in the direct messages."""
        places = [(reply.seat, reply.message)]
        if reply.seat.place != "dm":
            private = self.discord.seat(reply.seat.user, "dm")
            places += [(private, message) for message in reversed(private.messages())]
        for seat, message in places:
            if url := next((u for u in links(message) if "/login/" in u), None):
                return Offer(seat, message, url)
        raise LookupError("nobody was offered a login")


@asynccontextmanager
async def stage(
    *,
    seed: int = 0,
    clock: Clock | None = None,
    within: float = WITHIN,
    grace: float = GRACE,
    **settings: str,
) -> AsyncIterator[Stage]:
    """A stage whose bot runs, with these settings besides; its data is gone at the end.

    `within`: the seconds that a command has for Spotify; `grace`: to end when the bot stops.
    With DISCORD_CLIENT_SECRET="yes", the bot knows the secret of its app at the pretend Discord;
    with SPOTIFY_CLIENT_SECRET="yes", that of its app at the pretend Spotify.
    """
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-")))
        discord = await stack.enter_async_context(Discord(clock, seed=seed))
        spotify = await stack.enter_async_context(Spotify(clock, seed=seed))
        told = settings | secrets_among(settings, discord, spotify)
        read = Settings.read(environment(discord, spotify, folder) | told)
        it = Stage(clock, discord, spotify, read, within=within, grace=grace)
        stack.push_async_callback(it.stop)
        await it.start()
        yield it


def environment(discord: Discord, spotify: Spotify, folder: Path) -> dict[str, str]:
    """The bot's environment variables for these two services, which know where it will be."""
    port = str(free_port())
    spotify.register(f"http://127.0.0.1:{port}/callback")
    discord.register(f"http://127.0.0.1:{port}/discord")
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


def secrets_among(
    settings: Mapping[str, str], discord: Discord, spotify: Spotify
) -> dict[str, str]:
    """The true secrets for those settings that are to hold one."""
    secrets = {
        "DISCORD_CLIENT_SECRET": discord.client_secret,
        "SPOTIFY_CLIENT_SECRET": spotify.client_secret,
    }
    return {name: secret for name, secret in secrets.items() if name in settings}


def code_on(page: str) -> str | None:
    """The code that the last page of a login shows, if it does."""
    found = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", page, re.MULTILINE)
    return found[0] if found else None


def links(message: dict[str, Any]) -> list[str]:
    """Where the link buttons of a message lead."""
    return [part["url"] for part in walk(message) if part["type"] == BUTTON and "url" in part]


def free_port() -> int:
    """One that nobody listens at, below those that systems give to whoever asks for any."""
    for port in (random.choice(_PORTS) for _ in _PORTS):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
