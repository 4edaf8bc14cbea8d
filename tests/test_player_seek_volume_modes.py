"""/seek, /volume, /shuffle and /repeat: input formats, limits and unsupported devices."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since, card_title

STATE_CALL = "GET me/player"


# ---- seek


@pytest.mark.parametrize(
    ("position", "seconds"),
    [("1:23", 83), ("83", 83), ("+30", 78), ("-15", 33), ("-90", 0), ("50%", 66), ("0", 0)],
)
async def test_seek_moves_to_position(
    spotify: Spotify, player: Player, linked_user: UserClient, position: str, seconds: int
) -> None:
    since = len(spotify.calls)
    reply = await linked_user.run(f"/seek position:{position}")
    assert abs(player.progress / 1000 - seconds) < 2
    assert reply.text.startswith(f"-# Went to {seconds // 60}:{seconds % 60:02}")
    assert api_calls_since(spotify, since) == [STATE_CALL, "PUT me/player/seek"]


@pytest.mark.parametrize("position", ["2:14", "3:00", "100%", "+99", "9999"])
async def test_seek_past_end_does_not_skip(
    spotify: Spotify, player: Player, linked_user: UserClient, position: str
) -> None:
    item = player.item
    reply = await linked_user.run(f"/seek position:{position}")
    assert "only 2:13 long" in reply.text
    assert player.item == item
    assert not spotify.calls_to("PUT", "me/player/seek")


@pytest.mark.parametrize("position", ["soon", "1:2:3:4", "50 cows", "now", "x" * 300, "🎵", "%"])
@pytest.mark.parametrize("active", [True, False])
async def test_invalid_position_makes_no_call(
    spotify: Spotify, player: Player, linked_user: UserClient, position: str, active: bool
) -> None:
    if not active:
        player.device = None
    since = len(spotify.calls)
    reply = await linked_user.run(f"/seek position:{position}")
    assert reply.text.startswith("I can’t read that time.")
    assert reply.ephemeral
    assert api_calls_since(spotify, since) == []


async def test_seek_before_any_playback(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    grace = await harness.link_account("grace")
    assert (await grace.run("/seek position:1:00")).text.startswith("Nothing is playing.")


# ---- volume


@pytest.mark.parametrize(
    ("level", "volume", "expected"),
    [
        ("40", 40, "Volume 40%"),
        ("40 %", 40, "Volume 40%"),
        ("+10", 70, "Volume 70%"),
        ("-10", 50, "Volume 50%"),
        ("+99", 100, "Volume 100%"),
        ("mute", 0, "Muted; it was at 60%"),
        ("-99", 0, "Muted; it was at 60%"),
    ],
)
async def test_volume_is_set(
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    level: str,
    volume: int,
    expected: str,
) -> None:
    since = len(spotify.calls)
    reply = await linked_user.run(f"/volume level:{level}")
    assert player.devices[0].volume == volume
    assert reply.text.startswith(f"-# {expected} · Playing on Ada's Laptop\n")
    assert api_calls_since(spotify, since) == [STATE_CALL, "PUT me/player/volume"]


async def test_volume_without_argument_shows_volume(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    assert (await linked_user.run("/volume")).text.startswith(
        "-# Volume 60% · Playing on Ada's Laptop"
    )
    player.devices[0].volume = None
    assert "doesn’t say how loud it is" in (await linked_user.run("/volume")).text
    assert not spotify.calls_to("PUT", "me/player/volume")


@pytest.mark.parametrize("level", ["", "+10", "40", "mute"])
async def test_device_without_volume_control_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient, level: str
) -> None:
    player.resume(player.devices[2])
    reply = await linked_user.run(f"/volume level:{level}" if level else "/volume")
    assert reply.text == (
        "The volume of Ada's Phone can’t be changed from here. Set it on the device."
    )
    assert not spotify.calls_to("PUT", "me/player/volume")


async def test_relative_volume_with_unknown_volume_is_rejected(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.devices[0].volume = None
    assert "doesn’t say how loud it is" in (await linked_user.run("/volume level:+10")).text
    assert "Volume 40%" in (await linked_user.run("/volume level:40")).text


@pytest.mark.parametrize("level", ["loud", "101", "+1000", "4 0", "now", "x" * 300])
@pytest.mark.parametrize("active", [True, False])
async def test_invalid_volume_makes_no_call(
    spotify: Spotify, player: Player, linked_user: UserClient, level: str, active: bool
) -> None:
    if not active:
        player.device = None
    reply = await linked_user.run(f"/volume level:{level}")
    assert not spotify.calls_to("PUT", "me/player/volume")
    assert reply.text.startswith("Use a number from 0 to 100,")


async def test_showing_volume_activates_no_device(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.devices[:] = player.devices[:1]
    player.device = None
    reply = await linked_user.run("/volume")
    assert reply.text.startswith("Nothing is playing, so there is no volume to see.")
    assert player.device is None


# ---- shuffle and repeat


async def test_shuffle_is_set_and_toggled(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    for line, shuffled in (
        ("/shuffle", True),
        ("/shuffle", False),
        ("/shuffle mode:on", True),
        ("/shuffle mode:on", True),
        ("/shuffle mode:off", False),
    ):
        reply = await linked_user.run(line)
        assert player.shuffle is shuffled
        assert reply.text.startswith("-# Shuffled ·" if shuffled else "-# Shuffle is off ·")
        assert card_title(spotify, player.item) in reply.text


async def test_repeat_is_set_and_cycled(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    texts = {
        "context": "Repeat all",
        "track": "Repeat one",
        "off": "Repeat is off",
    }
    for line, mode in (
        ("/repeat", "context"),
        ("/repeat", "track"),
        ("/repeat", "off"),
        ("/repeat mode:one", "track"),
        ("/repeat mode:all", "context"),
        ("/repeat mode:off", "off"),
    ):
        reply = await linked_user.run(line)
        assert player.repeat == mode
        assert reply.text.startswith(f"-# {texts[mode]} · Playing on Ada's Laptop\n")
