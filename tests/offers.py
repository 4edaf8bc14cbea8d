"""What is offered to somebody who types, for tests."""

from __future__ import annotations

import asyncio

from sandbox.discord import Seat
from sandbox.discord.world import Json
from sandbox.spotify import Spotify
from sandbox.stage import Stage


def names(choices: list[Json] | None) -> list[str]:
    """What people read."""
    return [choice["name"] for choice in choices or []]


def values(choices: list[Json] | None) -> list[str]:
    """What the command gets."""
    return [choice["value"] for choice in choices or []]


def searches(spotify: Spotify) -> list[str]:
    """The words of every search at Spotify."""
    return [call.query["q"] for call in spotify.calls_of("GET", "search")]


async def settled(stage: Stage) -> None:
    """Wait until nothing is looked for in the background any more."""
    assert stage.bot is not None
    while looks := list(stage.bot.completion._keystrokes._looks):
        await asyncio.wait(looks)


async def played(seat: Seat, spotify: Spotify, song: int) -> str:
    """Let this song be played; its URI."""
    uri = spotify.catalogue.stock[song].uri
    await seat.run(f"/play what:{uri}")
    return uri
