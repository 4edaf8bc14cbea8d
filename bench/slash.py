"""Slash commands, start and memory: Tonearm beside the barest bot that discord.py can make."""

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

from bench.table import Row, percentile
from sandbox.browser import Browser
from sandbox.clock import Clock
from sandbox.discord import Discord, Seat
from sandbox.spotify import Spotify
from sandbox.stage import code_on, environment

ROUNDS = 400
AT_ONCE = 200
STARTS = 5


@dataclass
class Running:
    """A bot in a process of its own. `to_identify` is in seconds from the start of the process."""

    discord: Discord
    spotify: Spotify
    pid: int
    to_identify: float


@asynccontextmanager
async def running(module: str) -> AsyncIterator[Running]:
    """`python -m module` on a stage of its own, ready for commands."""
    clock = Clock()
    async with Discord(clock) as discord, Spotify(clock) as spotify:
        with TemporaryDirectory() as folder:
            settings = environment(discord, spotify, Path(folder))
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


async def round_trips(bot: Running, seat: Seat, line: str) -> tuple[list[float], list[float]]:
    """Seconds from the event on the gateway to the first answer, and to the finished one."""
    first, finished = [], []
    for _ in range(ROUNDS):
        exchanges = bot.discord.recording.exchanges
        exchanges.clear()
        began = perf_counter()
        await seat.run(line)
        answered = next(e.at for e in exchanges if e.path.endswith("/callback"))
        first.append(answered - began)
        finished.append(max(e.at for e in exchanges) - began)
    return first, finished


async def at_once(seat: Seat, line: str) -> float:
    """Seconds until AT_ONCE commands, sent together, are all answered."""
    began = perf_counter()
    await asyncio.gather(*(seat.run(line) for _ in range(AT_ONCE)))
    return perf_counter() - began


def resident(pid: int) -> float:
    """MiB of memory that the process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def link(bot: Running) -> Seat:
    """Ada, linked: where no direct message can be sent, the reply has the button."""
    bot.discord.closed_dms.add("ada")
    seat = bot.discord.seat("ada")
    reply = await seat.run("/link")
    async with Browser() as browser:
        page = await browser.log_in(next(iter(reply.links.values())), account="ada")
    await reply.until("Almost linked")
    form = await reply.press("Enter code")
    await form.submit(code=code_on(page.text))
    await reply.until("Linked to")
    return seat


async def starts(module: str) -> list[float]:
    """Seconds to IDENTIFY of several starts."""
    taken = []
    for _ in range(STARTS):
        async with running(module) as bot:
            taken.append(bot.to_identify)
    return taken


async def measure() -> list[Row]:
    async with running("bench.bare") as bare:
        peer = bare.discord.seat("ada")
        bare_idle = resident(bare.pid)
        await round_trips(bare, peer, "/nothing")
        bare_first, _ = await round_trips(bare, peer, "/nothing")
        _, bare_finished = await round_trips(bare, peer, "/later")
        bare_burst = min([await at_once(peer, "/later") for _ in range(3)])
    async with running("bot") as bot:
        idle = resident(bot.pid)
        seat = await link(bot)
        await round_trips(bot, seat, "/now")
        first, finished = await round_trips(bot, seat, "/now")
        burst = min([await at_once(seat, "/now") for _ in range(3)])
    start, bare_start = await starts("bot"), await starts("bench.bare")

    rows = []
    for percent in (50, 99):
        ours, theirs = percentile(first, percent) * 1e3, percentile(bare_first, percent) * 1e3
        rows.append(Row(f"/now, first answer, p{percent}", ours, "ms", peer=theirs))
        rows.append(
            Row(f"  against a no-op on bare discord.py, p{percent}", ours / theirs, "×", 1.5)
        )
    for percent in (50, 99):
        ours, theirs = percentile(finished, percent) * 1e3, percentile(bare_finished, percent) * 1e3
        rows.append(
            Row(f"/now, finished, with its call to Spotify, p{percent}", ours, "ms", peer=theirs)
        )
        rows.append(Row(f"  against a deferred no-op, p{percent}", ours / theirs, "×"))
    rows += [
        Row(f"{AT_ONCE} commands at once, all finished", burst * 1e3, "ms", peer=bare_burst * 1e3),
        Row("start to IDENTIFY, median", percentile(start, 50) * 1e3, "ms",
            peer=percentile(bare_start, 50) * 1e3),
        Row("idle memory", idle, "MiB", peer=bare_idle),
    ]  # fmt: skip
    return rows
