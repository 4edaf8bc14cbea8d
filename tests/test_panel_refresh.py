"""When a panel refreshes itself: at the end of a track and after commands, without polling."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Device, Spotify
from tests.command_assertions import api_calls_since
from tests.panel_message import (
    PanelMessage,
    count_panels,
    open_panel,
    panel_buttons,
    wait_for_redraws,
)


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


# ---- no polling


async def test_one_hour_makes_three_refreshes(panel: PanelMessage, spotify: Spotify) -> None:
    """One refresh at the end of each of three tracks; each reads the player and the like."""
    before, edits = len(spotify.calls), panel.edit_count
    for _ in range(60):
        await panel.advance(60)
    paths = [call.path for call in spotify.calls[before:]]
    assert paths == ["me/player", "me/library/contains"] * 3
    assert panel.edit_count == edits + 3
    assert count_panels(panel.harness) == 0
    assert not panel.is_live()


@pytest.mark.parametrize("paused", [True, False])
async def test_paused_panel_is_not_refreshed(
    panel: PanelMessage, spotify: Spotify, paused: bool
) -> None:
    if paused:
        panel.player.pause()
    else:
        panel.player.device = None
    await panel.press("🔄")
    assert not panel.is_live()
    before = len(spotify.calls)
    for _ in range(60):
        await panel.advance(60)
    assert len(spotify.calls) == before
    assert count_panels(panel.harness) == 0


async def test_long_episode_shows_time_at_once(panel: PanelMessage, spotify: Spotify) -> None:
    episode = max(spotify.catalogue.episodes.values(), key=lambda episode: episode.duration)
    assert episode.duration > 14 * 60_000
    panel.player.play(episode.uri)
    await panel.press("🔄")
    assert not panel.is_live()
    before = len(spotify.calls)
    await panel.advance(3600)
    assert len(spotify.calls) == before


async def test_no_refresh_after_edit_window(panel: PanelMessage, spotify: Spotify) -> None:
    episode = max(spotify.catalogue.episodes.values(), key=lambda episode: episode.duration)
    panel.player.play(episode.uri, position=episode.duration - 13 * 60_000)
    await panel.press("🔄")
    assert panel.is_live(), "the episode ends within the edit window"
    await panel.advance(60)
    panel.player.seek(episode.duration - 13 * 60_000)
    before = panel.edit_count
    await panel.advance(12 * 60 + 2)
    assert panel.edit_count == before + 1
    assert not panel.is_live(), "the episode now ends after the edit window"
    calls = len(spotify.calls)
    await panel.advance(3600)
    assert len(spotify.calls) == calls
    assert count_panels(panel.harness) == 0


# ---- the end of a track


async def test_panel_refreshes_at_end_of_track(panel: PanelMessage) -> None:
    first, edits = panel.track_title(), panel.edit_count
    await panel.advance(60)
    assert panel.edit_count == edits
    await panel.advance(60)
    assert panel.track_title() != first
    assert panel.track_title() in panel.text
    assert panel.edit_count == edits + 1


async def test_after_three_refreshes_panel_is_static_until_pressed(panel: PanelMessage) -> None:
    edits = panel.edit_count
    for refreshes in (1, 2, 3):
        assert panel.is_live()
        await panel.advance(200 if refreshes > 1 else 115)
        assert panel.edit_count == edits + refreshes
        assert panel.track_title() in panel.text
    assert not panel.is_live()
    await panel.advance(200)
    assert panel.edit_count == edits + 3
    await panel.press("🔄")
    assert panel.is_live()
    assert panel.track_title() in panel.text
    await panel.advance(200)
    assert panel.track_title() in panel.text


async def test_command_resets_refresh_count(panel: PanelMessage) -> None:
    await panel.advance(115)
    await panel.advance(200)
    await panel.user.run("/volume 30")
    await panel.wait_for_text("🔊 30%")
    for _ in range(2):
        await panel.advance(200)
        assert panel.is_live()


async def test_playback_stopped_elsewhere_is_shown(panel: PanelMessage) -> None:
    panel.player.pause()
    await panel.advance(120)
    assert "Paused on Ada's Laptop" in panel.text
    assert not panel.is_live()


async def test_failed_refresh_shows_last_time(panel: PanelMessage, spotify: Spotify) -> None:
    opened_at = int(panel.harness.clock())
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET")
    await panel.advance(120)
    assert abs(panel.as_of - opened_at) <= 5
    assert not panel.is_live()
    assert "0:20 / 2:13" in panel.text
    spotify.rules.clear()
    await panel.advance(900)
    assert count_panels(panel.harness) == 0


# ---- commands


async def test_command_of_owner_updates_panel(panel: PanelMessage) -> None:
    for command, expected in (
        ("/pause", "Paused on"),
        ("/volume 30", "🔊 30%"),
        ("/shuffle on", "Shuffled"),
        ("/repeat one", "Repeat one"),
        ("/seek 1:40", "1:40 / 2:13"),
    ):
        await panel.user.run(command)
        await panel.wait_for_text(expected)
    await panel.user.run("/next")
    await panel.wait_for_text(panel.track_title())


async def _start_track(panel: PanelMessage) -> str:
    """Play another track by a command; returns its title."""
    track = panel.harness.spotify.catalogue.regular_tracks[40]
    await panel.user.run(f"/play what:https://open.spotify.com/track/{track.id}")
    assert panel.player.item == track.uri
    await wait_for_redraws(panel.harness)
    return track.name


@pytest.mark.parametrize("stale_reads", [0, 1])
@pytest.mark.parametrize("position_ms", [1_000, 20_000])
async def test_started_item_is_shown_with_stale_state(
    panel: PanelMessage, spotify: Spotify, stale_reads: int, position_ms: int
) -> None:
    """Also checks a previous track that has only just started."""
    panel.player.seek(position_ms)
    await panel.press("🔄")
    spotify.serve_stale_state(stale_reads)
    assert await _start_track(panel) in panel.text


@pytest.mark.parametrize("paused", [True, False])
async def test_stale_item_is_not_shown_as_current(
    panel: PanelMessage, spotify: Spotify, paused: bool
) -> None:
    if paused:
        await panel.press("⏸️")
    before, as_of = panel.text.splitlines()[:-1], panel.as_of
    await panel.advance(30)
    spotify.serve_stale_state(2)
    title = await _start_track(panel)
    assert panel.text.splitlines()[:-1] == before, "the panel is unchanged"
    assert panel.as_of == as_of
    assert not panel.is_live()
    spotify.serve_stale_state(0)
    if not paused:
        await panel.advance(90)
        assert title in panel.text, "refreshed when the previous track should have ended"
        assert panel.is_live()


async def test_save_elsewhere_updates_panel_without_calls(
    panel: PanelMessage, spotify: Spotify
) -> None:
    spotify.accounts["ada"].liked.clear()
    as_of, since = panel.as_of, len(spotify.calls)
    await panel.advance(30)
    await panel.user.run("/save")
    await wait_for_redraws(panel.harness)
    assert "💚" in panel_buttons(panel.message)
    calls = ["GET me/player", "GET me/library/contains", "PUT me/library"]
    assert api_calls_since(spotify, since) == calls, "only the calls of /save"
    assert "0:20 / 2:13" in panel.text
    assert panel.as_of == as_of
    await panel.advance(90)
    assert panel.track_title() in panel.text


async def test_only_latest_panel_is_refreshed(panel: PanelMessage) -> None:
    other = PanelMessage(panel.harness, panel.user, await panel.user.run("/now"))
    first = panel.edit_count
    await panel.user.run("/pause")
    await other.wait_for_text("Paused on")
    await other.advance(600)
    assert panel.edit_count == first + 1, "one edit that makes its time absolute"
    await panel.press("🔄")
    edits = other.edit_count
    await panel.user.run("/volume 30")
    await panel.wait_for_text("🔊 30%")
    assert other.edit_count == edits


async def test_command_of_other_user_does_not_update_panel(
    harness: Harness, panel: PanelMessage
) -> None:
    grace = await harness.link_account("grace")
    harness.spotify.accounts["grace"].player.resume()
    edits = panel.edit_count
    await grace.run("/pause")
    await panel.advance(1)
    assert panel.edit_count == edits


# ---- the device question


async def test_device_chosen_from_panel_is_shown(harness: Harness, panel: PanelMessage) -> None:
    panel.player.devices.append(Device("7" * 40, "Attic", "Speaker"))
    panel.player.device = None
    await panel.press("🔄")
    assert "Nothing is playing" in panel.text
    question = await (await panel.press("▶️")).wait_for("Which device should I use")
    assert question.ephemeral
    await question.pick("Attic")
    assert panel.player.is_playing
    await panel.wait_for_text("Playing on Attic")


async def test_device_chosen_from_panel_is_shown_after_restart(
    harness: Harness, panel: PanelMessage
) -> None:
    panel.player.devices.append(Device("7" * 40, "Attic", "Speaker"))
    panel.player.device = None
    await harness.restart()
    question = await (await panel.press("⏭️")).wait_for("Which device should I use")
    assert "Nothing is playing" in panel.text
    await question.pick("Attic")
    await panel.wait_for_text("Playing on Attic")


async def test_without_devices_offers_retry(panel: PanelMessage) -> None:
    laptop = panel.player.devices[0]
    panel.player.device = None
    panel.player.devices.clear()
    question = await (await panel.press("⏭️")).wait_for("Spotify isn’t open on any device")
    panel.player.devices.append(laptop)
    await question.press("Try again")
    await panel.wait_for_text("Playing on Ada's Laptop")
