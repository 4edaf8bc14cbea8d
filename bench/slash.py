"""Slash commands, start and memory: Tonearm beside the barest bot that discord.py can make.

Both run at the same time and take turns, so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from bench.running import Running, link, running
from bench.table import Row, percentile
from sandbox.discord import UserClient

WARM, ROUNDS = 200, 400
BURSTS = 3
AT_ONCE = 200
STARTS = 5


@dataclass(frozen=True)
class Commander:
    """Somebody who types one command again and again.

    Seconds from the event on the gateway to the first answer, and to the finished one.
    """

    bot: Running
    seat: UserClient
    line: str
    first: list[float] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)

    async def once(self) -> None:
        exchanges = self.bot.discord.traffic.exchanges
        exchanges.clear()
        began = perf_counter()
        await self.seat.run(self.line)
        answered = next(e.sent_at for e in exchanges if e.path.endswith("/callback"))
        self.first.append(answered - began)
        self.finished.append(max(e.sent_at for e in exchanges) - began)


async def in_turn(*commanders: Commander) -> None:
    """Let each command once, and so on; the first rounds do not count."""
    for each in range(WARM + ROUNDS):
        for commander in commanders:
            if each == WARM:
                commander.first.clear()
                commander.finished.clear()
            await commander.once()


async def at_once(seat: UserClient, line: str) -> float:
    """Seconds until AT_ONCE commands, sent together, are all answered."""
    began = perf_counter()
    await asyncio.gather(*(seat.run(line) for _ in range(AT_ONCE)))
    return perf_counter() - began


def resident(pid: int) -> float:
    """MiB of memory that the process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def starts() -> tuple[float, float]:
    """Median seconds to IDENTIFY of several starts, ours and the bare bot's."""
    taken: dict[str, list[float]] = {"bot": [], "bench.bare": []}
    for _ in range(STARTS):
        for module, seconds in taken.items():
            async with running(module) as bot:
                seconds.append(bot.to_identify)
    return percentile(taken["bot"], 50), percentile(taken["bench.bare"], 50)


def rows_of(name: str, against: str, ours: list[float], theirs: list[float],
            aim: float | None) -> list[Row]:  # fmt: skip
    """The time itself, and how often the bare bot's fits into it."""
    rows = []
    for percent in (50, 99):
        our, their = percentile(ours, percent), percentile(theirs, percent)
        rows.append(Row(f"{name}, p{percent}", our * 1e3, "ms", peer=their * 1e3))
        rows.append(Row(f"  against {against}, p{percent}", our / their, "×", aim))
    return rows


async def measure() -> list[Row]:
    async with running("bench.bare") as bare, running("bot") as bot:
        bare_idle, idle = resident(bare.pid), resident(bot.pid)
        peer, seat = bare.discord.user_client("ada"), await link(bot)
        nothing, later = Commander(bare, peer, "/nothing"), Commander(bare, peer, "/later")
        now, account = Commander(bot, seat, "/now"), Commander(bot, seat, "/account")
        await in_turn(nothing, now, later, account)
        bare_burst, burst = [], []
        for _ in range(BURSTS):
            bare_burst.append(await at_once(peer, "/later"))
            burst.append(await at_once(seat, "/now"))
    start, bare_start = await starts()
    return [
        *rows_of("/now, first answer", "a no-op on bare discord.py",
                 now.first, nothing.first, 1.5),
        *rows_of("/account, finished, without a call to Spotify", "a deferred no-op",
                 account.finished, later.finished, 1.5),
        *rows_of("/now, finished, with its call to Spotify", "a deferred no-op",
                 now.finished, later.finished, None),
        Row(f"{AT_ONCE} commands at once, all finished", min(burst) * 1e3, "ms",
            peer=min(bare_burst) * 1e3),
        Row("start to IDENTIFY, median", start * 1e3, "ms", peer=bare_start * 1e3),
        Row("idle memory", idle, "MiB", peer=bare_idle),
    ]  # fmt: skip
