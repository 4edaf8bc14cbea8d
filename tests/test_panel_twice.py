"""Pressed twice by accident it acts once; pressed again on purpose, it acts again."""

from __future__ import annotations

import asyncio

import pytest

from bot.presses import DOUBLE
from sandbox.discord import Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, held_back
from tests.panels import Panel, opened, settled


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


async def test_a_double_press_acts_once(panel: Panel, spotify: Spotify) -> None:
    await asyncio.gather(panel.press("⏭️"), panel.press("⏭️"))
    assert len(spotify.calls_of("POST", "me/player/next")) == 1


async def test_a_press_that_is_delivered_twice_acts_once(
    stage: Stage, panel: Panel, spotify: Spotify
) -> None:
    stage.discord.duplicate_interactions = True
    await panel.press("⏭️")
    stage.discord.duplicate_interactions = False
    await panel.press("🔄")
    assert len(spotify.calls_of("POST", "me/player/next")) == 1


async def _delivered(stage: Stage) -> None:
    """What was pressed has reached the bot: what somebody else says after it has."""
    await stage.discord.seat("linus", "dm").run("/privacy")


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ("⏸️", "▶️", "me/player/play"),
        ("🤍", "💚", "me/library"),
        ("🔀", "🔀", "me/player/shuffle"),
        ("🔁", "🔁", "me/player/repeat"),
    ],
)
async def test_the_second_half_of_a_double_press_does_not_undo_the_first(
    stage: Stage, panel: Panel, spotify: Spotify, first: str, second: str, path: str
) -> None:
    """It meets the button that the first has made of it."""
    await settled(stage)
    since, held = len(spotify.calls), HeldBack(r"PATCH .*/messages/(\d+|@original)$")
    stage.discord.faults.add(held)
    async with held_back(held.pause):
        press = asyncio.create_task(panel.press(first))
        await held.pause.arrived.wait()
        again = asyncio.create_task(panel.press(second))
        await _delivered(stage)
    await press
    await settled(stage)
    done = [call for call in spotify.calls[since:] if call.method in ("PUT", "DELETE")]
    assert len(done) == 1, done
    again.cancel()
    stage.clock.advance(DOUBLE + 0.1)
    await panel.press(second)
    assert [call for call in spotify.calls[since:] if call.method != "GET"][1].path == path


@pytest.mark.parametrize(
    ("emoji", "method", "path"),
    [("⏭️", "POST", "me/player/next"), ("🔊", "PUT", "me/player/volume")],
)
async def test_what_is_pressed_again_later_waits_its_turn(
    stage: Stage, panel: Panel, spotify: Spotify, emoji: str, method: str, path: str
) -> None:
    held = HeldBack(f"{method} .*/{path}", times=None)
    spotify.faults.add(held)
    async with held_back(held.pause):
        press = asyncio.create_task(panel.press(emoji))
        await held.pause.arrived.wait()
        stage.clock.advance(DOUBLE + 0.1)
        again = asyncio.create_task(panel.press(emoji))
        await _delivered(stage)
        assert held.hits == 1
    await asyncio.gather(press, again)
    await settled(stage)
    assert held.hits == 2
    if emoji == "🔊":
        assert "Volume 80%" in panel.text
    else:
        assert panel.title() in panel.text


async def test_what_may_not_be_meant_twice_is_not_done_twice(
    stage: Stage, panel: Panel, spotify: Spotify
) -> None:
    """Where it takes long, the second press of a button that is no step is one and the same."""
    held = HeldBack("PUT .*/pause")
    spotify.faults.add(held)
    async with held_back(held.pause):
        press = asyncio.create_task(panel.press("⏸️"))
        await held.pause.arrived.wait()
        stage.clock.advance(DOUBLE + 0.1)
        again = asyncio.create_task(panel.press("⏸️"))
        await _delivered(stage)
    await asyncio.gather(press, again)
    assert len(spotify.calls_of("PUT", "me/player/pause")) == 1
