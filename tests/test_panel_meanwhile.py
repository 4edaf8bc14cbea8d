"""What is done while a panel is being made reaches it: nothing that was told is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sandbox.discord import Reply, Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, held_back
from tests.panels import Panel, buttons, count, opened, settled

Json = dict[str, Any]
MAKES: dict[str, Callable[[Panel], Coroutine[Any, Any, Reply]]] = {
    "🔄": lambda panel: panel.press("🔄"),
    "🔊": lambda panel: panel.press("🔊"),
    "🤍": lambda panel: panel.press("🤍"),
    "/now": lambda panel: panel.seat.run("/now"),
}
# The look is under way, or what it led to is being drawn.
AT = ("GET .*/me/player$", r"PATCH .*/messages/(\d+|@original)$")


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    panel = await opened(stage, linked)
    await settled(stage)
    return panel


async def _meanwhile(panel: Panel, how: str, at: str, line: str) -> Panel:
    """Run a command while a panel is made, once it is at this call; that panel."""
    held = HeldBack(at)
    service: Any = panel.stage.discord if at.startswith("PATCH") else panel.stage.spotify
    service.faults.add(held)
    async with held_back(held.pause):
        making = asyncio.create_task(MAKES[how](panel))
        await held.pause.arrived.wait()
        await panel.seat.run(line)
    made = await making
    await settled(panel.stage)
    return Panel(panel.stage, panel.seat, made) if how == "/now" else panel


@pytest.mark.parametrize(
    ("how", "at"), [("🔄", AT[0]), ("/now", AT[0]), *((how, AT[1]) for how in MAKES)]
)
async def test_a_command_that_ends_meanwhile_is_shown(panel: Panel, how: str, at: str) -> None:
    panel = await _meanwhile(panel, how, at, "/pause")
    assert "Paused on Ada's Laptop" in panel.text
    assert "▶️" in buttons(panel.message)
    assert "Volume 70%" in panel.text or how != "🔊"
    assert count(panel.stage) == 1


async def test_so_it_is_with_the_first_one(stage: Stage, linked: Seat, spotify: Spotify) -> None:
    held = HeldBack(AT[0])
    spotify.faults.add(held)
    async with held_back(held.pause):
        making = asyncio.create_task(opened(stage, linked))
        await held.pause.arrived.wait()
        await linked.run("/pause")
    panel = await making
    await panel.until("Paused on Ada's Laptop")


async def test_a_song_that_is_saved_meanwhile_is_shown_as_liked(panel: Panel) -> None:
    panel = await _meanwhile(panel, "🔄", AT[1], "/save")
    assert "💚" in buttons(panel.message)


async def test_what_is_done_before_the_look_costs_no_other_one(
    panel: Panel, spotify: Spotify
) -> None:
    """Its own deed, for one."""
    since, edits = len(spotify.calls), panel.edits
    await panel.press("⏸️")
    await settled(panel.stage)
    assert panel.edits == edits + 1
    assert [call.path for call in spotify.calls[since:]] == [
        "me/player/pause",
        "me/player",
    ]


async def test_what_was_told_is_not_kept(panel: Panel) -> None:
    assert panel.stage.bot is not None
    await _meanwhile(panel, "🔄", AT[0], "/pause")
    assert not panel.stage.bot.panels._turns
