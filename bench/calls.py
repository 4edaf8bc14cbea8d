"""What every call costs us besides the wire: reading a page, and passing the gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter
from timeit import repeat

import aiohttp

from bench.table import Row
from bot.accounts.metrics import Metrics
from bot.spotify.limits import RateLimiter
from bot.spotify.pages import SavedTrack, page_decoder
from sandbox.clock import Clock
from sandbox.spotify import Spotify

PAGES, CALLS, TIMES = 200, 2_000, 7


async def page() -> bytes:
    """Fifty liked songs, as they come over the wire."""
    async with Spotify(Clock()) as spotify, aiohttp.ClientSession() as http:
        spotify.accounts["ada"].like_generated(100)
        token = spotify.issue_access_token("ada", "user-library-read")
        url = f"{spotify.api_url}/me/tracks?limit=50&offset=50"
        async with http.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
            return await response.read()


def least(what: Callable[[], object], times: int) -> float:
    """Microseconds for one, in the best of several rounds of so many."""
    return min(repeat(what, number=times, repeat=TIMES, timer=perf_counter)) / times * 1e6


def gate(*, background: bool) -> float:
    """Microseconds to be let through and counted, after a day of calls."""
    clock = Clock()
    there, counters = RateLimiter(clock, daily_limit=10**9), Metrics()
    for _ in range(24):
        clock.advance(3600)
        for behind in (False, True):
            there.acquire("app", "library", background=behind)

    def call() -> None:
        there.acquire("app", "library", background=background)
        with there.track("app", "library", background=background):
            counters.record_call("library", 200, 0.08)

    return least(call, CALLS)


async def measure() -> list[Row]:
    body = await page()
    read = page_decoder(SavedTrack)
    return [
        Row(f"page of 50 songs, {len(body) / 50 / 1000:.1f} KB each, read, beside json.loads",
            least(lambda: read(body), PAGES), "µs", peer=least(lambda: json.loads(body), PAGES)),
        Row("gate and counters, for a command's call", gate(background=False), "µs", 50),
        Row("gate and counters, for a call in the background", gate(background=True), "µs", 50),
    ]  # fmt: skip
