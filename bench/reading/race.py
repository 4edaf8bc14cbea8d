"""Who reads a library how fast and at what cost: requests, spotipy, tekore and we.

They run one after the other, with nothing else at work. The peer of our own figures is the best of
the others; that of the last wall time is what the allowance makes of it at the least.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil
from statistics import median

from bench.table import Row

SONGS, MANY, FEW = 10_000, 100_000, 2_000
PAGE = 50
LATENCY = 0.080
# For the long library, of which only the memory is asked.
SHORT_LATENCY = 0.020
ALLOWED = 10  # calls a second
PEERS = {
    "requests": "requests, following next",
    "spotipy": "spotipy 2.26",
    "tekore": "tekore 6.2, given `popularity`",  # which Spotify sends no more: it cannot do without
}
FLIGHTS = (1, 4, 8, 16)
# Short runs are repeated. Whatever else the machine does only ever lengthens them.
SHORT, TIMES = 5.0, 5


@dataclass(frozen=True)
class Reading:
    """What one reader spent: seconds, seconds of processor time, and MiB of memory."""

    songs: int
    wall: float
    cpu: float
    memory: float


class Library:
    """So many liked songs behind a wire. `provoked`, in the end: 429s after the first was sent."""

    def __init__(self, songs: int, url: str, token: str) -> None:
        self.songs = songs
        self.provoked = 0
        self._env = {**os.environ, "API_URL": url, "TOKEN": token, "NO_PROXY": "127.0.0.1"}

    async def read_by(self, name: str, *arguments: str) -> Reading:
        """Let one reader run, in a process of its own. Raises RuntimeError if it read too few."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            f"bench.reading.by_{name}",
            *arguments,
            env=self._env,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{name} failed; `make bench` installs all that is measured here")
        reading = Reading(**json.loads(said))
        if reading.songs != self.songs:
            raise RuntimeError(f"{name} read {reading.songs} songs instead of {self.songs}")
        return reading


@asynccontextmanager
async def library(songs: int, latency: float, calls: int | None = None) -> AsyncIterator[Library]:
    """The pretend Spotify in a process of its own; `calls` is how many it allows a second."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.reading.server",
        str(songs),
        str(latency),
        *([] if calls is None else [str(calls)]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        there = Library(songs, **json.loads(await process.stdout.readline()))
        yield there
        process.stdin.close()
        there.provoked = json.loads(await process.stdout.readline())["provoked"]
    finally:
        if process.returncode is None:
            process.stdin.close()
            await process.wait()


def bound(flights: int) -> float:
    """Seconds that nobody can be faster than: the first page, then so many at once."""
    return LATENCY * (1 + ceil((SONGS / PAGE - 1) / flights))


async def ours(there: Library, flights: int) -> Reading:
    """Our best wall time, of several runs where they are short; for the rest what is usual."""
    times = TIMES if bound(flights) < SHORT else 1
    runs = [await there.read_by("us", str(flights)) for _ in range(times)]
    return Reading(
        SONGS,
        wall=min(run.wall for run in runs),
        cpu=median(run.cpu for run in runs),
        memory=max(run.memory for run in runs),
    )


def rows_of(name: str, reading: Reading) -> list[Row]:
    return [
        Row(f"{SONGS:,} songs, {name}: wall", reading.wall, "s"),
        Row("  CPU", reading.cpu, "s"),
        Row("  memory", reading.memory, "MiB"),
    ]


def rows_of_ours(flights: int, reading: Reading, best: Reading) -> list[Row]:
    least = bound(flights)
    return [
        Row(f"{SONGS:,} songs, Tonearm, {flights} in flight: wall", reading.wall, "s",
            peer=best.wall),
        Row(f"  against the bound, {least:.2f} s", reading.wall / least, "×", 1.05),
        Row("  CPU", reading.cpu, "s", peer=best.cpu),
        Row("  against the best of the others", reading.cpu / best.cpu, "×", 0.5),
        Row("  memory", reading.memory, "MiB", 15, best.memory),
    ]  # fmt: skip


async def measure() -> list[Row]:
    rows = []
    async with library(SONGS, LATENCY) as there:
        others = []
        for name, called in PEERS.items():
            others.append(await there.read_by(name))
            rows += rows_of(called, others[-1])
        best = min(others, key=lambda reading: reading.cpu)
        for flights in FLIGHTS:
            rows += rows_of_ours(flights, await ours(there, flights), best)
    async with library(MANY, SHORT_LATENCY) as there:
        long = await there.read_by("us", "8")
        rows.append(Row(f"{MANY:,} songs, Tonearm, 8 in flight: memory", long.memory, "MiB", 15))
    async with library(FEW, LATENCY, ALLOWED) as there:
        limited = await there.read_by("us", "8")
    rows += [
        Row(f"{FEW:,} songs, Tonearm, {ALLOWED} calls a second allowed: wall", limited.wall, "s",
            peer=FEW / PAGE / ALLOWED),
        Row("  refused for calls sent after the first refusal", there.provoked, "calls", 0),
    ]  # fmt: skip
    return rows
