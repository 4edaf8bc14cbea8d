"""Stopping in the middle of things: what can still end does, and the others are told."""

from __future__ import annotations

import asyncio

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, ResponseHold, released_at_exit

RESTART_MESSAGE = (
    "Tonearm is restarting, and cannot say whether that was done. Look before you repeat it, in a "
    "minute."
)


def _start_slow_command(
    spotify: Spotify, user: UserClient
) -> tuple[asyncio.Task[Reply], ResponseHold]:
    """A command that waits for Spotify, and what Spotify's answer waits for."""
    slow = HeldResponse("GET .*/me/player$")
    spotify.faults.add(slow)
    return asyncio.create_task(user.run("/now")), slow.hold


async def test_command_finishing_in_grace_period_is_answered(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    command, slow = _start_slow_command(spotify, linked_user)
    async with released_at_exit(slow):
        await slow.response_ready.wait()
        stopping = asyncio.create_task(harness.stop())
        await asyncio.wait([stopping], timeout=0.1)
        assert not stopping.done()
    assert "Ada's Laptop" in (await command).text
    await stopping
    assert RESTART_MESSAGE not in (await command).text


async def test_unfinished_command_is_told_about_restart() -> None:
    async with run_harness(shutdown_timeout=0.1) as it:
        linked_user = await it.link_account("ada")
        command, slow = _start_slow_command(it.spotify, linked_user)
        async with released_at_exit(slow):
            await slow.response_ready.wait()
            await it.stop()
            assert (await command).text == RESTART_MESSAGE
        await it.start()
        assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_unfinished_component_press_is_told_about_restart() -> None:
    async with run_harness(shutdown_timeout=0.1) as it:
        found = await (await it.link_account("ada")).run("/search lantern")
        before = found.text
        it.clock.advance(3600)  # so that nothing of it is kept any more
        slow = HeldResponse("GET .*/tracks/")
        it.spotify.faults.add(slow)
        picking = asyncio.create_task(found.pick("Carry the Lantern Home, Ines"))
        async with released_at_exit(slow.hold) as pause:
            await pause.response_ready.wait()
            await it.stop()
            assert RESTART_MESSAGE in (await picking).text
        assert found.text == before
