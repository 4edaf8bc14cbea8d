"""What is offered to somebody who types, for tests."""

from __future__ import annotations

import asyncio

from sandbox.discord import UserClient
from sandbox.discord.state import Json
from sandbox.harness import Harness
from sandbox.spotify import Spotify


def choice_names(choices: list[Json] | None) -> list[str]:
    """What people read."""
    return [choice["name"] for choice in choices or []]


def choice_values(choices: list[Json] | None) -> list[str]:
    """What the command gets."""
    return [choice["value"] for choice in choices or []]


def search_queries(spotify: Spotify) -> list[str]:
    """The words of every search at Spotify."""
    return [call.query["q"] for call in spotify.calls_to("GET", "search")]


async def wait_for_searches(harness: Harness) -> None:
    """Wait until nothing is looked for in the background any more."""
    assert harness.bot is not None
    while looks := list(harness.bot.services.autocomplete._debouncer._fetches):
        await asyncio.wait(looks)


async def play_track(user: UserClient, spotify: Spotify, index: int) -> str:
    """Let this song be played; its URI."""
    uri = spotify.catalogue.regular_tracks[index].uri
    await user.run(f"/play what:{uri}")
    return uri
