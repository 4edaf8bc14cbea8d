"""Shutdown: running commands finish within the grace period, or reply that they were aborted."""

from __future__ import annotations

import asyncio

from bot.client import SHUTDOWN_GRACE
from bot.command_line.signals import MAX_SHUTDOWN
from sandbox.discord import Reply, RequestKind, UserClient
from sandbox.discord.faults import late_answer, no_answer
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, ResponseHold, released_at_exit

RESTART_MESSAGE = "Tonearm is restarting and may not have finished that. Check before trying again."


def _start_slow_command(
    spotify: Spotify, user: UserClient
) -> tuple[asyncio.Task[Reply], ResponseHold]:
    """Start a command that waits for Spotify; returns it and the hold on the response."""
    held = HeldResponse("GET .*/me/player$")
    spotify.faults.add(held)
    return asyncio.create_task(user.run("/now")), held.hold


async def test_command_finishing_in_grace_period_is_answered(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    command, hold = _start_slow_command(spotify, linked_user)
    async with released_at_exit(hold):
        await hold.response_ready.wait()
        shutdown = asyncio.create_task(harness.stop())
        await asyncio.wait([shutdown], timeout=0.1)
        assert not shutdown.done()
    assert "Ada's Laptop" in (await command).text
    await shutdown
    assert RESTART_MESSAGE not in (await command).text


async def test_unfinished_command_is_told_about_restart() -> None:
    async with run_harness(shutdown_timeout=0.1) as harness:
        linked_user = await harness.link_account("ada")
        command, hold = _start_slow_command(harness.spotify, linked_user)
        async with released_at_exit(hold):
            await hold.response_ready.wait()
            await harness.stop()
            assert (await command).text == RESTART_MESSAGE
        await harness.start()
        assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_unfinished_component_press_is_told_about_restart() -> None:
    async with run_harness(shutdown_timeout=0.1) as harness:
        reply = await (await harness.link_account("ada")).run("/search lantern")
        before = reply.text
        harness.clock.advance(3600)  # empties the cache
        held = HeldResponse("GET .*/tracks/")
        harness.spotify.faults.add(held)
        selection = asyncio.create_task(reply.pick("Carry the Lantern Home, Ines"))
        async with released_at_exit(held.hold) as hold:
            await hold.response_ready.wait()
            await harness.stop()
            assert RESTART_MESSAGE in (await selection).text
        assert reply.text == before


async def test_stop_takes_bounded_time_if_nothing_answers() -> None:
    """Neither Discord's REST and gateway nor Spotify; and a browser keeps its connection."""
    async with run_harness(shutdown_timeout=0.1) as harness:
        ada = await harness.link_account("ada")
        grace = await harness.link_account("grace")
        followed = harness.discord.faults.add(late_answer(f" {RequestKind.EDIT}$", times=None))
        harness.discord.faults.add(no_answer(f" {RequestKind.FOLLOW_UP}$", times=None))
        harness.spotify.tokens.expire_access_tokens()
        renewal = Fault("POST .*/api/token", "stall", times=None)
        harness.spotify.accounts_faults.add(renewal)
        actions = [asyncio.create_task(user.run("/now")) for user in (ada, grace)]
        _, writer = await asyncio.open_connection("127.0.0.1", harness.settings.port)
        writer.write(b"GET /privacy HTTP/1.1\r\n")
        await writer.drain()
        await harness.spotify.changes.wait_until(lambda: renewal.hits > 0)
        harness.discord.gateway.ignores_close = True
        loop = asyncio.get_running_loop()
        started_at = loop.time()
        await harness.stop()
        assert loop.time() - started_at < MAX_SHUTDOWN - SHUTDOWN_GRACE
        assert followed.hits
        for action in actions:
            action.cancel()
        await asyncio.gather(*actions, return_exceptions=True)
        writer.close()
