"""A harness for each test, with users; how many examples a property test tries."""

from __future__ import annotations

import os
import tempfile
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
from hypothesis import settings

from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness, memory_folder, run_harness
from sandbox.spotify import Player, Spotify
from tests.stall_free_loop import StallFreeLoop

# Each run tries the same examples. `make test` uses the first profile, `make check` the second.
settings.register_profile("quick", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2_000)
settings.load_profile("quick")

# Where `tmp_path` and all other temporary files are, also those of the programs that tests run.
if _folder := memory_folder():
    tempfile.tempdir = os.environ["TMPDIR"] = _folder


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Tests run on a loop whose timeouts do not depend on the machine's speed."""
    return {"stall-free": StallFreeLoop}


@pytest.fixture(name="harness")
async def _harness() -> AsyncIterator[Harness]:
    async with run_harness() as it:
        yield it


@pytest.fixture
def discord(harness: Harness) -> Discord:
    return harness.discord


@pytest.fixture
def spotify(harness: Harness) -> Spotify:
    return harness.spotify


@pytest.fixture
def ada(discord: Discord) -> UserClient:
    """Ada in #music, not linked."""
    return discord.user_client("ada", "music")


@pytest.fixture
async def linked_user(harness: Harness) -> UserClient:
    """Ada in #music, linked to her Spotify account, which is Premium and awake."""
    return await harness.link_account("ada")


@pytest.fixture
def player(spotify: Spotify, linked_user: UserClient) -> Player:
    """Ada's, who is linked; it plays the second track of an album."""
    assert linked_user
    player = spotify.accounts["ada"].player
    player.resume()
    return player
