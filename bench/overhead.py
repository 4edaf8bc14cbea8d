"""The cost of a call to Spotify besides the network: decoding, rate limiter and metrics."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from timeit import repeat

import aiohttp

from bench.report import Row, compare
from bot.accounts.metrics import Metrics
from bot.spotify.pages import SavedTrack, page_decoder
from bot.spotify.rate_limiter import RateLimiter
from sandbox.clock import Clock
from sandbox.spotify import Spotify

# How often each is run within a measurement; the best of REPEATS measurements counts.
DECODINGS, LIMITED_CALLS, HTTP_CALLS = 200, 2_000, 50
REPEATS = 5
PAGE = "me/tracks?limit=50&offset=50"
SMALL = "me/library/contains?uris=spotify:track:0likedByMany0000000001"


@asynccontextmanager
async def spotify_session() -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """Bare aiohttp, logged in as a user with liked songs, and the URL of the Web API."""
    async with Spotify(Clock()) as spotify:
        spotify.accounts["ada"].like_generated(100)
        token = spotify.issue_access_token("ada", "user-library-read")
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(headers=headers, raise_for_status=True) as http:
            yield http, spotify.api_url


def best_time(function: Callable[[], object], times: int) -> float:
    """Seconds of one run."""
    return min(repeat(function, number=times, repeat=REPEATS, timer=perf_counter)) / times


async def http_time(http: aiohttp.ClientSession, url: str) -> float:
    """Seconds of one call with bare aiohttp; the simulated Spotify is in the same process."""
    started = perf_counter()
    for _ in range(HTTP_CALLS):
        async with http.get(url) as response:
            await response.read()
    return (perf_counter() - started) / HTTP_CALLS


def limited_call(*, background: bool) -> Callable[[], None]:
    """A call that passes the rate limiter and the metrics, after a day of calls."""
    clock = Clock()
    limiter, metrics = (
        RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=10**9),
        Metrics(),
    )
    for _ in range(24):
        clock.advance(3600)
        for earlier_in_background in (False, True):
            limiter.acquire("app", "library", background=earlier_in_background)

    def call() -> None:
        limiter.acquire("app", "library", background=background)
        with limiter.track("app", "library", background=background):
            metrics.record_call("library", 200, 0.08)

    return call


async def measure(rounds: int) -> list[Row]:
    decode = page_decoder(SavedTrack)
    calls = {False: limited_call(background=False), True: limited_call(background=True)}
    decodings: list[tuple[float, float]] = []
    limited: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    async with spotify_session() as (http, api_url):
        async with http.get(f"{api_url}/{PAGE}") as response:
            body = await response.read()
        for _ in range(rounds):
            decodings.append(
                (
                    best_time(lambda: decode(body), DECODINGS),
                    best_time(lambda: json.loads(body), DECODINGS),
                )
            )
            for background, call in calls.items():
                peer = await http_time(http, f"{api_url}/{SMALL}")
                limited[background].append((best_time(call, LIMITED_CALLS), peer))
    return [
        compare("decoding 50 songs, peer json.loads", decodings, unit="µs", scale=1e6, aim=1.0),
        *(
            compare(
                f"rate limiter and metrics, {'background' if background else 'command'}, "
                "peer a call by bare aiohttp",
                results,
                unit="µs",
                scale=1e6,
                aim=0.1,
            )
            for background, results in limited.items()
        ),
    ]
