"""The example in the docstring of bot.spotify works without the rest of the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from textwrap import dedent
from typing import Any

import aiohttp
import pytest

import bot.spotify
from bot.errors.spotify import AccessTokenRefused
from bot.spotify.transport import API_URL
from sandbox.spotify import Account
from sandbox.spotify import Spotify as FakeSpotify

LikedSongsExample = Callable[[aiohttp.ClientSession, str, str], Awaitable[list[str | None]]]


@pytest.fixture
def example() -> str:
    lines = (bot.spotify.__doc__ or "").splitlines()
    return dedent("\n".join(line for line in lines if not line or line.startswith("    ")))


@pytest.fixture
def read_liked_songs(example: str) -> LikedSongsExample:
    """The namespace of the example, with the objects that it needs."""
    names: dict[str, Any] = {
        **{name: getattr(bot.spotify, name) for name in bot.spotify.__all__},
        "API_URL": API_URL,
        "AccessTokenRefused": AccessTokenRefused,
        "ClientSession": aiohttp.ClientSession,
    }
    exec(example, names)
    found: LikedSongsExample = names["liked"]
    return found


def test_example_has_eight_lines(example: str) -> None:
    assert 0 < len([line for line in example.splitlines() if line.strip()]) <= 8


async def test_example_works(
    fake: FakeSpotify,
    http: aiohttp.ClientSession,
    ada: Account,
    read_liked_songs: LikedSongsExample,
) -> None:
    ada.like_generated(100)
    ada.liked.insert(0, (f"spotify:track:{'0' * 22}", None))
    token = fake.issue_access_token("ada", "user-library-read")
    things = [fake.catalogue.find_item(uri) for uri, _ in ada.liked]
    assert await read_liked_songs(http, token, fake.api_url) == [
        song.name for song in things if song
    ]


async def test_example_reports_refused_token(
    fake: FakeSpotify, http: aiohttp.ClientSession, read_liked_songs: LikedSongsExample
) -> None:
    with pytest.raises(AccessTokenRefused):
        await read_liked_songs(http, "wrong", fake.api_url)
    assert len(fake.calls) == 1
