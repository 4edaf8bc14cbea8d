"""A pretend Spotify for each test, and real clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.spotify import Spotify
from bot.spotify.gate import HOUR, Gate
from sandbox.clock import Clock
from sandbox.spotify import Account, Player
from sandbox.spotify import Spotify as Pretend

from .clients import Clients

O_CLOCK = 1_795_000_000 // HOUR * HOUR


@pytest.fixture
def clock() -> Clock:
    """It begins on the hour, as quotas are counted by the hour."""
    return Clock(O_CLOCK)


@pytest.fixture
def gate(clock: Clock) -> Gate:
    return Gate(clock, daily=8)


@pytest.fixture
async def pretend(clock: Clock) -> AsyncIterator[Pretend]:
    async with Pretend(clock) as it:
        yield it


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
def client(pretend: Pretend, http: aiohttp.ClientSession, clock: Clock) -> Clients:
    """Call it for a client; see `Clients`."""
    return Clients(pretend, http, clock)


@pytest.fixture
def spotify(client: Clients) -> Spotify:
    """Ada's client, with every scope; nothing personal is kept."""
    return client()


@pytest.fixture
def ada(pretend: Pretend) -> Account:
    """Her account at the pretend Spotify."""
    return pretend.accounts["ada"]


@pytest.fixture
def player(ada: Account) -> Player:
    return ada.player
