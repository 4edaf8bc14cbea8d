"""Private sessions: the owner sees what plays; a shared panel hides it from others."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.panel_message import (
    PanelMessage,
    open_panel,
    panel_buttons,
    wait_for_redraws,
)

PRIVATE_TEXT = "In a private session\nOthers can’t see what’s playing."


@pytest.fixture
async def shared(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user, "share:true")


def _is_private(panel: PanelMessage) -> bool:
    """Whether the panel says that the session is private, and nothing names the item."""
    raw = str(panel.message["components"])
    secrets = (
        panel.track_title(),
        (panel.player.item or "").split(":")[-1],
        "Thumbnail",
        "/image/",
    )
    return PRIVATE_TEXT in panel.text and not any(secret in raw for secret in secrets)


@pytest.mark.parametrize("trigger", ["a refresh", "/next", "/shuffle on", "🔄", "⏭️", "🔊"])
async def test_shared_panel_hides_item(
    shared: PanelMessage, spotify: Spotify, trigger: str
) -> None:
    shared.player.devices[0].is_private_session = True
    if trigger == "a refresh":
        await shared.advance(120)
    elif trigger.startswith("/"):
        await shared.user.run(trigger)
        await wait_for_redraws(shared.harness)
    else:
        await shared.press(trigger)
    assert _is_private(shared)
    assert shared.text.startswith("Ada")
    assert "Private session" not in shared.text, "the heading says it already"
    assert not {"🤍", "💚"} & set(panel_buttons(shared.message))
    assert not shared.is_live()
    calls = len(spotify.calls)
    await shared.advance(800)
    assert len(spotify.calls) == calls


async def test_new_shared_panel_hides_item(shared: PanelMessage) -> None:
    shared.player.devices[0].is_private_session = True
    other = PanelMessage(shared.harness, shared.user, await shared.user.run("/now share:true"))
    assert _is_private(other)


async def test_shared_panel_shows_item_after_private_session(shared: PanelMessage) -> None:
    shared.player.devices[0].is_private_session = True
    await shared.press("🔄")
    shared.player.devices[0].is_private_session = False
    shared.harness.clock.advance(1)
    await shared.press("🔄")
    assert shared.track_title() in shared.text
    assert shared.is_live()


async def test_other_users_do_not_see_private_session(
    harness: Harness, shared: PanelMessage
) -> None:
    shared.player.devices[0].is_private_session = True
    await shared.press("🔄")
    reply = await harness.discord.user_client("grace", "music").press(shared.message, "🔄")
    assert "Others can’t see what’s playing." in reply.text
    assert shared.track_title() not in reply.text
    assert "custom_id" not in str(reply.message["components"])


async def test_own_panel_shows_and_marks_private_session(
    harness: Harness, linked_user: UserClient
) -> None:
    panel = await open_panel(harness, linked_user)
    panel.player.devices[0].is_private_session = True
    await panel.press("🔄")
    assert panel.track_title() in panel.text
    assert "Private session" in panel.text
    assert panel.is_live()
