"""What the player cannot do: its button is off, and a press that comes too late is answered."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.spotify.actions import Action
from sandbox.stage import Stage
from tests.panels import Panel, buttons, off, opened

PLAYER = {"⏮️", "⏸️", "⏭️", "🔀", "🔁", "🔉", "🔊"}


@pytest.fixture
async def panel(stage: Stage, linked: Seat) -> Panel:
    return await opened(stage, linked)


# ---- what cannot be done


@pytest.mark.parametrize(
    ("actions", "emojis"),
    [
        (["pausing"], {"⏸️"}),
        (["skipping_next"], {"⏭️"}),
        (["skipping_prev"], {"⏮️"}),
        (["toggling_shuffle"], {"🔀"}),
        (["toggling_repeat_context"], {"🔁"}),
        (["seeking", "toggling_repeat_track"], set()),
        (["skipping_next", "skipping_prev", "toggling_shuffle"], {"⏮️", "⏭️", "🔀"}),
    ],
)
async def test_what_spotify_disallows_is_off(
    panel: Panel, actions: list[Action], emojis: set[str]
) -> None:
    panel.player.forbid(*actions)
    await panel.press("🔄")
    assert off(panel.message) == emojis


async def test_going_back_is_off_at_the_first_song(panel: Panel) -> None:
    assert not off(panel.message)
    await panel.press("⏮️")
    assert off(panel.message) == {"⏮️"}


async def test_resuming_is_off_where_it_is_disallowed(panel: Panel) -> None:
    panel.player.pause()
    panel.player.forbid("resuming")
    await panel.press("🔄")
    assert "▶️" in off(panel.message)


@pytest.mark.parametrize(
    ("volume", "supported", "emojis"),
    [
        (0, True, {"🔉"}),
        (100, True, {"🔊"}),
        (None, True, {"🔉", "🔊"}),
        (60, False, {"🔉", "🔊"}),
    ],
)
async def test_volume_is_off_where_there_is_none(
    panel: Panel, volume: int | None, supported: bool, emojis: set[str]
) -> None:
    device = panel.player.devices[0]
    device.volume, device.supports_volume = volume, supported
    await panel.press("🔄")
    assert off(panel.message) == emojis


async def test_a_restricted_device_takes_nothing(panel: Panel) -> None:
    panel.player.devices[0].is_restricted = True
    await panel.press("🔄")
    assert off(panel.message) == PLAYER
    assert "This device takes no commands" in panel.text


async def test_an_ad_is_neither_skipped_nor_liked(panel: Panel) -> None:
    panel.player.interlude = "ad"
    await panel.press("🔄")
    assert off(panel.message) == {"⏮️", "⏸️", "⏭️", "🤍"}


async def test_where_nothing_is_active_only_play_is_left(panel: Panel) -> None:
    panel.player.device = None
    await panel.press("🔄")
    assert off(panel.message) == (PLAYER - {"⏸️"}) | {"🤍"}


# ---- refusals


@pytest.mark.parametrize(
    ("emoji", "action", "says"),
    [
        ("⏭️", "skipping_next", "There is nothing to skip to"),
        ("⏮️", "skipping_prev", "There is no previous track"),
        ("🔀", "toggling_shuffle", "cannot be shuffled"),
        ("🔁", "toggling_repeat_context", "cannot be repeated"),
    ],
)
async def test_a_refusal_is_said_privately_and_the_panel_is_true_again(
    panel: Panel, emoji: str, action: Action, says: str
) -> None:
    panel.player.forbid(action)
    reply = await (await panel.press(emoji)).until(says)
    assert reply.ephemeral
    assert reply.message["id"] != panel.id
    assert off(panel.message) == {emoji}


async def test_pausing_twice_is_no_refusal(panel: Panel) -> None:
    panel.player.pause()
    await panel.press("⏸️")
    assert "Already paused" in panel.text
    assert "▶️" in buttons(panel.message)


async def test_no_volume_any_more(panel: Panel) -> None:
    panel.player.devices[0].supports_volume = False
    await (await panel.press("🔊")).until("cannot set the volume of Ada's Laptop")
    assert off(panel.message) == {"🔉", "🔊"}


async def test_nothing_left_to_pause(panel: Panel) -> None:
    panel.player.device = None
    await (await panel.press("⏸️")).until("there is nothing to pause")
    assert "Nothing is playing" in panel.text


async def test_without_premium_it_only_shows(stage: Stage) -> None:
    panel = await opened(stage, await stage.link("linus"))
    shown = panel.text
    for emoji in ("⏸️", "⏭️", "🔀", "🔊"):
        reply = await panel.press(emoji)
        assert "Premium" in reply.text
        assert panel.text == shown
    await panel.press("🤍")
    assert "💚" in buttons(panel.message), "liking needs none"


async def test_a_quota_used_up_leaves_the_panel_as_it_is(panel: Panel, spotify: Spotify) -> None:
    shown = panel.text
    spotify.rate_limit(48_925, times=None, quota=True)
    for emoji in ("🔄", "🤍"):
        reply = await panel.press(emoji)
        assert "in 14 hours" in reply.text
        assert reply.ephemeral
        assert panel.text == shown


async def test_a_skip_that_may_have_happened_is_shown(panel: Panel, spotify: Spotify) -> None:
    spotify.faults.add(Fault("POST .*/next", status=502, executed=True))
    await (await panel.press("⏭️")).until("did not say whether that worked")
    assert panel.title() in panel.text
    assert len(spotify.calls_of("POST", "me/player/next")) == 1


async def test_done_though_nobody_may_look(panel: Panel, spotify: Spotify) -> None:
    spotify.rate_limit(48_925, times=None, quota=True, match="GET /v1/me/player$")
    reply = await panel.press("⏸️")
    assert reply.text == "Paused."
    assert reply.ephemeral
    assert not panel.player.is_playing
