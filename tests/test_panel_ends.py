"""How panels end: deleted, unlinked, refused by Discord, or when the bot stops."""

from __future__ import annotations

import asyncio
import logging

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, held_back
from tests.panels import Panel, count, opened, settled


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


# ---- messages that are gone, and Discord in trouble


async def _next_edit_fails(panel: Panel, status: int, code: int) -> Fault:
    return panel.stage.discord.faults.add(
        Fault(
            f"PATCH .*/messages/{panel.id}|PATCH .*/@original",
            status=status,
            body=f'{{"code": {code}, "message": "no"}}',
            headers={"Content-Type": "application/json"},
            times=None,
        )
    )


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (401, 50027)])
async def test_a_panel_that_is_gone_is_forgotten(
    panel: Panel, spotify: Spotify, status: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(panel.stage)
    fault = await _next_edit_fails(panel, status, code)
    await panel.later(120)
    assert fault.hits == 1
    assert count(panel.stage) == 0
    calls = len(spotify.calls)
    await panel.later(3600)
    assert len(spotify.calls) == calls
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


async def test_an_edit_that_fails_once_is_repeated_by_the_library(panel: Panel) -> None:
    await settled(panel.stage)
    fault = await _next_edit_fails(panel, 502, 0)
    fault.times = 1
    await panel.later(120)
    assert panel.title() in panel.text
    assert count(panel.stage) == 1


async def test_an_edit_that_discord_refuses_leaves_it_for_the_next_time(
    panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(panel.stage)
    fault = await _next_edit_fails(panel, 400, 50035)
    await panel.later(120)
    assert fault.hits == 1
    panel.stage.discord.faults.clear()
    await panel.later(200)
    assert panel.title() in panel.text
    await panel.later(1200)
    assert count(panel.stage) == 0
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


async def test_a_press_that_discord_refuses_to_show_is_shown_later(
    panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(panel.stage)
    (await _next_edit_fails(panel, 400, 50035)).times = 1
    with caplog.at_level(logging.CRITICAL, "bot"):  # that is a bug
        await panel.press("⏸️")
    await panel.until("Paused on")
    assert count(panel.stage) == 1
    await panel.seat.run("/resume")
    await panel.until("Playing on")


# ---- another one


@pytest.mark.parametrize("how", ["/now", "a press"])
async def test_one_that_is_not_the_latest_any_more_says_as_of_when_it_is(
    panel: Panel, spotify: Spotify, how: str
) -> None:
    if how == "a press":
        first, panel = panel, Panel(panel.stage, panel.seat, await panel.seat.run("/now"))
        await settled(panel.stage)
        press = first.press("🔄")
    else:
        press = panel.seat.run("/now")
    shown, then = panel.text.splitlines()[:-1], panel.as_of
    assert panel.live()
    edits, calls = panel.edits, len(spotify.calls)
    await press
    await panel.later(30)
    assert not panel.live()
    assert panel.as_of == then
    assert panel.text.splitlines()[:-1] == shown
    assert panel.edits == edits + 1
    paths = [call.path for call in spotify.calls[calls:]]
    assert paths == ["me/player"], "of the other"
    await panel.later(600)
    assert panel.edits == edits + 1


async def test_one_that_does_not_move_is_not_drawn_again_for_that(panel: Panel) -> None:
    await panel.press("⏸️")
    assert not panel.live()
    edits = panel.edits
    await panel.seat.run("/now")
    await settled(panel.stage)
    assert panel.edits == edits


async def test_going_back_and_forth_leaves_the_latest_one_live(panel: Panel) -> None:
    other = Panel(panel.stage, panel.seat, await panel.seat.run("/now"))
    for _ in range(3):
        panel.stage.clock.advance(1)
        await asyncio.gather(other.press("🔄"), panel.press("🔄"))
        await settled(panel.stage)
        assert {panel.live(), other.live()} == {True, False}
        assert count(panel.stage) == 1


# ---- leaving, and stopping


async def test_who_has_left_has_no_panel_that_seems_to_go_on(panel: Panel) -> None:
    await (await panel.seat.run("/unlink")).press("Unlink and erase")
    await settled(panel.stage)
    assert not panel.live()


async def test_who_leaves_while_a_panel_is_made_has_none(
    stage: Stage, linked: Seat, spotify: Spotify
) -> None:
    assert stage.bot is not None
    held = HeldBack("GET .*/me/player$")
    spotify.faults.add(held)
    async with held_back(held.pause):
        command = asyncio.create_task(opened(stage, linked))
        await held.pause.arrived.wait()
        stage.bot.panels.forget(int(linked._user.id))
    panel = await command
    await settled(stage)
    assert count(stage) == 0
    assert not panel.live()


async def test_a_stop_leaves_what_stays_true(
    stage: Stage, panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    """How long ago it was so, which Discord goes on counting."""
    then = int(stage.clock())
    await stage.stop()
    assert panel.live()
    assert abs(panel.as_of - then) <= 5
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    await stage.start()


async def test_who_unlinks_is_looked_at_no_more(panel: Panel, spotify: Spotify) -> None:
    await (await panel.seat.run("/unlink")).press("Unlink and erase")
    calls = len(spotify.calls)
    await panel.later(120)
    assert count(panel.stage) == 0
    await panel.later(3600)
    assert len(spotify.calls) == calls
    reply = await panel.press("⏸️")
    assert "You have not linked Spotify yet" in reply.text
    assert len(spotify.calls) == calls


async def test_it_stops_while_panels_wait(
    stage: Stage, panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    await panel.press("🔄")
    await settled(stage)
    before = {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert before
    await stage.stop()
    assert not {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    await stage.start()


async def test_it_stops_while_a_panel_is_drawn(
    stage: Stage, panel: Panel, spotify: Spotify, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(stage)
    held = HeldBack("GET .*/me/player$")
    spotify.faults.add(held)
    async with held_back(held.pause):
        stage.clock.advance(120)
        await held.pause.arrived.wait()
        await stage.stop()
        assert not {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    await stage.start()


async def test_a_panel_sent_again_while_the_first_is_drawn(
    stage: Stage, panel: Panel, spotify: Spotify
) -> None:
    held = HeldBack("GET .*/me/player$")
    spotify.faults.add(held)
    await settled(stage)
    async with held_back(held.pause):
        stage.clock.advance(120)
        await held.pause.arrived.wait()
        command = asyncio.create_task(panel.seat.run("/now"))
    other = Panel(stage, panel.seat, await command)
    await settled(stage)
    await panel.seat.run("/pause")
    await other.until("Paused on")
    assert count(stage) == 1
