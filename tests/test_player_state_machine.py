"""Random sessions of four users: replies and panels must agree with the simulated Spotify.

Hypothesis draws commands, presses, waiting times and disturbances, always the same ones. WALK sets
a number of random sessions instead:

    WALK=2000 .venv/bin/python -m pytest -n 0 tests/test_player_state_machine.py -k agree
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.player_state_machine import mutants
from tests.player_state_machine.machine import PlayerStateMachine
from tests.player_state_machine.message_parser import parse_message
from tests.player_state_machine.player_app import PlayerApp, PlayerEnvironment, player_environment
from tests.stall_free_loop import StallFreeLoop

MAX_EXAMPLES = int(os.environ.get("WALK", "0"))
DEFAULT_SETTINGS = settings(
    max_examples=MAX_EXAMPLES or 8,
    stateful_step_count=50,
    derandomize=not MAX_EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
SELF_CHECK_SETTINGS = settings(
    DEFAULT_SETTINGS,
    max_examples=200,
    stateful_step_count=25,
    verbosity=Verbosity.quiet,
)


@pytest.fixture(name="environment")
def _environment() -> Iterator[PlayerEnvironment]:
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(player_environment(runner)))
        runner.run(stack.aclose())


def test_replies_agree_with_player_state(environment: PlayerEnvironment) -> None:
    run_state_machine_as_test(PlayerStateMachine.configured(environment), settings=DEFAULT_SETTINGS)


def test_machine_expects_ads_in_queue_and_panel(environment: PlayerEnvironment) -> None:
    """An ad hides the item from the queue and the panel, which say whether it is paused."""
    machine = PlayerStateMachine.configured(environment)()
    try:
        machine.open_panels()
        for _ in range(2):
            machine.run_command("ada", 0, "/queue show", "")
            queue = parse_message(environment.posts()[-1].data)
            machine.toggle_ad("ada")
            # The queue shown so far is wrong now.
            assert machine.checker.compare("ada").compare_queue(queue)
        machine.toggle_ad("ada")
        for event in ("pause", "play"):
            machine.use_spotify_app("ada", event)
            for line in ("/queue show", "/now", "/seek position:30"):
                machine.run_command("ada", 0, line, "")  # compares the reply
    finally:
        machine.teardown()


@pytest.mark.slow
@pytest.mark.parametrize(
    "app_type",
    [
        mutants.ReportsWithoutActing,
        mutants.ShowsPreviousState,
        mutants.RepeatsActions,
        mutants.IgnoresDoublePresses,
        mutants.AcceptsAnyPresser,
        mutants.NeverUpdatesPanels,
        mutants.RepliesPublicly,
        mutants.PollsTooOften,
    ],
)
def test_state_machine_detects_mutants(
    environment: PlayerEnvironment, app_type: type[PlayerApp]
) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            PlayerStateMachine.configured(environment, app_type), settings=SELF_CHECK_SETTINGS
        )
