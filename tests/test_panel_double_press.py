"""An accidental double press acts once; a deliberate second press acts again."""

from __future__ import annotations

import asyncio

import pytest

from bot.interactions.double_press import DOUBLE_PRESS_SECONDS
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.panel_message import PanelMessage, open_panel, wait_for_redraws


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


async def test_double_press_acts_once(panel: PanelMessage, spotify: Spotify) -> None:
    await asyncio.gather(panel.press("⏭️"), panel.press("⏭️"))
    assert len(spotify.calls_to("POST", "me/player/next")) == 1


async def test_duplicate_delivery_acts_once(
    harness: Harness, panel: PanelMessage, spotify: Spotify
) -> None:
    harness.discord.duplicate_interactions = True
    await panel.press("⏭️")
    harness.discord.duplicate_interactions = False
    await panel.press("🔄")
    assert len(spotify.calls_to("POST", "me/player/next")) == 1


async def _wait_for_delivery(harness: Harness) -> None:
    """Wait until the press has reached the bot: a later command of another user has, too."""
    await harness.discord.user_client("linus", "dm").run("/privacy")


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ("⏸️", "▶️", "me/player/play"),
        ("🤍", "💚", "me/library"),
        ("🔀", "🔀", "me/player/shuffle"),
        ("🔁", "🔁", "me/player/repeat"),
    ],
)
async def test_double_press_on_toggle_does_not_undo(
    harness: Harness, panel: PanelMessage, spotify: Spotify, first: str, second: str, path: str
) -> None:
    """The second press arrives at the button that the first press has swapped in."""
    await wait_for_redraws(harness)
    since, held = len(spotify.calls), HeldResponse(r"PATCH .*/messages/(\d+|@original)\b")
    harness.discord.faults.add(held)
    async with released_at_exit(held.hold):
        press = asyncio.create_task(panel.press(first))
        await held.hold.response_ready.wait()
        second_press = asyncio.create_task(panel.press(second))
        await _wait_for_delivery(harness)
    await press
    await wait_for_redraws(harness)
    writes = [call for call in spotify.calls[since:] if call.method in ("PUT", "DELETE")]
    assert len(writes) == 1, writes
    second_press.cancel()
    harness.clock.advance(DOUBLE_PRESS_SECONDS + 0.1)
    await panel.press(second)
    assert [call for call in spotify.calls[since:] if call.method != "GET"][1].path == path


@pytest.mark.parametrize(
    ("emoji", "method", "path"),
    [("⏭️", "POST", "me/player/next"), ("🔊", "PUT", "me/player/volume")],
)
async def test_later_press_is_serialised(
    harness: Harness, panel: PanelMessage, spotify: Spotify, emoji: str, method: str, path: str
) -> None:
    held = HeldResponse(f"{method} .*/{path}", times=None)
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        press = asyncio.create_task(panel.press(emoji))
        await held.hold.response_ready.wait()
        harness.clock.advance(DOUBLE_PRESS_SECONDS + 0.1)
        second_press = asyncio.create_task(panel.press(emoji))
        await _wait_for_delivery(harness)
        assert held.hits == 1
    await asyncio.gather(press, second_press)
    await wait_for_redraws(harness)
    assert held.hits == 2
    if emoji == "🔊":
        assert "🔊 80%" in panel.text
    else:
        assert panel.track_title() in panel.text


async def test_non_repeatable_button_acts_once(
    harness: Harness, panel: PanelMessage, spotify: Spotify
) -> None:
    """A second press is ignored while the first runs, unless the button is a step, as volume is."""
    held = HeldResponse("PUT .*/pause")
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        press = asyncio.create_task(panel.press("⏸️"))
        await held.hold.response_ready.wait()
        harness.clock.advance(DOUBLE_PRESS_SECONDS + 0.1)
        second_press = asyncio.create_task(panel.press("⏸️"))
        await _wait_for_delivery(harness)
    await asyncio.gather(press, second_press)
    assert len(spotify.calls_to("PUT", "me/player/pause")) == 1
