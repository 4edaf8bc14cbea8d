"""The unmodified bot between the two pretend services, all on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import assemble
from bot.client import Tonearm
from bot.config import Settings
from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, Seat
from sandbox.spotify import Spotify


class Stage:
    """Both services, the bot's settings, and the bot while it runs."""

    def __init__(
        self, clock: Clock, discord: Discord, spotify: Spotify, settings: Settings
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.spotify = spotify
        self.settings = settings
        self.bot: Tonearm | None = None
        self._life: asyncio.Task[None] | None = None
        self._house = AsyncExitStack()

    async def start(self) -> None:
        """Start the bot and wait until Discord has seen it and its commands."""
        self.bot = await self._house.enter_async_context(assemble(self.settings, clock=self.clock))
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

    async def link(self, user: str = "ada", account: str | None = None) -> Seat:
        """Let a Discord user link their Spotify account in a browser; their seat in #music."""
        seat = self.discord.seat(user)
        reply = await seat.run("/link")
        async with Browser() as browser:
            await browser.log_in(next(iter(reply.links.values())), account=account or user)
        await reply.until("Linked to")
        return seat


@asynccontextmanager
async def stage(*, seed: int = 0, clock: Clock | None = None) -> AsyncIterator[Stage]:
    """A stage whose bot runs; its data is gone at the end."""
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tonearm-")))
        discord = await stack.enter_async_context(Discord(clock, seed=seed))
        spotify = await stack.enter_async_context(Spotify(clock, seed=seed))
        settings = Settings.read(environment(discord, spotify, folder))
        spotify.register(f"{settings.public_url}/callback")
        it = Stage(clock, discord, spotify, settings)
        stack.push_async_callback(it.stop)
        await it.start()
        yield it


def environment(discord: Discord, spotify: Spotify, folder: Path) -> dict[str, str]:
    """The bot's environment variables for these two services."""
    port = str(free_port())
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


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
