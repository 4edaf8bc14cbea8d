"""Reading a library: Tonearm's client beside bare aiohttp, requests, spotipy and tekore.

Each reader runs in a process of its own, one after the other.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.report import Row, compare
from bot.spotify.paging import DEFAULT_CONCURRENCY, PAGE_SIZE

SONGS, MANY_SONGS, FEW_SONGS = 5_000, 100_000, 2_000
# Seconds of a response; less for the long library, of which only the memory counts.
LATENCY, SHORT_LATENCY = 0.080, 0.020
ALLOWED_CALLS_PER_SECOND = 10
LIBRARIES = {
    "requests": "requests, following next",
    "spotipy": "spotipy 2.26",
    "tekore": "tekore 6.2, given `popularity`",  # see bench.library.server
}
CONCURRENCIES = (DEFAULT_CONCURRENCY, 16)


@dataclass(frozen=True)
class Reading:
    """What one reader used: seconds, seconds of processor time, and MiB of memory.

    size   of the file that it wrote, if any, in bytes
    calls  that it made, if it counts them
    """

    songs: int
    size: int
    calls: int
    wall: float
    cpu: float
    memory: float


class LibraryServer:
    """A server of liked songs. `late_refused` is known when it has stopped: see server.Proxy."""

    def __init__(self, songs: int, url: str, token: str) -> None:
        self.songs = songs
        self.late_refused = 0
        self._environment = {"API_URL": url, "TOKEN": token, "NO_PROXY": "127.0.0.1"}

    async def read_with(self, name: str, *arguments: str) -> Reading:
        """Run one reader of `bench.library`, as `run`."""
        return await self.run(f"bench.library.read_with_{name}", *arguments)

    async def run(self, name: str, *arguments: str) -> Reading:
        """Run a module in a process of its own. Raises RuntimeError if it reads too few songs."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            name,
            *arguments,
            env=os.environ | self._environment,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"{name} failed; `make bench` installs all readers")
        reading = Reading(**json.loads(output))
        if reading.songs != self.songs:
            raise RuntimeError(f"{name} read {reading.songs} songs instead of {self.songs}")
        return reading


@asynccontextmanager
async def serve_library(
    songs: int, latency: float, calls_per_second: int | None = None
) -> AsyncIterator[LibraryServer]:
    """Run bench.library.server until the context ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.library.server",
        str(songs),
        str(latency),
        *([] if calls_per_second is None else [str(calls_per_second)]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        server = LibraryServer(songs, **json.loads(await process.stdout.readline()))
        yield server
        process.stdin.close()
        server.late_refused = json.loads(await process.stdout.readline())["late_refused"]
    finally:
        if process.returncode is None:
            process.stdin.close()
            await process.wait()


async def compare_with_aiohttp(
    server: LibraryServer, concurrency: int, rounds: int
) -> list[tuple[Reading, Reading]]:
    """Readings of ours and of bare aiohttp, in turn."""
    argument = str(concurrency)
    return [
        (await server.read_with("tonearm", argument), await server.read_with("aiohttp", argument))
        for _ in range(rounds)
    ]


async def measure(rounds: int) -> list[Row]:
    rows = []
    readings = {}
    async with serve_library(SONGS, LATENCY) as server:
        for concurrency in CONCURRENCIES:
            readings[concurrency] = await compare_with_aiohttp(server, concurrency, rounds)
            rows += _rows_beside_aiohttp(concurrency, readings[concurrency])
        ours = [own for own, _ in readings[DEFAULT_CONCURRENCY]]
        for name, title in LIBRARIES.items():
            rows += _rows_beside_library(title, ours, await server.read_with(name))
    async with serve_library(SONGS, SHORT_LATENCY) as server:
        few = await server.read_with("tonearm", "8")
    async with serve_library(MANY_SONGS, SHORT_LATENCY) as server:
        many = await server.read_with("tonearm", "8")
    async with serve_library(FEW_SONGS, LATENCY, ALLOWED_CALLS_PER_SECOND) as server:
        limited = await server.read_with("tonearm", "8")
    least = FEW_SONGS / PAGE_SIZE / ALLOWED_CALLS_PER_SECOND
    limit = f"{FEW_SONGS:,} songs, {ALLOWED_CALLS_PER_SECOND} calls a second allowed"
    return [
        *rows,
        compare(
            f"memory to read {MANY_SONGS:,} songs, peer {SONGS:,} songs",
            [(many.memory, few.memory)],
            unit="MiB",
            aim=2.0,
        ),
        compare(f"{limit}, peer the least possible", [(limited.wall, least)], unit="s"),
        Row("  calls refused after the first refusal", server.late_refused, "calls"),
    ]


def _rows_beside_aiohttp(concurrency: int, rounds: list[tuple[Reading, Reading]]) -> list[Row]:
    name = f"{SONGS:,} songs, {concurrency} pages at once, peer bare aiohttp"
    return [
        compare(f"{name}: time", [(a.wall, b.wall) for a, b in rounds], unit="s", aim=1.1),
        compare("  CPU", [(a.cpu, b.cpu) for a, b in rounds], unit="s", aim=1.5),
        compare("  memory", [(a.memory, b.memory) for a, b in rounds], unit="MiB"),
    ]


def _rows_beside_library(title: str, ours: list[Reading], other: Reading) -> list[Row]:
    name = f"{SONGS:,} songs, {DEFAULT_CONCURRENCY} pages at once, peer {title}"
    return [
        compare(f"{name}: time", [(own.wall, other.wall) for own in ours], unit="s"),
        compare("  CPU", [(own.cpu, other.cpu) for own in ours], unit="s", aim=0.75),
        compare("  memory", [(own.memory, other.memory) for own in ours], unit="MiB"),
    ]
