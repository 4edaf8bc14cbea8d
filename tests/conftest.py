"""A stage for each test, and people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.discord import Discord, Seat
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage, stage


@pytest.fixture(name="stage")
async def _stage() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


@pytest.fixture
def discord(stage: Stage) -> Discord:
    return stage.discord


@pytest.fixture
def spotify(stage: Stage) -> Spotify:
    return stage.spotify


@pytest.fixture
def ada(discord: Discord) -> Seat:
    """Ada in #music, not linked."""
    return discord.seat("ada", "music")


@pytest.fixture
async def linked(stage: Stage) -> Seat:
    """Ada in #music, linked to her Spotify account, which is Premium and awake."""
    return await stage.link("ada")


@pytest.fixture
def player(spotify: Spotify, linked: Seat) -> Player:
    """Ada's, who is linked; it plays the second track of an album."""
    assert linked
    player = spotify.accounts["ada"].player
    player.resume()
    return player
