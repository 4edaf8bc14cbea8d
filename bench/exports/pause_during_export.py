"""The time of /pause while another user's export runs, beside its time at the idle bot.

The simulated Spotify shares its process with the measurement, and serves the pages of the export
meanwhile. So the ratio is rather too high.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

from bench.interactions import Pause, set_up
from bench.report import Row, compare
from bench.users import BotPair, LinkedUser, start_pair

# Liked songs: more pages than there are commands in a round.
SONGS = 100_000
# Seconds that Spotify takes for a response.
LATENCY = 0.08
# /pause in each state, in one round.
COMMANDS = 30
# Pages that the export requests before each of them. It yields to a command, so that without
# this pause it would hardly run.
PAGES = 4


async def measure(rounds: int) -> Row:
    async with start_pair(COMMANDS + 1) as bots:
        exporter, *users = bots.users
        exporter.account.like_generated(SONGS)
        pause = Pause(users)
        await set_up([pause])
        bots.spotify.faults.latency = LATENCY
        results = [await _round(bots, pause, exporter) for _ in range(rounds)]
    title = f"/pause while {SONGS:,} songs are exported, p50, peer the idle bot"
    return compare(title, results, unit="ms", scale=1e3, aim=1.5)


async def _round(bots: BotPair, pause: Pause, exporter: LinkedUser) -> tuple[float, float]:
    """Seconds of /pause during an export, and without one."""
    idle = await _times(bots, pause, pages=0)
    bots.spotify.calls.clear()
    reply = await exporter.ours.run("/export what:liked-songs")
    busy = await _times(bots, pause, pages=PAGES)
    await reply.press("Stop")
    await reply.wait_for("Stopped")
    return busy, idle


def _pages(bots: BotPair) -> int:
    return len(bots.spotify.calls_to("GET", "me/tracks"))


async def _times(bots: BotPair, pause: Pause, *, pages: int) -> float:
    """The median, in seconds. Raises TimeoutError if no export requests so many `pages`."""
    seconds = []
    for user in pause.users:
        wanted = _pages(bots) + pages
        await bots.spotify.changes.wait_until(lambda wanted=wanted: _pages(bots) >= wanted)  # type: ignore[misc]
        pause.prepare(user, 0)
        started = perf_counter()
        await pause.ours(user, 0)
        seconds.append(perf_counter() - started)
    return median(seconds)
