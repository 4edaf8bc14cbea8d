"""Panel buttons: each performs its action and shows the result, also with stale state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.message_text import render_message
from sandbox.spotify import Player, Spotify
from tests.login_state_machine.held_responses import HeldResponse, released_at_exit
from tests.panel_message import (
    ACTIVE_STYLE,
    PanelMessage,
    button_action,
    disabled_buttons,
    open_panel,
    panel_buttons,
    wait_for_redraws,
)


@pytest.fixture
async def panel(harness: Harness, linked_user: UserClient) -> PanelMessage:
    return await open_panel(harness, linked_user)


@dataclass(frozen=True)
class Case:
    """A button, the player before and after the press, and a text on the panel afterwards."""

    emoji: str
    is_done: Callable[[Player], bool]
    expected: str
    prepare: Callable[[Player], object] = lambda player: None


CASES = (
    Case("⏸️", lambda player: not player.is_playing, "Paused on Ada's Laptop"),
    Case("▶️", lambda player: player.is_playing, "Playing on Ada's Laptop", Player.pause),
    Case("⏭️", lambda player: player.progress < 5000, "Carry the Lantern Home, Ines"),
    Case("⏮️", lambda player: player.at_start, "Playing on Ada's Laptop"),
    Case("🔀", lambda player: player.shuffle, "🔊 60% · Shuffled"),
    Case("🔀", lambda player: not player.shuffle, "Shuffle is off\nThe Last",
         lambda player: player.set_shuffle(True)),
    Case("🔁", lambda player: player.repeat == "context", "Repeat all"),
    Case("🔁", lambda player: player.repeat == "track", "Repeat one",
         lambda player: player.set_repeat("context")),
    Case("🔂", lambda player: player.repeat == "off", "Repeat is off",
         lambda player: player.set_repeat("track")),
    Case("🔉", lambda player: player.devices[0].volume == 50, "🔊 50%"),
    Case("🔊", lambda player: player.devices[0].volume == 70, "🔊 70%"),
)  # fmt: skip


@pytest.mark.parametrize("stale_reads", [0, 1])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.emoji} {case.expected}")
async def test_button_performs_action_and_shows_result(
    panel: PanelMessage, spotify: Spotify, case: Case, stale_reads: int
) -> None:
    case.prepare(panel.player)
    await panel.press("🔄")
    spotify.serve_stale_state(stale_reads)
    reply = await panel.press(case.emoji)
    assert case.is_done(panel.player)
    assert [message["id"] for message in reply.messages] == [panel.id]
    assert case.expected in panel.text
    assert panel.track_title() in panel.text
    assert panel.text.count("Paused") <= 1


async def test_active_toggle_is_highlighted_and_next_press_undoes_it(panel: PanelMessage) -> None:
    for emoji, next_action in (("🔀", "shuffle off"), ("🔁", "repeat track")):
        assert panel_buttons(panel.message)[emoji]["style"] != ACTIVE_STYLE
        await panel.press(emoji)
        assert panel_buttons(panel.message)[emoji]["style"] == ACTIVE_STYLE
        assert button_action(panel.message, emoji) == next_action


@pytest.mark.parametrize("stale_reads", [1, 2, 3])
async def test_toggle_can_be_undone_with_stale_state(
    panel: PanelMessage, spotify: Spotify, stale_reads: int
) -> None:
    spotify.serve_stale_state(stale_reads)
    await panel.press("⏸️")
    assert "▶️" not in disabled_buttons(panel.message)
    panel.harness.clock.advance(1)
    await panel.press("▶️")
    assert "⏸️" not in disabled_buttons(panel.message)
    assert panel.player.is_playing


async def test_repeated_skips_never_show_previous_track(
    harness: Harness, panel: PanelMessage, spotify: Spotify
) -> None:
    """The previous track has only just started as well, so its progress cannot tell them apart."""
    spotify.serve_stale_state(1)
    for _ in range(3):
        await panel.press("⏭️")
        assert panel.track_title() in panel.text
        harness.clock.advance(1)


async def test_skip_not_visible_yet_is_reported(panel: PanelMessage, spotify: Spotify) -> None:
    spotify.serve_stale_state(9)
    await panel.press("⏭️")
    assert "See what’s on with /now" in panel.text
    assert "Nothing is playing" not in panel.text


# ---- like


async def test_like_button_shows_saved_state(panel: PanelMessage, spotify: Spotify) -> None:
    liked = spotify.accounts["ada"].liked
    before = len(liked)
    assert panel_buttons(panel.message)["🤍"]["label"] == "Like"
    await panel.press("🤍")
    assert liked[0][0] == panel.player.item
    assert panel_buttons(panel.message)["💚"]["label"] == "Liked"
    assert panel_buttons(panel.message)["💚"]["style"] == ACTIVE_STYLE
    await panel.press("🔄")
    panel.harness.clock.advance(1)
    await panel.press("💚")
    assert len(liked) == before
    assert "🤍" in panel_buttons(panel.message)


async def test_like_applies_to_displayed_track(
    panel: PanelMessage, spotify: Spotify, linked_user: UserClient
) -> None:
    displayed = panel.player.item
    panel.player.next()
    await panel.press("🤍")
    assert spotify.accounts["ada"].liked[0][0] == displayed
    assert panel.track_title() in panel.text
    assert "🤍" in panel_buttons(panel.message), "the next track is not liked"


async def test_like_is_reported_without_readable_state(
    panel: PanelMessage, spotify: Spotify
) -> None:
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET /v1/me/player$")
    reply = await panel.press("🤍")
    assert reply.text == "Liked."
    assert reply.ephemeral


async def test_saved_state_may_be_unknown(panel: PanelMessage, spotify: Spotify) -> None:
    spotify.faults.add(Fault("GET .*/contains", status=500, times=None))
    await panel.press("⏭️")
    assert panel.track_title() in panel.text
    assert not {"🤍", "💚"} & set(panel_buttons(panel.message)), "no button claims to know"
    await panel.press("Like")
    assert spotify.accounts["ada"].liked[0][0] == panel.player.item
    assert "💚" in panel_buttons(panel.message)


# ---- devices and queue


async def test_devices_and_queue_open_beside_the_panel(
    panel: PanelMessage, spotify: Spotify
) -> None:
    before = panel.text
    for emoji, expected in (("📱", "Ada's Laptop"), ("📜", panel.track_title())):
        reply = await panel.press(emoji)
        assert expected in reply.text
        assert reply.ephemeral
        assert reply.message["id"] != panel.id
    assert panel.text == before


async def test_device_chosen_from_panel_is_shown(panel: PanelMessage) -> None:
    devices = await panel.press("📱")
    other = panel.player.devices[1]
    await devices.pick(other.name)
    assert panel.player.device is other
    await panel.wait_for_text(f"Playing on {other.name}")


# ---- concurrent and slow presses


@pytest.mark.parametrize("held_call", ["PUT .*/pause", "PUT .*/volume", "GET .*/me/player$"])
async def test_concurrent_presses_are_both_shown(
    panel: PanelMessage, spotify: Spotify, held_call: str
) -> None:
    held = HeldResponse(held_call)
    spotify.faults.add(held)
    async with released_at_exit(held.hold):
        presses = asyncio.gather(panel.press("⏸️"), panel.press("🔊"))
        await held.hold.response_ready.wait()
    await presses
    await wait_for_redraws(panel.harness)
    assert "Paused on Ada's Laptop" in panel.text
    assert "🔊 70%" in panel.text
    assert not panel.player.is_playing
    assert panel.player.devices[0].volume == 70


@pytest.mark.parametrize("emoji", ["⏸️", "🤍", "🔄", "📱", "📜"])
async def test_press_is_acknowledged_before_any_spotify_call(
    harness: Harness, panel: PanelMessage, spotify: Spotify, emoji: str
) -> None:
    held = HeldResponse(".*")
    spotify.faults.add(held)
    exchange_count = len(harness.discord.traffic.exchanges)
    async with released_at_exit(held.hold):
        press = asyncio.create_task(panel.press(emoji))
        await held.hold.response_ready.wait()
        (first,) = list(harness.discord.traffic.exchanges)[exchange_count:]
        assert first.path.endswith("/callback")
    assert render_message((await press).message)


# ---- restarts


async def test_panel_survives_a_restart(harness: Harness, panel: PanelMessage) -> None:
    await harness.restart()
    assert harness.bot is not None
    assert not len(harness.bot.services.panels)
    await panel.press("⏭️")
    assert panel.track_title() in panel.text
    assert len(harness.bot.services.panels) == 1, "the bot refreshes it from now on"
    await panel.advance(600)
    assert panel.track_title() in panel.text


async def test_two_panels_of_one_user_both_work(panel: PanelMessage) -> None:
    other = PanelMessage(panel.harness, panel.user, await panel.user.run("/now"))
    await panel.press("⏸️")
    await other.press("⏸️")
    assert "Already paused" in other.text
    panel.harness.clock.advance(1)
    await other.press("▶️")
    assert panel.player.is_playing
    assert "Playing on" in other.text
