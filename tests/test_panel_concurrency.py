"""Changes that arrive while a panel is being redrawn appear on it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sandbox.discord import Reply, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.panel_message import (
    PanelMessage,
    count_panels,
    open_panel,
    panel_buttons,
    wait_for_redraws,
)

Json = dict[str, Any]
REDRAWS: dict[str, Callable[[PanelMessage], Coroutine[Any, Any, Reply]]] = {
    "🔄": lambda panel: panel.press("🔄"),
    "🔊": lambda panel: panel.press("🔊"),
    "🤍": lambda panel: panel.press("🤍"),
    "/now": lambda panel: panel.user.run("/now"),
}
# During the read of the player, and during the edit of the message.
INTERRUPTION_POINTS = ("GET .*/me/player$", r"PATCH .*/messages/(\d+|@original)\b")


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    panel = await open_panel(harness, linked_user)
    await wait_for_redraws(harness)
    return panel


async def _run_during_redraw(
    panel: PanelMessage, trigger: str, held_call: str, line: str
) -> PanelMessage:
    """Run a command while a redraw waits at this call; returns the redrawn panel."""
    held = HeldResponse(held_call)
    service: Any = panel.harness.discord if held_call.startswith("PATCH") else panel.harness.spotify
    service.faults.add(held)
    async with released_at_exit(held.hold):
        redraw = asyncio.create_task(REDRAWS[trigger](panel))
        await held.hold.response_ready.wait()
        await panel.user.run(line)
    reply = await redraw
    await wait_for_redraws(panel.harness)
    return PanelMessage(panel.harness, panel.user, reply) if trigger == "/now" else panel


@pytest.mark.parametrize(
    ("trigger", "held_call"),
    [
        ("🔄", INTERRUPTION_POINTS[0]),
        ("/now", INTERRUPTION_POINTS[0]),
        *((trigger, INTERRUPTION_POINTS[1]) for trigger in REDRAWS),
    ],
)
async def test_command_during_redraw_is_shown(
    panel: PanelMessage, trigger: str, held_call: str
) -> None:
    panel = await _run_during_redraw(panel, trigger, held_call, "/pause")
    assert "Paused on Ada's Laptop" in panel.text
    assert "▶️" in panel_buttons(panel.message)
    assert "🔊 70%" in panel.text or trigger != "🔊"
    assert count_panels(panel.harness) == 1


async def test_command_during_first_draw_is_shown(
    harness: Harness, linked_user: UserClient, spotify: Spotify
) -> None:
    held = HeldResponse(INTERRUPTION_POINTS[0])
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        opening = asyncio.create_task(open_panel(harness, linked_user))
        await held.hold.response_ready.wait()
        await linked_user.run("/pause")
    panel = await opening
    await panel.wait_for_text("Paused on Ada's Laptop")


async def test_save_during_redraw_is_shown_as_liked(panel: PanelMessage) -> None:
    panel = await _run_during_redraw(panel, "🔄", INTERRUPTION_POINTS[1], "/save")
    assert "💚" in panel_buttons(panel.message)


async def test_change_before_state_read_causes_no_second_read(
    panel: PanelMessage, spotify: Spotify
) -> None:
    """The press itself causes such a change."""
    since, edits = len(spotify.calls), panel.edit_count
    await panel.press("⏸️")
    await wait_for_redraws(panel.harness)
    assert panel.edit_count == edits + 1
    assert [call.path for call in spotify.calls[since:]] == [
        "me/player/pause",
        "me/player",
    ]


async def test_pending_changes_are_not_retained(panel: PanelMessage) -> None:
    assert panel.harness.bot is not None
    await _run_during_redraw(panel, "🔄", INTERRUPTION_POINTS[0], "/pause")
    assert not panel.harness.bot.services.panels._locks
