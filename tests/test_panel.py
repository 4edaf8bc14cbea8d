"""The panel's buttons: each does what it says, shows it at once, and is off where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.readable import readable
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.linking.slow import HeldBack, held_back
from tests.panels import ON, Panel, act, buttons, off, opened, settled


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


@dataclass(frozen=True)
class Case:
    """A button, what the player is like before it and after it, and what is said then."""

    emoji: str
    after: Callable[[Player], bool]
    says: str
    before: Callable[[Player], object] = lambda player: None


CASES = (
    Case("⏸️", lambda it: not it.is_playing, "Paused on Ada's Laptop"),
    Case("▶️", lambda it: it.is_playing, "Playing on Ada's Laptop", Player.pause),
    Case("⏭️", lambda it: it.progress < 5000, "Carry the Lantern Home, Ines"),
    Case("⏮️", lambda it: it.at_start, "Playing on Ada's Laptop"),
    Case("🔀", lambda it: it.shuffle, "Volume 60% · Shuffled"),
    Case("🔀", lambda it: not it.shuffle, "Shuffle is off · Playing",
         lambda it: it.set_shuffle(True)),
    Case("🔁", lambda it: it.repeat == "context", "Repeating all of it"),
    Case("🔁", lambda it: it.repeat == "track", "Repeating this one",
         lambda it: it.set_repeat("context")),
    Case("🔂", lambda it: it.repeat == "off", "Repeat is off", lambda it: it.set_repeat("track")),
    Case("🔉", lambda it: it.devices[0].volume == 50, "Volume 50%"),
    Case("🔊", lambda it: it.devices[0].volume == 70, "Volume 70%"),
)  # fmt: skip


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.emoji} {case.says}")
async def test_a_button_does_what_it_says_and_shows_it_at_once(
    panel: Panel, spotify: Spotify, case: Case, late: int
) -> None:
    case.before(panel.player)
    await panel.press("🔄")
    spotify.late(late)
    reply = await panel.press(case.emoji)
    assert case.after(panel.player)
    assert [message["id"] for message in reply.messages] == [panel.id]
    assert case.says in panel.text
    assert panel.title() in panel.text
    assert panel.text.count("Paused") <= 1


async def test_what_is_on_stands_out_and_the_next_press_undoes_it(panel: Panel) -> None:
    for emoji, on in (("🔀", "shuffle off"), ("🔁", "repeat track")):
        assert buttons(panel.message)[emoji]["style"] != ON
        await panel.press(emoji)
        assert buttons(panel.message)[emoji]["style"] == ON
        assert act(panel.message, emoji) == on


@pytest.mark.parametrize("late", [1, 2, 3])
async def test_a_button_that_was_pressed_can_be_taken_back_though_spotify_is_late(
    panel: Panel, spotify: Spotify, late: int
) -> None:
    spotify.late(late)
    await panel.press("⏸️")
    assert "▶️" not in off(panel.message)
    panel.stage.clock.advance(1)
    await panel.press("▶️")
    assert "⏸️" not in off(panel.message)
    assert panel.player.is_playing


async def test_skipping_through_songs_never_shows_the_one_before(
    stage: Stage, panel: Panel, spotify: Spotify
) -> None:
    """Each has begun only just now, as has what Spotify still shows."""
    spotify.late(1)
    for _ in range(3):
        await panel.press("⏭️")
        assert panel.title() in panel.text
        stage.clock.advance(1)


async def test_a_skip_that_spotify_does_not_show_yet_is_said(
    panel: Panel, spotify: Spotify
) -> None:
    spotify.late(9)
    await panel.press("⏭️")
    assert "Spotify does not say yet what plays" in panel.text
    assert "Nothing is playing" not in panel.text


# ---- like


async def test_liking_shows_whether_it_is_liked(panel: Panel, spotify: Spotify) -> None:
    liked = spotify.accounts["ada"].liked
    before = len(liked)
    assert buttons(panel.message)["🤍"]["label"] == "Like"
    await panel.press("🤍")
    assert liked[0][0] == panel.player.item
    assert buttons(panel.message)["💚"]["label"] == "Liked"
    assert buttons(panel.message)["💚"]["style"] == ON
    await panel.press("🔄")
    panel.stage.clock.advance(1)
    await panel.press("💚")
    assert len(liked) == before
    assert "🤍" in buttons(panel.message)


async def test_liked_is_the_song_that_the_panel_shows(
    panel: Panel, spotify: Spotify, linked: Seat
) -> None:
    shown = panel.player.item
    panel.player.next()
    await panel.press("🤍")
    assert spotify.accounts["ada"].liked[0][0] == shown
    assert panel.title() in panel.text
    assert "🤍" in buttons(panel.message), "the next one is not liked"


async def test_a_like_is_told_even_where_nobody_can_look(panel: Panel, spotify: Spotify) -> None:
    spotify.rate_limit(48_925, times=None, quota=True, match="GET /v1/me/player$")
    reply = await panel.press("🤍")
    assert reply.text == "Liked."
    assert reply.ephemeral


async def test_what_is_liked_may_be_unknown(panel: Panel, spotify: Spotify) -> None:
    spotify.faults.add(Fault("GET .*/contains", status=500, times=None))
    await panel.press("⏭️")
    assert panel.title() in panel.text
    assert not {"🤍", "💚"} & set(buttons(panel.message)), "it is neither said nor denied"
    await panel.press("❔")
    assert spotify.accounts["ada"].liked[0][0] == panel.player.item
    assert "💚" in buttons(panel.message)


# ---- pages


async def test_devices_and_queue_open_beside_the_panel(panel: Panel, spotify: Spotify) -> None:
    shown = panel.text
    for emoji, says in (("📱", "Ada's Laptop"), ("📜", panel.title())):
        reply = await panel.press(emoji)
        assert says in reply.text
        assert reply.ephemeral
        assert reply.message["id"] != panel.id
    assert panel.text == shown


async def test_a_device_chosen_there_is_shown_on_the_panel(panel: Panel) -> None:
    devices = await panel.press("📱")
    other = panel.player.devices[1]
    await devices.pick(other.name)
    assert panel.player.device is other
    await panel.until(f"Playing on {other.name}")


# ---- at once, slowly


@pytest.mark.parametrize("slow", ["PUT .*/pause", "PUT .*/volume", "GET .*/me/player$"])
async def test_of_two_presses_at_once_both_are_shown(
    panel: Panel, spotify: Spotify, slow: str
) -> None:
    held = HeldBack(slow)
    spotify.faults.add(held)
    async with held_back(held.pause):
        presses = asyncio.gather(panel.press("⏸️"), panel.press("🔊"))
        await held.pause.arrived.wait()
    await presses
    await settled(panel.stage)
    assert "Paused on Ada's Laptop" in panel.text
    assert "Volume 70%" in panel.text
    assert not panel.player.is_playing
    assert panel.player.devices[0].volume == 70


@pytest.mark.parametrize("emoji", ["⏸️", "🤍", "🔄", "📱", "📜"])
async def test_a_press_is_acknowledged_before_spotify_is_asked(
    stage: Stage, panel: Panel, spotify: Spotify, emoji: str
) -> None:
    held = HeldBack(".*")
    spotify.faults.add(held)
    said = len(stage.discord.recording.exchanges)
    async with held_back(held.pause):
        press = asyncio.create_task(panel.press(emoji))
        await held.pause.arrived.wait()
        (first,) = list(stage.discord.recording.exchanges)[said:]
        assert first.path.endswith("/callback")
    assert readable((await press).message)


# ---- restarts


async def test_it_survives_a_restart(stage: Stage, panel: Panel) -> None:
    await stage.restart()
    assert stage.bot is not None
    assert not len(stage.bot.panels)
    await panel.press("⏭️")
    assert panel.title() in panel.text
    assert len(stage.bot.panels) == 1, "from now on it is drawn again by itself"
    await panel.later(600)
    assert panel.title() in panel.text


async def test_two_of_ones_own_both_work(panel: Panel) -> None:
    other = Panel(panel.stage, panel.seat, await panel.seat.run("/now"))
    await panel.press("⏸️")
    await other.press("⏸️")
    assert "Already paused" in other.text
    panel.stage.clock.advance(1)
    await other.press("▶️")
    assert panel.player.is_playing
    assert "Playing on" in other.text
