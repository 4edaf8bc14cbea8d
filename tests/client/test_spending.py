"""What was spent within a day; background work has a share of it, and lets commands go first."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress

import pytest

from bot.errors import QuotaExceeded, ShareSpent, SpotifyDown, TooManyCalls, Unknown
from bot.spotify.endpoints import Group
from bot.spotify.gate import DAY, HOUR, Gate
from sandbox.clock import Clock
from sandbox.spotify import Spotify as Pretend

from .clients import Clients
from .passing import call

# ---- what was spent


def test_background_work_has_a_share_and_commands_have_all(gate: Gate) -> None:
    assert gate.share == 6
    for _ in range(6):
        assert gate.admit("app", "library", background=True) == 0
    with pytest.raises(ShareSpent) as spent:
        gate.admit("app", "library", background=True)
    assert spent.value.retry_after == pytest.approx(DAY + HOUR, abs=1)
    for _ in range(20):
        assert gate.admit("app", "library") == 0
    assert gate.admit("app", "search", background=True) == 0
    assert gate.admit("other", "library", background=True) == 0
    assert gate.spent("app", "library") == (20, 6)


async def test_work_that_has_spent_its_share_asks_nothing_more(
    pretend: Pretend, client: Clients, clock: Clock
) -> None:
    work = client(background=True, gate=Gate(clock, daily=2))
    await work.profile.me()
    with pytest.raises(ShareSpent):
        await work.profile.me()
    assert len(pretend.calls) == 1
    await client(transport=client.transport).profile.me()


def test_what_commands_spend_is_not_there_for_background_work(gate: Gate) -> None:
    for _ in range(5):
        call(gate, group="library")
    assert gate.spare("app", "library") == 3
    gate.promise("app", "library", 3)
    gate.release("app", "library", 3)
    with pytest.raises(ShareSpent):
        gate.promise("app", "library", 4)


def test_what_is_not_affordable_says_when_it_is(gate: Gate, clock: Clock) -> None:
    for _ in range(4):
        gate.admit("app", "library", background=True)
        clock.advance(HOUR)
    gate.promise("app", "library", 2)
    gate.release("app", "library", 2)
    with pytest.raises(ShareSpent) as spent:
        gate.promise("app", "library", 4)
    # the calls of the first two hours have to be out of the window
    assert spent.value.retry_after == pytest.approx(DAY - 2 * HOUR, abs=1)
    clock.advance(spent.value.retry_after - 60)
    with pytest.raises(ShareSpent):
        gate.promise("app", "library", 4)
    clock.advance(61)
    gate.promise("app", "library", 4)


def test_what_is_promised_to_one_is_not_promised_to_another(gate: Gate) -> None:
    gate.promise("app", "library", 4)
    with pytest.raises(ShareSpent):
        gate.promise("app", "library", 3)
    for _ in range(4):
        assert gate.admit("app", "library", background=True) == 0
    assert gate.spare("app", "library") == 2
    gate.promise("app", "library", 2)
    gate.release("app", "library", 2)
    assert gate.spare("app", "library") == 2


def test_what_is_never_affordable_says_so(gate: Gate) -> None:
    with pytest.raises(ShareSpent) as spent:
        gate.promise("app", "library", 7)
    assert math.isinf(spent.value.retry_after)
    assert "takes 7 calls" in spent.value.says


def test_a_day_is_counted_by_the_hour(gate: Gate, clock: Clock) -> None:
    clock.advance(HOUR - 1)
    call(gate)
    clock.advance(2)
    call(gate)
    clock.advance(DAY - 2)
    assert gate.spent("app", "search") == (2, 0)
    clock.advance(1)
    assert gate.spent("app", "search") == (1, 0)
    clock.advance(HOUR)
    assert gate.spent("app", "search") == (0, 0)
    assert gate.hours() == []


def test_hours_are_remembered_over_a_restart(gate: Gate, clock: Clock) -> None:
    groups: tuple[Group, ...] = ("search", "control")
    for passed in range(3):
        for group in groups[: passed + 1]:
            call(gate, group=group)
            gate.admit("other", group, background=True)
        clock.advance(HOUR)
    again = Gate(clock, daily=8)
    for hour in gate.hours():
        again.remember(hour)
    assert set(again.hours()) == set(gate.hours())
    assert len(again.hours()) == 10
    for app in ("app", "other"):
        assert again.spent(app, "search") == gate.spent(app, "search")
        assert again.spare(app, "control") == gate.spare(app, "control")


def test_an_app_that_is_forgotten_leaves_nothing(gate: Gate) -> None:
    call(gate, QuotaExceeded(60))
    call(gate, app="other")
    gate.forget("app")
    assert gate.apps == ["other"]
    assert [hour.app for hour in gate.hours()] == ["other"]
    assert gate.admit("app", "search") == 0


# ---- commands first


def test_background_work_yields_to_commands_of_its_app(gate: Gate) -> None:
    with gate.passing("app", "search"):
        assert 0 < gate.admit("app", "library", background=True) < 1
        assert gate.admit("other", "library", background=True) == 0
        assert gate.admit("app", "library") == 0
    assert gate.admit("app", "library", background=True) == 0


@pytest.mark.parametrize("fault", [SpotifyDown(), Unknown(), QuotaExceeded(9), ValueError()])
def test_however_a_command_ends_it_is_over_then(gate: Gate, fault: Exception) -> None:
    with suppress(Exception), gate.passing("app", "search"):
        raise fault
    assert gate.admit("app", "library", background=True) == 0


def test_it_yields_to_commands_that_wait(gate: Gate, clock: Clock) -> None:
    call(gate, TooManyCalls(3))
    assert gate.admit("app", "search") > 0
    clock.advance(3)
    assert gate.admit("app", "library", background=True) > 0
    assert gate.admit("app", "search") == 0


def test_it_does_not_starve(gate: Gate, clock: Clock) -> None:
    with gate.passing("app", "search"):
        for _ in range(3):
            assert gate.admit("app", "library", background=True) > 0
            clock.advance(4.9)
            assert gate.admit("app", "library", background=True) > 0
            clock.advance(0.2)
            assert gate.admit("app", "library", background=True) == 0


async def test_background_work_goes_on_when_the_command_is_done(
    pretend: Pretend, client: Clients
) -> None:
    command = client("ada", within=8)
    work = client("ada", background=True, transport=client.transport)
    pretend.faults.latency = 0.2
    first = asyncio.create_task(command.player.state())
    await asyncio.wait([first], timeout=0.05)
    await asyncio.gather(first, work.profile.me())
    assert [one.path for one in pretend.calls] == ["me/player", "me"]
