"""When a panel is drawn again by itself: seldom, never by polling, and never after its time."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Device, Spotify
from sandbox.stage import Stage
from tests.commands import spent
from tests.panels import Panel, buttons, count, opened, settled


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


# ---- no polling


async def test_an_hour_costs_three_looks(panel: Panel, spotify: Spotify) -> None:
    """Of three songs; what plays and whether it is liked each time."""
    before, edits = len(spotify.calls), panel.edits
    for _ in range(60):
        await panel.later(60)
    paths = [call.path for call in spotify.calls[before:]]
    assert paths == ["me/player", "me/library/contains"] * 3
    assert panel.edits == edits + 3
    assert count(panel.stage) == 0
    assert not panel.live()


@pytest.mark.parametrize("paused", [True, False])
async def test_what_does_not_move_costs_nothing(
    panel: Panel, spotify: Spotify, paused: bool
) -> None:
    if paused:
        panel.player.pause()
    else:
        panel.player.device = None
    await panel.press("🔄")
    assert not panel.live()
    before = len(spotify.calls)
    for _ in range(60):
        await panel.later(60)
    assert len(spotify.calls) == before
    assert count(panel.stage) == 0


async def test_a_long_episode_says_as_of_at_once(panel: Panel, spotify: Spotify) -> None:
    episode = max(spotify.catalogue.episodes.values(), key=lambda one: one.duration)
    assert episode.duration > 14 * 60_000
    panel.player.start(episode.uri)
    await panel.press("🔄")
    assert not panel.live()
    before = len(spotify.calls)
    await panel.later(3600)
    assert len(spotify.calls) == before


async def test_nothing_is_asked_once_its_reply_cannot_be_edited_any_more(
    panel: Panel, spotify: Spotify
) -> None:
    episode = max(spotify.catalogue.episodes.values(), key=lambda one: one.duration)
    panel.player.start(episode.uri, position=episode.duration - 13 * 60_000)
    await panel.press("🔄")
    assert panel.live(), "it ends in time"
    await panel.later(60)
    panel.player.seek(episode.duration - 13 * 60_000)
    before = panel.edits
    await panel.later(12 * 60 + 2)
    assert panel.edits == before + 1
    assert not panel.live(), "it ends too late now"
    calls = len(spotify.calls)
    await panel.later(3600)
    assert len(spotify.calls) == calls
    assert count(panel.stage) == 0


# ---- the end of a track


async def test_when_a_track_should_have_ended_the_next_one_is_shown(panel: Panel) -> None:
    first, edits = panel.title(), panel.edits
    await panel.later(60)
    assert panel.edits == edits
    await panel.later(60)
    assert panel.title() != first
    assert panel.title() in panel.text
    assert panel.edits == edits + 1


async def test_three_times_in_a_row_then_as_of_until_it_is_pressed(panel: Panel) -> None:
    edits = panel.edits
    for drawn in (1, 2, 3):
        assert panel.live()
        await panel.later(200 if drawn > 1 else 115)
        assert panel.edits == edits + drawn
        assert panel.title() in panel.text
    assert not panel.live()
    await panel.later(200)
    assert panel.edits == edits + 3
    await panel.press("🔄")
    assert panel.live()
    assert panel.title() in panel.text
    await panel.later(200)
    assert panel.title() in panel.text


async def test_a_command_begins_the_row_anew(panel: Panel) -> None:
    await panel.later(115)
    await panel.later(200)
    await panel.seat.run("/volume 30")
    await panel.until("Volume 30%")
    for _ in range(2):
        await panel.later(200)
        assert panel.live()


async def test_music_that_stopped_meanwhile_is_shown_so(panel: Panel) -> None:
    panel.player.pause()
    await panel.later(120)
    assert "Paused on Ada's Laptop" in panel.text
    assert not panel.live()


async def test_a_look_that_fails_says_as_of_when_that_was(panel: Panel, spotify: Spotify) -> None:
    then = int(panel.stage.clock())
    spotify.rate_limit(48_925, times=None, quota=True, match="GET")
    await panel.later(120)
    assert abs(panel.as_of - then) <= 5
    assert not panel.live()
    assert "0:20 / 2:13" in panel.text
    spotify.end_rate_limits()
    await panel.later(900)
    assert count(panel.stage) == 0


# ---- commands


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/pause", "Paused on"),
        ("/next", "Carry the Lantern Home, Ines"),
        ("/volume 30", "Volume 30%"),
        ("/shuffle on", "Shuffled"),
        ("/repeat one", "Repeating this one"),
        ("/seek 1:40", "1:40 / 2:13"),
    ],
)
async def test_a_command_of_its_owner_is_shown(panel: Panel, command: str, says: str) -> None:
    await panel.seat.run(command)
    await panel.until(says)


async def _play(panel: Panel) -> str:
    """Play another song by a command; its name."""
    song = panel.stage.spotify.catalogue.stock[40]
    await panel.seat.run(f"/play what:https://open.spotify.com/track/{song.id}")
    assert panel.player.item == song.uri
    await settled(panel.stage)
    return song.name


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("at", [1_000, 20_000])
async def test_what_a_command_starts_is_shown_though_spotify_is_late(
    panel: Panel, spotify: Spotify, late: int, at: int
) -> None:
    """Also where what was before has begun only just now."""
    panel.player.seek(at)
    await panel.press("🔄")
    spotify.late(late)
    assert await _play(panel) in panel.text


@pytest.mark.parametrize("paused", [True, False])
async def test_what_was_before_is_not_shown_as_what_plays(
    panel: Panel, spotify: Spotify, paused: bool
) -> None:
    if paused:
        await panel.press("⏸️")
    before, then = panel.text.splitlines()[:-1], panel.as_of
    await panel.later(30)
    spotify.late(2)
    song = await _play(panel)
    assert panel.text.splitlines()[:-1] == before, "as it was"
    assert panel.as_of == then
    assert not panel.live()
    spotify.late(0)
    if not paused:
        await panel.later(90)
        assert song in panel.text, "when the one before should have ended"
        assert panel.live()


async def test_what_is_saved_elsewhere_is_shown_and_asks_nothing(
    panel: Panel, spotify: Spotify
) -> None:
    then, since = panel.as_of, len(spotify.calls)
    await panel.later(30)
    await panel.seat.run("/save")
    await settled(panel.stage)
    assert "💚" in buttons(panel.message)
    assert spent(spotify, since) == ["GET me/player", "PUT me/library"], "those of /save"
    assert "0:20 / 2:13" in panel.text
    assert panel.as_of == then
    await panel.later(90)
    assert panel.title() in panel.text


async def test_only_the_latest_one_is_drawn_again(panel: Panel) -> None:
    other = Panel(panel.stage, panel.seat, await panel.seat.run("/now"))
    first = panel.edits
    await panel.seat.run("/pause")
    await other.until("Paused on")
    await other.later(600)
    assert panel.edits == first + 1, "to say as of when it is"
    await panel.press("🔄")
    edits = other.edits
    await panel.seat.run("/volume 30")
    await panel.until("Volume 30%")
    assert other.edits == edits


async def test_a_command_of_somebody_else_is_not(stage: Stage, panel: Panel) -> None:
    grace = await stage.link("grace")
    stage.spotify.accounts["grace"].player.resume()
    edits = panel.edits
    await grace.run("/pause")
    await panel.later(1)
    assert panel.edits == edits


# ---- a device is needed


async def test_a_device_chosen_out_of_a_panel_is_shown_on_it(stage: Stage, panel: Panel) -> None:
    panel.player.devices.append(Device("7" * 40, "Attic", "Speaker"))
    panel.player.device = None
    await panel.press("🔄")
    assert "Nothing is playing" in panel.text
    question = await (await panel.press("▶️")).until("Choose where to do that")
    assert question.ephemeral
    await question.pick("Attic")
    assert panel.player.is_playing
    await panel.until("Playing on Attic")


async def test_so_it_is_after_a_restart(stage: Stage, panel: Panel) -> None:
    panel.player.devices.append(Device("7" * 40, "Attic", "Speaker"))
    panel.player.device = None
    await stage.restart()
    question = await (await panel.press("⏭️")).until("Choose where to do that")
    assert "Nothing is playing" in panel.text
    await question.pick("Attic")
    await panel.until("Playing on Attic")


async def test_where_no_device_is_awake_it_can_be_tried_again(panel: Panel) -> None:
    asleep = panel.player.devices[0]
    panel.player.device = None
    panel.player.devices.clear()
    question = await (await panel.press("⏭️")).until("Spotify is not open anywhere")
    panel.player.devices.append(asleep)
    await question.press("Try again")
    await panel.until("Playing on Ada's Laptop")
