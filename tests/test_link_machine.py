"""Whatever people, clocks and restarts do to logins, in any order, nobody gets a wrong link."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.linking import broken
from tests.linking.machine import ByCode, Machine, WithDiscord
from tests.linking.place import House, World, world

LONG_ENOUGH = settings(
    max_examples=32,
    stateful_step_count=50,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
UNTIL_IT_FAILS = settings(
    LONG_ENOUGH,
    max_examples=100,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
)


@pytest.fixture(name="place")
def _place() -> Iterator[World]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(world(runner)))
        runner.run(stack.aclose())


@pytest.mark.parametrize("mode", [ByCode, WithDiscord])
def test_links_can_be_trusted_in_whatever_order_things_happen(
    place: World, mode: type[Machine]
) -> None:
    run_state_machine_as_test(mode.at(place), settings=LONG_ENOUGH)


@pytest.mark.parametrize(
    ("mode", "house"),
    [
        (ByCode, broken.AnyCodeWillDo),
        (ByCode, broken.LateRenewalsWin),
        (ByCode, broken.StatesWorkTwice),
        (ByCode, broken.NothingIsErased),
        (WithDiscord, broken.AnybodyMaySignIn),
    ],
)
def test_the_machine_notices_what_is_broken(
    place: World, mode: type[Machine], house: type[House]
) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(mode.at(place, house), settings=UNTIL_IT_FAILS)
