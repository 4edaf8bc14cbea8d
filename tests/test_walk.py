"""Three people play, press and pause in any order, and what is said is what Spotify does.

A walk is a run of commands, presses, passing time and mishaps, drawn by Hypothesis and always the
same one. To walk further, and elsewhere, set WALK to a number of walks:

    WALK=2000 .venv/bin/python -m pytest -n 0 tests/test_walk.py -k agrees
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.walking import broken
from tests.walking.machine import Machine
from tests.walking.place import House, World, world

WALKS = int(os.environ.get("WALK", "0"))
LONG_ENOUGH = settings(
    max_examples=WALKS or 8,
    stateful_step_count=50,
    derandomize=not WALKS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
UNTIL_IT_FAILS = settings(
    LONG_ENOUGH,
    max_examples=200,
    stateful_step_count=25,
    verbosity=Verbosity.quiet,
)


@pytest.fixture(name="place")
def _place() -> Iterator[World]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(world(runner)))
        runner.run(stack.aclose())


def test_what_is_said_agrees_with_what_plays(place: World) -> None:
    run_state_machine_as_test(Machine.at(place), settings=LONG_ENOUGH)


@pytest.mark.parametrize(
    "house",
    [
        broken.SaysSo,
        broken.ShowsWhatItKnew,
        broken.DoesItTwice,
        broken.CountsEveryPress,
        broken.ObeysAnybody,
        broken.LeavesPanels,
        broken.TellsEverybody,
        broken.LooksAgainAndAgain,
    ],
)
def test_the_walk_notices_what_is_broken(place: World, house: type[House]) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Machine.at(place, house), settings=UNTIL_IT_FAILS)
