"""If Spotify does not respond in time, the reply names the current item; nothing is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.message_text import render_message
from tests.fast_forward import FastForwardLoop, run_fast_forward
from tests.login_state_machine.held_responses import HeldResponse
from tests.unknown_outcome import (
    CHECK_SPOTIFY,
    Attempt,
    PlayerBefore,
    each_attempt,
    expected_reply,
)

# The timeout of a command here. A call that must not be repeated needs two seconds of it.
COMMAND_TIMEOUT_S = 2.5


def run_linked(
    scenario: Callable[[Harness, UserClient, FastForwardLoop], Awaitable[None]],
) -> None:
    """Run this scenario with Ada linked, on an event loop that can be moved forward."""

    async def run(loop: FastForwardLoop) -> None:
        async with run_harness(command_timeout=COMMAND_TIMEOUT_S) as harness:
            linked_user = await harness.link_account("ada")
            await scenario(harness, linked_user, loop)

    run_fast_forward(run)


@each_attempt
@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
def test_unanswered_call_times_out_with_command(attempt: Attempt, executed: bool) -> None:
    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        before = PlayerBefore.of(harness.spotify)
        stalled = Fault(f"{attempt.endpoint}$", "stall", runs_first=executed, times=None)
        harness.spotify.faults.add(stalled)
        command = asyncio.create_task(attempt.perform(linked_user))
        await stalled.struck.wait()
        loop.ahead += COMMAND_TIMEOUT_S
        reply = await command
        assert reply.text == expected_reply(harness.spotify, before.player, attempt)
        assert stalled.hits == 1
        before.check(attempt, executed)

    run_linked(scenario)


def test_unanswered_state_read_times_out() -> None:
    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        skip = Fault("me/player/next$", "stall", runs_first=True)
        state_read = Fault("GET .*/me/player$", "stall", times=None)
        harness.spotify.faults.add(skip)
        harness.spotify.faults.add(state_read)
        command = asyncio.create_task(linked_user.run("/next"))
        await skip.struck.wait()
        loop.ahead += COMMAND_TIMEOUT_S
        await state_read.struck.wait()
        loop.ahead += 2
        # By the loop's clock the client's own wait is nearly over, so start a new one.
        await asyncio.gather(
            linked_user.wait_for_message(CHECK_SPOTIFY), command, return_exceptions=True
        )
        assert CHECK_SPOTIFY in render_message(linked_user.messages()[-1])
        assert (skip.hits, state_read.hits) == (1, 1)

    run_linked(scenario)


def test_call_without_remaining_time_is_not_sent() -> None:
    """Aborting the call halfway would leave its outcome unknown."""

    async def scenario(harness: Harness, linked_user: UserClient, loop: FastForwardLoop) -> None:
        harness.spotify.faults.add(search := HeldResponse("GET .*/search$"))
        command = asyncio.create_task(linked_user.run("/play lantern"))
        await search.hold.response_ready.wait()
        loop.ahead += COMMAND_TIMEOUT_S - 1.9
        search.hold.released.set()
        assert (await command).text.startswith("Spotify isn’t responding properly")
        assert not harness.spotify.calls_to("PUT", "me/player/play")

    run_linked(scenario)
