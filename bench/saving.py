"""The time of /save and /undo of forty links, beside the latency of their calls alone."""

from __future__ import annotations

import resource
import sys
from time import perf_counter

from bench.report import Row, compare
from sandbox.discord import UserClient
from sandbox.harness import Harness, run_harness

# Seconds that Spotify takes for a response.
LATENCY = 0.1
LINKS = 40
AIM = 1.1
# MiB that the process, with the simulated services, may grow by in all rounds.
MAX_GROWTH = 5.0
_KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1


async def measure(rounds: int) -> list[Row]:
    """One call after the other: the write needs the answer to what was saved before."""
    async with run_harness() as harness:
        user = await harness.link_account("ada")
        songs = [track.uri for track in harness.spotify.catalogue.regular_tracks[:LINKS]]
        harness.spotify.accounts["ada"].remove(*songs)
        save = f"/save what:{' '.join(songs)}"
        for command in (save, "/undo"):
            await user.run(command)
        before = _memory()
        harness.spotify.faults.latency = LATENCY
        saves, undos = [], []
        for _ in range(rounds):
            saves.append(await _run(harness, user, save))
            undos.append(await _run(harness, user, "/undo"))
        growth = _memory() - before
    return [
        compare(f"/save of {LINKS} links, peer its calls", saves, unit="ms", scale=1e3, aim=AIM),
        compare("/undo of that, peer its calls", undos, unit="ms", scale=1e3, aim=AIM),
        Row(
            "memory after that, peer the limit",
            growth,
            "MiB",
            MAX_GROWTH,
            growth / MAX_GROWTH,
            aim=1.0,
        ),
    ]


async def _run(harness: Harness, user: UserClient, command: str) -> tuple[float, float]:
    """Seconds of the command, and of its calls to Spotify."""
    calls = len(harness.spotify.calls)
    started = perf_counter()
    await user.run(command)
    seconds = perf_counter() - started
    return seconds, (len(harness.spotify.calls) - calls) * LATENCY


def _memory() -> float:
    """The peak memory of the process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB_PER_UNIT / 1024
