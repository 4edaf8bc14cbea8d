"""Stopping in the middle of things: what can still end does, and the others are told."""

from __future__ import annotations

import asyncio

from sandbox.discord import Reply, Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, Pause, held_back

SAYS = "Tonearm is restarting. Use the command again in a minute."


def _under_way(spotify: Spotify, seat: Seat) -> tuple[asyncio.Task[Reply], Pause]:
    """A command that waits for Spotify, and what Spotify's answer waits for."""
    slow = HeldBack("GET .*/me/player$")
    spotify.faults.add(slow)
    return asyncio.create_task(seat.run("/now")), slow.pause


async def test_a_command_that_ends_in_time_is_answered(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    command, slow = _under_way(spotify, linked)
    async with held_back(slow):
        await slow.arrived.wait()
        stopping = asyncio.create_task(stage.stop())
        await asyncio.wait([stopping], timeout=0.1)
        assert not stopping.done()
    assert "Ada's Laptop" in (await command).text
    await stopping
    assert SAYS not in (await command).text


async def test_who_waits_longer_is_told_to_use_it_again(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    command, slow = _under_way(spotify, linked)
    async with held_back(slow):
        await slow.arrived.wait()
        await stage.stop()
        assert (await command).text == SAYS
    await stage.start()
    assert "Ada's Laptop" in (await linked.run("/now")).text
