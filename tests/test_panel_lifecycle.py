"""How panels end: deleted messages, unlinked owners, refused edits and the bot's shutdown."""

from __future__ import annotations

import asyncio
import logging

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.panel_message import PanelMessage, count_panels, open_panel, wait_for_redraws


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


# ---- deleted messages and failed edits


def _fail_edits(panel: PanelMessage, status: int, code: int) -> Fault:
    return panel.harness.discord.faults.add(
        Fault(
            f"PATCH .*/messages/{panel.id}|PATCH .*/@original",
            status=status,
            body=f'{{"code": {code}, "message": "no"}}',
            headers={"Content-Type": "application/json"},
            times=None,
        )
    )


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (401, 50027)])
async def test_deleted_panel_is_forgotten(
    panel: PanelMessage, spotify: Spotify, status: int, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    await wait_for_redraws(panel.harness)
    fault = _fail_edits(panel, status, code)
    await panel.advance(120)
    assert fault.hits == 1
    assert count_panels(panel.harness) == 0
    calls = len(spotify.calls)
    await panel.advance(3600)
    assert len(spotify.calls) == calls
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_failed_edit_is_retried_by_library(panel: PanelMessage) -> None:
    await wait_for_redraws(panel.harness)
    fault = _fail_edits(panel, 502, 0)
    fault.times = 1
    await panel.advance(120)
    assert panel.track_title() in panel.text
    assert count_panels(panel.harness) == 1


async def test_refused_edit_is_made_at_next_refresh(
    panel: PanelMessage, caplog: pytest.LogCaptureFixture
) -> None:
    await wait_for_redraws(panel.harness)
    fault = _fail_edits(panel, 400, 50035)
    await panel.advance(120)
    assert fault.hits == 1
    panel.harness.discord.faults.clear()
    await panel.advance(200)
    assert panel.track_title() in panel.text
    await panel.advance(1200)
    assert count_panels(panel.harness) == 0
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_press_with_refused_edit_is_shown_later(
    panel: PanelMessage, caplog: pytest.LogCaptureFixture
) -> None:
    await wait_for_redraws(panel.harness)
    _fail_edits(panel, 400, 50035).times = 1
    with caplog.at_level(logging.CRITICAL, "bot"):  # the refused edit is logged as a bug
        await panel.press("⏸️")
    await panel.wait_for_text("Paused on")
    assert count_panels(panel.harness) == 1
    await panel.user.run("/resume")
    await panel.wait_for_text("Playing on")


# ---- a second panel


@pytest.mark.parametrize("by", ["/now", "a press"])
async def test_replaced_panel_shows_its_time(
    panel: PanelMessage, spotify: Spotify, by: str
) -> None:
    if by == "a press":
        first, panel = panel, PanelMessage(panel.harness, panel.user, await panel.user.run("/now"))
        await wait_for_redraws(panel.harness)
        press = first.press("🔄")
    else:
        press = panel.user.run("/now")
    content, as_of = panel.text.splitlines()[:-1], panel.as_of
    assert panel.is_live()
    edits, calls = panel.edit_count, len(spotify.calls)
    await press
    await panel.advance(30)
    assert not panel.is_live()
    assert panel.as_of == as_of
    assert panel.text.splitlines()[:-1] == content
    assert panel.edit_count == edits + 1
    paths = [call.path for call in spotify.calls[calls:]]
    assert paths == ["me/player"], "only the read for the newer panel"
    await panel.advance(600)
    assert panel.edit_count == edits + 1


async def test_replaced_paused_panel_is_not_redrawn(panel: PanelMessage) -> None:
    await panel.press("⏸️")
    assert not panel.is_live()
    edits = panel.edit_count
    await panel.user.run("/now")
    await wait_for_redraws(panel.harness)
    assert panel.edit_count == edits


async def test_alternating_panels_leaves_latest_live(panel: PanelMessage) -> None:
    other = PanelMessage(panel.harness, panel.user, await panel.user.run("/now"))
    for _ in range(3):
        panel.harness.clock.advance(1)
        await asyncio.gather(other.press("🔄"), panel.press("🔄"))
        await wait_for_redraws(panel.harness)
        assert {panel.is_live(), other.is_live()} == {True, False}
        assert count_panels(panel.harness) == 1


# ---- unlink and shutdown


async def test_unlink_ends_live_panel(panel: PanelMessage) -> None:
    await (await panel.user.run("/unlink")).press("Unlink and erase")
    await wait_for_redraws(panel.harness)
    assert not panel.is_live()


async def test_unlink_during_panel_creation_leaves_none(
    harness: Harness, linked_user: UserClient, spotify: Spotify
) -> None:
    assert harness.bot is not None
    held = HeldResponse("GET .*/me/player$")
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        command = asyncio.create_task(open_panel(harness, linked_user))
        await held.hold.response_ready.wait()
        harness.bot.services.panels.forget(int(linked_user._user.id))
    panel = await command
    await wait_for_redraws(harness)
    assert count_panels(harness) == 0
    assert not panel.is_live()


async def test_shutdown_leaves_panels_with_relative_time(
    harness: Harness, panel: PanelMessage, caplog: pytest.LogCaptureFixture
) -> None:
    """The last edit shows a relative time, which Discord keeps up to date."""
    stopped_at = int(harness.clock())
    await harness.stop()
    assert panel.is_live()
    assert abs(panel.as_of - stopped_at) <= 5
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    await harness.start()


async def test_unlinked_user_is_not_polled(panel: PanelMessage, spotify: Spotify) -> None:
    await (await panel.user.run("/unlink")).press("Unlink and erase")
    calls = len(spotify.calls)
    await panel.advance(120)
    assert count_panels(panel.harness) == 0
    await panel.advance(3600)
    assert len(spotify.calls) == calls
    reply = await panel.press("⏸️")
    assert "You haven’t linked Spotify yet" in reply.text
    assert len(spotify.calls) == calls


async def test_bot_stops_with_pending_refreshes(
    harness: Harness, panel: PanelMessage, caplog: pytest.LogCaptureFixture
) -> None:
    await panel.press("🔄")
    await wait_for_redraws(harness)
    before = {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert before
    await harness.stop()
    assert not {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    await harness.start()


async def test_bot_stops_during_redraw(
    harness: Harness, panel: PanelMessage, spotify: Spotify, caplog: pytest.LogCaptureFixture
) -> None:
    await wait_for_redraws(harness)
    held = HeldResponse("GET .*/me/player$")
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        harness.clock.advance(120)
        await held.hold.response_ready.wait()
        await harness.stop()
        assert not {task for task in asyncio.all_tasks() if "Panels" in repr(task)}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    await harness.start()


async def test_new_panel_during_redraw_of_first(
    harness: Harness, panel: PanelMessage, spotify: Spotify
) -> None:
    held = HeldResponse("GET .*/me/player$")
    spotify.faults.add(held)
    await wait_for_redraws(harness)
    async with released_at_exit(held.hold):
        harness.clock.advance(120)
        await held.hold.response_ready.wait()
        command = asyncio.create_task(panel.user.run("/now"))
    other = PanelMessage(harness, panel.user, await command)
    await wait_for_redraws(harness)
    await panel.user.run("/pause")
    await other.wait_for_text("Paused on")
    assert count_panels(harness) == 1
