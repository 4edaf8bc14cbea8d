"""The package as a library of its own: the example in its docstring does what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from textwrap import dedent
from typing import Any

import aiohttp
import pytest

import bot.spotify
from bot.errors import AccessTokenRefused
from bot.spotify.transport import API_URL
from sandbox.spotify import Account
from sandbox.spotify import Spotify as Pretend

Liked = Callable[[aiohttp.ClientSession, str, str], Awaitable[list[str | None]]]


@pytest.fixture
def example() -> str:
    lines = (bot.spotify.__doc__ or "").splitlines()
    return dedent("\n".join(line for line in lines if not line or line.startswith("    ")))


@pytest.fixture
def liked(example: str) -> Liked:
    """What the example defines, with what it needs besides the package itself."""
    names: dict[str, Any] = {
        **{name: getattr(bot.spotify, name) for name in bot.spotify.__all__},
        "API_URL": API_URL,
        "AccessTokenRefused": AccessTokenRefused,
        "ClientSession": aiohttp.ClientSession,
    }
    exec(example, names)
    found: Liked = names["liked"]
    return found


def test_the_example_has_eight_lines(example: str) -> None:
    assert 0 < len([line for line in example.splitlines() if line.strip()]) <= 8


async def test_the_example_works(
    pretend: Pretend, http: aiohttp.ClientSession, ada: Account, liked: Liked
) -> None:
    ada.like_many(100)
    ada.liked.insert(0, (f"spotify:track:{'0' * 22}", None))
    token = pretend.access_token("ada", "user-library-read")
    things = [pretend.catalogue.find(uri) for uri, _ in ada.liked]
    assert await liked(http, token, pretend.api_url) == [one.name for one in things if one]


async def test_it_says_so_where_the_token_is_refused(
    pretend: Pretend, http: aiohttp.ClientSession, liked: Liked
) -> None:
    with pytest.raises(AccessTokenRefused):
        await liked(http, "wrong", pretend.api_url)
    assert len(pretend.calls) == 1
