"""A bot in a process of its own, between pretend services in ours."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, UserClient
from sandbox.harness import bot_environment, find_confirmation_code
from sandbox.spotify import Spotify


@dataclass
class Running:
    """A bot in a process of its own. `to_identify` is in seconds from the start of the process."""

    discord: Discord
    spotify: Spotify
    pid: int
    to_identify: float


@asynccontextmanager
async def running(
    module: str, spotify: Spotify | None = None, **more: str
) -> AsyncIterator[Running]:
    """`python -m module` on a stage of its own, ready for commands; `more` are further settings."""
    clock = Clock()
    async with Discord(clock) as discord, spotify or Spotify(clock) as spotify:
        with TemporaryDirectory() as folder:
            settings = bot_environment(discord, spotify, Path(folder)) | more
            began = perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                env={**os.environ, **settings},
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                changes = discord.changes
                changes.bot_task = asyncio.ensure_future(process.wait())
                await changes.wait_until(lambda: bool(discord.gateway.sessions), "IDENTIFY", 30)
                identified = perf_counter() - began
                await discord.wait_until_ready(timeout=30)
                yield Running(discord, spotify, process.pid, identified)
            finally:
                changes.bot_task = None
                process.terminate()
                await process.wait()


async def link(bot: Running, user: str = "ada", place: str = "music") -> UserClient:
    """Somebody, linked: where no direct message can be sent, the reply has the button."""
    bot.discord.closed_dms.add(user)
    seat = bot.discord.user_client(user, place)
    reply = await seat.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(
            next(iter(reply.link_buttons.values())), account=user, discord=user
        )
    await reply.wait_for("Almost linked")
    form = await reply.press("Enter code")
    await form.submit(code=find_confirmation_code(page.text))
    await reply.wait_for("Linked to")
    return seat
