"""Starts a bot in a process of its own, connected to simulated services in this process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sandbox.discord import Discord

# Seconds that a bot has to connect and to register its commands.
START_TIMEOUT = 30.0


@dataclass(frozen=True)
class BotProcess:
    """A running bot.

    identify_seconds  from the start of the process until the bot sent IDENTIFY
    intents           the gateway intents that the bot asked for
    """

    discord: Discord
    pid: int
    identify_seconds: float
    intents: int

    def resident_memory(self) -> float:
        """MiB of memory that the process holds (Linux)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def start_bot(
    module: str, discord: Discord, environment: Mapping[str, str]
) -> AsyncIterator[BotProcess]:
    """Run `python -m module` until the context ends; entered when the bot takes commands.

    Raises TimeoutError after START_TIMEOUT seconds, or BotExited if the bot ends first.
    """
    started = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )
    changes, sessions = discord.changes, discord.gateway.sessions
    earlier = set(sessions)
    try:
        changes.bot_task = asyncio.ensure_future(process.wait())
        await changes.wait_until(lambda: bool(sessions.keys() - earlier), "IDENTIFY", START_TIMEOUT)
        identify_seconds = perf_counter() - started
        await discord.wait_until_ready(timeout=START_TIMEOUT)
        session = next(session for id_, session in sessions.items() if id_ not in earlier)
        yield BotProcess(discord, process.pid, identify_seconds, session.intents)
    finally:
        changes.bot_task = None
        if process.returncode is None:
            process.terminate()
        await process.wait()
