"""A simulated Spotify for each test, and real clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.spotify import Spotify
from bot.spotify.rate_limiter import HOUR, RateLimiter
from sandbox.clock import Clock
from sandbox.spotify import Account, Player
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_factory import ClientFactory

START_OF_HOUR = 1_795_000_000 // HOUR * HOUR


@pytest.fixture
def clock() -> Clock:
    """The clock starts on the hour, because quotas are counted by the hour."""
    return Clock(START_OF_HOUR)


@pytest.fixture
def gate(clock: Clock) -> RateLimiter:
    return RateLimiter(now=clock, monotonic=clock.monotonic, daily_limit=8)


@pytest.fixture
async def fake(clock: Clock) -> AsyncIterator[FakeSpotify]:
    async with FakeSpotify(clock) as it:
        yield it


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
def make_client(fake: FakeSpotify, http: aiohttp.ClientSession, clock: Clock) -> ClientFactory:
    """Call it to make a client; see `Clients`."""
    return ClientFactory(fake, http, clock)


@pytest.fixture
def spotify(make_client: ClientFactory) -> Spotify:
    """Ada's client with every scope, without a cache for personal responses."""
    return make_client()


@pytest.fixture
def ada(fake: FakeSpotify) -> Account:
    """Ada's account at the simulated Spotify."""
    return fake.accounts["ada"]


@pytest.fixture
def player(ada: Account) -> Player:
    return ada.player
