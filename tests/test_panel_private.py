"""A private session: its owner sees what plays, others see that it is private."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.panels import Panel, off, opened, settled

PRIVATE = "In a private session\nWhat plays is not shown to others."


@pytest.fixture
async def shared(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked, "share:true")


def _is_private(panel: Panel) -> bool:
    """Whether it says so, and nothing of what plays: neither in words nor in a button."""
    raw = str(panel.message["components"])
    never = (panel.title(), (panel.player.item or "").split(":")[-1], "Thumbnail", "/image/")
    return PRIVATE in panel.text and not any(one in raw for one in never)


@pytest.mark.parametrize("how", ["by itself", "/next", "/shuffle on", "🔄", "⏭️", "🔊"])
async def test_a_shared_panel_does_not_show_what_plays(
    shared: Panel, spotify: Spotify, how: str
) -> None:
    shared.player.devices[0].is_private_session = True
    if how == "by itself":
        await shared.later(120)
    elif how.startswith("/"):
        await shared.seat.run(how)
        await settled(shared.stage)
    else:
        await shared.press(how)
    assert _is_private(shared)
    assert shared.text.startswith("Ada")
    assert "Private session" not in shared.text, "it is said already"
    assert "❔" not in off(shared.message)
    assert off(shared.message) >= {"🤍"}
    assert not shared.live()
    calls = len(spotify.calls)
    await shared.later(800)
    assert len(spotify.calls) == calls


async def test_a_new_one_does_not_either(shared: Panel) -> None:
    shared.player.devices[0].is_private_session = True
    other = Panel(shared.stage, shared.seat, await shared.seat.run("/now share:true"))
    assert _is_private(other)


async def test_afterwards_it_does(shared: Panel) -> None:
    shared.player.devices[0].is_private_session = True
    await shared.press("🔄")
    shared.player.devices[0].is_private_session = False
    shared.stage.clock.advance(1)
    await shared.press("🔄")
    assert shared.title() in shared.text
    assert shared.live()


async def test_somebody_else_gets_nothing_of_it(stage: Stage, shared: Panel) -> None:
    shared.player.devices[0].is_private_session = True
    await shared.press("🔄")
    reply = await stage.discord.seat("grace", "music").press(shared.message, "🔄")
    assert "What plays is not shown to others." in reply.text
    assert shared.title() not in reply.text
    assert "custom_id" not in str(reply.message["components"])


async def test_ones_own_panel_shows_it_and_marks_it(stage: Stage, linked: Seat) -> None:
    panel = await opened(stage, linked)
    panel.player.devices[0].is_private_session = True
    await panel.press("🔄")
    assert panel.title() in panel.text
    assert "Private session" in panel.text
    assert panel.live()
