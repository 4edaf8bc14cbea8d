"""In any order of logins, renewals, unlinks and restarts, nobody gets another user's account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.login_state_machine import mutants
from tests.login_state_machine.login_app import LoginApp, LoginEnvironment, login_environment
from tests.login_state_machine.machine import (
    CodeLoginMachine,
    DiscordLoginMachine,
    LoginStateMachine,
)
from tests.stall_free_loop import StallFreeLoop

DEFAULT_SETTINGS = settings(
    max_examples=32,
    stateful_step_count=50,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
SELF_CHECK_SETTINGS = settings(
    DEFAULT_SETTINGS,
    max_examples=100,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
)


@pytest.fixture(name="environment")
def _environment() -> Iterator[LoginEnvironment]:
    with asyncio.Runner(loop_factory=StallFreeLoop) as runner:
        stack = AsyncExitStack()
        yield runner.run(stack.enter_async_context(login_environment(runner)))
        runner.run(stack.aclose())


@pytest.mark.parametrize("mode", [CodeLoginMachine, DiscordLoginMachine])
def test_accounts_are_consistent_in_any_order_of_events(
    environment: LoginEnvironment, mode: type[LoginStateMachine]
) -> None:
    run_state_machine_as_test(mode.configured(environment), settings=DEFAULT_SETTINGS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "app_type"),
    [
        (CodeLoginMachine, mutants.AcceptsAnyCode),
        (CodeLoginMachine, mutants.AcceptsStaleRenewals),
        (CodeLoginMachine, mutants.ExchangesCodesTwice),
        (CodeLoginMachine, mutants.ContinuesInAnyBrowser),
        (CodeLoginMachine, mutants.NeverExpiresLogins),
        (DiscordLoginMachine, mutants.AcceptsAnyDiscordUser),
    ],
)
def test_state_machine_detects_mutants(
    environment: LoginEnvironment, mode: type[LoginStateMachine], app_type: type[LoginApp]
) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            mode.configured(environment, app_type), settings=SELF_CHECK_SETTINGS
        )
