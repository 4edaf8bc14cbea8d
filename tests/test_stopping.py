"""Stopping in the middle of things: what can still end does, and the others are told."""

from __future__ import annotations

import asyncio

from sandbox.discord import Reply, Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage, stage
from tests.linking.slow import HeldBack, Pause, held_back

SAYS = (
    "Tonearm is restarting, and cannot say whether that was done. Look before you repeat it, in a "
    "minute."
)


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


async def test_who_waits_longer_is_told_to_use_it_again() -> None:
    async with stage(grace=0.1) as it:
        linked = await it.link("ada")
        command, slow = _under_way(it.spotify, linked)
        async with held_back(slow):
            await slow.arrived.wait()
            await it.stop()
            assert (await command).text == SAYS
        await it.start()
        assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_who_waits_for_a_menu_is_told_so_beside_it() -> None:
    async with stage(grace=0.1) as it:
        found = await (await it.link("ada")).run("/search lantern")
        before = found.text
        it.clock.advance(3600)  # so that nothing of it is kept any more
        slow = HeldBack("GET .*/tracks/")
        it.spotify.faults.add(slow)
        picking = asyncio.create_task(found.pick("Carry the Lantern Home, Ines"))
        async with held_back(slow.pause) as pause:
            await pause.arrived.wait()
            await it.stop()
            assert SAYS in (await picking).text
        assert found.text == before
