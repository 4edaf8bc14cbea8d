"""The simulated Discord without the bot, and its clients."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.clock import Clock
from sandbox.discord import Discord, UserClient
from tests.simulators.discord_bot import SmallBot, run_bot
from tests.simulators.discord_oauth_site import OAuthSite, serve_oauth_site
from tests.simulators.discord_rest_client import RestClient, rest_client


@pytest.fixture
async def discord_server() -> AsyncIterator[Discord]:
    async with Discord(Clock()) as discord:
        yield discord


@pytest.fixture
async def api(discord_server: Discord) -> AsyncIterator[RestClient]:
    """Sends requests without a library."""
    async with rest_client(discord_server) as client:
        yield client


@pytest.fixture
async def bot(discord_server: Discord) -> AsyncIterator[SmallBot]:
    """A small bot on real discord.py."""
    async with run_bot(discord_server, SmallBot()) as small_bot:
        yield small_bot


@pytest.fixture
def ada(discord_server: Discord, bot: SmallBot) -> UserClient:
    return discord_server.user_client("ada", "music")


@pytest.fixture
async def client() -> AsyncIterator[OAuthSite]:
    """A website that signs users in with Discord."""
    async with serve_oauth_site() as site:
        yield site
