"""The pretend Discord alone, and who talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.clock import Clock
from sandbox.discord import Discord, Seat
from tests.stage.discord_bot import SmallBot, connected
from tests.stage.discord_client import Client, signing_in
from tests.stage.discord_wire import Wire, wired


@pytest.fixture
async def stand_in() -> AsyncIterator[Discord]:
    async with Discord(Clock()) as discord:
        yield discord


@pytest.fixture
async def wire(stand_in: Discord) -> AsyncIterator[Wire]:
    """Requests without a library."""
    async with wired(stand_in) as requests:
        yield requests


@pytest.fixture
async def bot(stand_in: Discord) -> AsyncIterator[SmallBot]:
    """A small bot on real discord.py."""
    async with connected(stand_in, SmallBot()) as small:
        yield small


@pytest.fixture
def ada(stand_in: Discord, bot: SmallBot) -> Seat:
    return stand_in.seat("ada", "music")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Somebody who signs in with Discord."""
    async with signing_in() as signing:
        yield signing
