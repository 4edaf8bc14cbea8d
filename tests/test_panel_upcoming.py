"""What the panel says about the next songs: only what is known without a further call."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.command_assertions import api_calls_since, spotify_url
from tests.panel_message import PanelMessage, open_panel, wait_for_redraws

# Seconds for which the queue counts as known.
QUEUE_TTL = 30


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    """A panel whose owner has just looked at the queue."""
    panel = await open_panel(harness, linked_user)
    assert "Next:" not in panel.text
    await panel.press("📜")
    await panel.wait_for_text("Next:")
    return panel


def _next_line(panel: PanelMessage) -> str:
    return next((line for line in panel.text.splitlines() if line.startswith("Next:")), "")


async def test_next_songs_are_named_after_the_queue_was_read(
    panel: PanelMessage, spotify: Spotify
) -> None:
    catalogue = spotify.catalogue
    songs: list[Any] = [catalogue.find_item(uri) for uri in panel.player.upcoming()[:3]]
    names = [song.name for song in songs]
    assert _next_line(panel) == f"Next: {' · '.join(names)}"
    since = len(spotify.calls)
    await panel.press("🤍")
    assert _next_line(panel)
    assert "GET me/player/queue" not in api_calls_since(spotify, since)


async def test_next_songs_disappear_when_they_may_be_wrong(
    panel: PanelMessage, spotify: Spotify
) -> None:
    harness, track = panel.harness, spotify.catalogue.regular_tracks[40]
    for command in ("⏭️", "🔀", f"/queue add {spotify_url(track.uri)}", "/volume 30"):
        harness.clock.advance(1)
        await panel.press("📜")
        await panel.wait_for_text("Next:")
        await (panel.user.run(command) if command.startswith("/") else panel.press(command))
        await wait_for_redraws(harness)
        assert not _next_line(panel), command


async def test_next_songs_are_forgotten_after_a_while(panel: PanelMessage) -> None:
    panel.harness.clock.advance(QUEUE_TTL)
    await panel.press("🔄")
    assert not _next_line(panel)


async def test_next_songs_of_another_item_are_not_shown(panel: PanelMessage) -> None:
    panel.player.next()  # in Spotify's own app
    await panel.press("🔄")
    assert panel.track_title() in panel.text
    assert not _next_line(panel)


async def test_shared_panel_does_not_show_the_queue(
    harness: Harness, linked_user: UserClient
) -> None:
    panel = await open_panel(harness, linked_user, "share:true")
    await panel.press("📜")
    await wait_for_redraws(harness)
    assert not _next_line(panel)
