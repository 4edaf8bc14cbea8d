"""Restrictions of the player: disabled buttons, and replies to presses that come too late."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.actions import Action
from tests.panel_message import PanelMessage, disabled_buttons, open_panel, panel_buttons

PLAYER_BUTTONS = {"⏮️", "⏸️", "⏭️", "🔀", "🔁", "🔉", "🔊"}


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


# ---- disabled buttons


DISABLED_BY_ACTIONS: tuple[tuple[tuple[Action, ...], set[str]], ...] = (
    (("pausing",), {"⏸️"}),
    (("skipping_next",), {"⏭️"}),
    (("skipping_prev",), {"⏮️"}),
    (("toggling_shuffle",), {"🔀"}),
    (("toggling_repeat_context",), {"🔁"}),
    (("seeking", "toggling_repeat_track"), set()),
    (("skipping_next", "skipping_prev", "toggling_shuffle"), {"⏮️", "⏭️", "🔀"}),
)


async def _refresh(panel: PanelMessage) -> None:
    panel.harness.clock.advance(1)  # otherwise it counts as a double press
    await panel.press("🔄")


async def test_disallowed_actions_are_disabled(panel: PanelMessage) -> None:
    for actions, emojis in DISABLED_BY_ACTIONS:
        panel.player.disallow(*actions)
        await _refresh(panel)
        assert disabled_buttons(panel.message) == emojis, actions


async def test_previous_is_disabled_at_first_track(panel: PanelMessage) -> None:
    assert not disabled_buttons(panel.message)
    await panel.press("⏮️")
    assert disabled_buttons(panel.message) == {"⏮️"}


async def test_resume_is_disabled_when_disallowed(panel: PanelMessage) -> None:
    panel.player.pause()
    panel.player.disallow("resuming")
    await panel.press("🔄")
    assert "▶️" in disabled_buttons(panel.message)


async def test_volume_buttons_are_disabled_at_limits_and_without_support(
    panel: PanelMessage,
) -> None:
    device = panel.player.devices[0]
    for volume, supported, emojis in (
        (0, True, {"🔉"}),
        (100, True, {"🔊"}),
        (None, True, {"🔉", "🔊"}),
        (60, False, {"🔉", "🔊"}),
    ):
        device.volume, device.supports_volume = volume, supported
        await _refresh(panel)
        assert disabled_buttons(panel.message) == emojis, (volume, supported)


async def test_restricted_device_disables_all_buttons(panel: PanelMessage) -> None:
    panel.player.devices[0].is_restricted = True
    await panel.press("🔄")
    assert disabled_buttons(panel.message) == PLAYER_BUTTONS
    assert "This device can’t be controlled from here" in panel.text


async def test_ad_disables_skip_and_hides_like(panel: PanelMessage) -> None:
    panel.player.interlude = "ad"
    await panel.press("🔄")
    assert disabled_buttons(panel.message) == {"⏮️", "⏸️", "⏭️"}
    assert "🤍" not in panel_buttons(panel.message)


async def test_without_active_device_there_is_only_play(panel: PanelMessage) -> None:
    panel.player.device = None
    await panel.press("🔄")
    assert set(panel_buttons(panel.message)) == {"▶️", "📱", "🔄"}
    assert not disabled_buttons(panel.message)


async def test_device_with_nothing_loaded_has_nothing_to_resume(
    panel: PanelMessage, spotify: Spotify
) -> None:
    body = '{"item": null, "is_playing": false, "device": {"name": "Attic"}}'
    spotify.faults.add(Fault("GET .*/me/player$", status=200, body=body))
    await panel.press("🔄")
    assert "Nothing is playing on Attic" in panel.text
    assert set(panel_buttons(panel.message)) == {"📱", "🔄"}


async def test_episode_has_steps_of_fifteen_seconds(panel: PanelMessage, spotify: Spotify) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    panel.player.play(episode.uri, position=60_000)
    await panel.press("🔄")
    assert not {"🔀", "🔁"} & set(panel_buttons(panel.message))
    await panel.press("⏩")
    assert 75_000 <= panel.player.progress < 78_000
    await panel.press("⏪")
    assert 60_000 <= panel.player.progress < 66_000


async def test_playing_song_is_added_to_a_playlist(panel: PanelMessage) -> None:
    assert "Which playlist?" in (await panel.press("Add to playlist")).text


# ---- errors


@pytest.mark.parametrize(
    ("emoji", "action", "expected"),
    [
        ("⏭️", "skipping_next", "There is nothing to skip to"),
        ("⏮️", "skipping_prev", "There is no previous track"),
        ("🔀", "toggling_shuffle", "can’t be shuffled"),
        ("🔁", "toggling_repeat_context", "can’t be repeated"),
    ],
)
async def test_refusal_is_reported_privately_and_panel_redrawn(
    panel: PanelMessage, emoji: str, action: Action, expected: str
) -> None:
    panel.player.disallow(action)
    reply = await (await panel.press(emoji)).wait_for(expected)
    assert reply.ephemeral
    assert reply.message["id"] != panel.id
    assert disabled_buttons(panel.message) == {emoji}


async def test_second_pause_is_not_an_error(panel: PanelMessage) -> None:
    panel.player.pause()
    await panel.press("⏸️")
    assert "Already paused" in panel.text
    assert "▶️" in panel_buttons(panel.message)


async def test_volume_support_lost_since_redraw(panel: PanelMessage) -> None:
    panel.player.devices[0].supports_volume = False
    await (await panel.press("🔊")).wait_for("volume of Ada's Laptop can’t be changed")
    assert disabled_buttons(panel.message) == {"🔉", "🔊"}


async def test_playback_ended_since_redraw(panel: PanelMessage) -> None:
    panel.player.device = None
    await (await panel.press("⏸️")).wait_for("there is nothing to pause")
    assert "Nothing is playing" in panel.text


async def test_without_premium_only_like_works(harness: Harness) -> None:
    panel = await open_panel(harness, await harness.link_account("linus"))
    before = panel.text
    for emoji in ("⏸️", "⏭️", "🔀", "🔊"):
        reply = await panel.press(emoji)
        assert "Premium" in reply.text
        assert panel.text == before
    await panel.press("🤍")
    assert "💚" in panel_buttons(panel.message), "liking does not need Premium"


async def test_quota_error_leaves_panel_unchanged(panel: PanelMessage, spotify: Spotify) -> None:
    before = panel.text
    spotify.add_rate_limit(48_925, times=None, quota=True)
    for emoji in ("🔄", "🤍"):
        reply = await panel.press(emoji)
        assert "in 14 hours" in reply.text
        assert reply.ephemeral
        assert panel.text == before


async def test_skip_with_unknown_outcome_is_shown(panel: PanelMessage, spotify: Spotify) -> None:
    spotify.faults.add(Fault("POST .*/next", status=502, runs_first=True))
    await (await panel.press("⏭️")).wait_for("Spotify didn’t confirm")
    assert panel.track_title() in panel.text
    assert len(spotify.calls_to("POST", "me/player/next")) == 1


async def test_action_is_reported_without_readable_state(
    panel: PanelMessage, spotify: Spotify
) -> None:
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET /v1/me/player$")
    reply = await panel.press("⏸️")
    assert reply.text == "Paused."
    assert reply.ephemeral
    assert not panel.player.is_playing
