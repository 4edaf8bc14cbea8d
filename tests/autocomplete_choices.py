"""Helpers that read autocomplete choices and wait for background searches."""

from __future__ import annotations

import asyncio

from sandbox.discord import UserClient
from sandbox.discord.state import Json
from sandbox.harness import Harness
from sandbox.spotify import Spotify


def choice_names(choices: list[Json] | None) -> list[str]:
    """The labels that Discord shows."""
    return [choice["name"] for choice in choices or []]


def choice_values(choices: list[Json] | None) -> list[str]:
    """The values that the command receives."""
    return [choice["value"] for choice in choices or []]


def search_queries(spotify: Spotify) -> list[str]:
    """The query of each search that Spotify received."""
    return [call.query["q"] for call in spotify.calls_to("GET", "search")]


async def wait_for_searches(harness: Harness) -> None:
    """Wait until no background search is running."""
    assert harness.bot is not None
    while searches := list(harness.bot.services.autocomplete._debouncer._tasks):
        await asyncio.wait(searches)


async def play_track(user: UserClient, spotify: Spotify, index: int) -> str:
    """Play the catalogue's track at this index; returns its URI."""
    uri = spotify.catalogue.regular_tracks[index].uri
    await user.run(f"/play what:{uri}")
    return uri
