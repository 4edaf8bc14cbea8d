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
from sandbox.discord import Discord, Seat
from sandbox.spotify import Spotify
from sandbox.stage import code_on, environment


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
            settings = environment(discord, spotify, Path(folder)) | more
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
                changes.lifeline = asyncio.ensure_future(process.wait())
                await changes.until(lambda: bool(discord.gateway.sessions), "IDENTIFY", 30)
                identified = perf_counter() - began
                await discord.ready(timeout=30)
                yield Running(discord, spotify, process.pid, identified)
            finally:
                changes.lifeline = None
                process.terminate()
                await process.wait()


async def link(bot: Running, user: str = "ada", place: str = "music") -> Seat:
    """Somebody, linked: where no direct message can be sent, the reply has the button."""
    bot.discord.closed_dms.add(user)
    seat = bot.discord.seat(user, place)
    reply = await seat.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(next(iter(reply.links.values())), account=user, discord=user)
    await reply.until("Almost linked")
    form = await reply.press("Enter code")
    await form.submit(code=code_on(page.text))
    await reply.until("Linked to")
    return seat
