"""Adding to a playlist of 10,000 songs and tidying it, beside the least possible time.

The peer is a bound: the calls, as many at once as Tonearm allows, by the time of a response.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass

from bench.playlists.edit import ADDED_SONGS
from bench.report import Row, compare
from bot.spotify.paging import DEFAULT_CONCURRENCY

SONGS, COPIES = 10_000, 50
LATENCY = 0.080  # seconds of a response
MAX_MEMORY = 5.0  # MiB
NAMES = {
    "cold": f"/playlist add of {ADDED_SONGS} songs to {SONGS:,}, cold",
    "warm": f"/playlist add of {ADDED_SONGS} songs to {SONGS:,}, warm",
    "tidy": f"/playlist tidy of {SONGS:,} songs, {COPIES} of them second copies",
}


@dataclass(frozen=True)
class EditRun:
    """One run: seconds, MiB, and calls."""

    wall: float
    memory: float
    pages: int
    others: int

    @property
    def bound(self) -> float:
        """Seconds that the calls take at least: pages several at once, others one by one."""
        return (self.pages / DEFAULT_CONCURRENCY + self.others) * LATENCY


async def measure(rounds: int) -> list[Row]:
    rows = []
    for case, name in NAMES.items():
        runs = [await _run(case) for _ in range(rounds)]
        calls = runs[0].pages + runs[0].others
        rows += [
            compare(
                f"{name}, peer the least possible",
                [(run.wall, run.bound) for run in runs],
                unit="s",
                aim=1.1,
            ),
            Row("  calls", calls, "calls"),
            compare(
                "  memory, peer the limit",
                [(run.memory, MAX_MEMORY) for run in runs],
                unit="MiB",
                aim=1.0,
            ),
        ]
    return rows


async def _run(case: str) -> EditRun:
    """Edit a new playlist in a process of its own. Raises RuntimeError if that fails."""
    copies = COPIES if case == "tidy" else 0
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.playlists.server",
        *map(str, (SONGS, copies, LATENCY)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdin
    assert server.stdout
    try:
        served = json.loads(await server.stdout.readline())
        environment = {"API_URL": served["url"], "TOKEN": served["token"], "NO_PROXY": "127.0.0.1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.playlists.edit",
            case,
            served["playlist"],
            env=os.environ | environment,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"editing a playlist failed: {case}")
        usage, calls = map(json.loads, output.splitlines())
        return EditRun(usage["wall"], usage["memory"], calls["pages"], calls["others"])
    finally:
        server.stdin.close()
        await server.wait()
