"""Seek, volume, shuffle and repeat: as people write them, and as the device allows."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import spent, title

STATE = "GET me/player"


# ---- seek


@pytest.mark.parametrize(
    ("position", "place"),
    [("1:23", 83), ("83", 83), ("+30", 78), ("-15", 33), ("-90", 0), ("50%", 66), ("0", 0)],
)
async def test_seek_goes_there(
    spotify: Spotify, player: Player, linked: Seat, position: str, place: int
) -> None:
    since = len(spotify.calls)
    reply = await linked.run(f"/seek position:{position}")
    assert abs(player.progress / 1000 - place) < 2
    assert reply.text.startswith(f"-# Went to {place // 60}:{place % 60:02}")
    assert spent(spotify, since) == [STATE, "PUT me/player/seek"]


@pytest.mark.parametrize("position", ["2:14", "3:00", "100%", "+99", "9999"])
async def test_beyond_the_end_nothing_is_skipped(
    spotify: Spotify, player: Player, linked: Seat, position: str
) -> None:
    playing = player.item
    reply = await linked.run(f"/seek position:{position}")
    assert "it lasts 2:13" in reply.text
    assert player.item == playing
    assert not spotify.calls_of("PUT", "me/player/seek")


@pytest.mark.parametrize("position", ["soon", "1:2:3:4", "50 cows", "now", "x" * 300, "🎵", "%"])
@pytest.mark.parametrize("awake", [True, False])
async def test_what_is_no_place_costs_no_call(
    spotify: Spotify, player: Player, linked: Seat, position: str, awake: bool
) -> None:
    if not awake:
        player.device = None
    since = len(spotify.calls)
    reply = await linked.run(f"/seek position:{position}")
    assert reply.text.startswith("That is no place in a track.")
    assert reply.ephemeral
    assert spent(spotify, since) == []


async def test_seek_where_nothing_has_played_yet(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    grace = await stage.link("grace")
    assert (await grace.run("/seek position:1:00")).text.startswith("Nothing is playing.")


# ---- volume


@pytest.mark.parametrize(
    ("level", "volume", "says"),
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
async def test_volume(
    spotify: Spotify, player: Player, linked: Seat, level: str, volume: int, says: str
) -> None:
    since = len(spotify.calls)
    reply = await linked.run(f"/volume level:{level}")
    assert player.devices[0].volume == volume
    assert reply.text.startswith(f"-# {says} · Playing on Ada's Laptop\n")
    assert spent(spotify, since) == [STATE, "PUT me/player/volume"]


async def test_the_volume_can_be_seen(spotify: Spotify, player: Player, linked: Seat) -> None:
    assert (await linked.run("/volume")).text.startswith("-# Volume 60% · Playing on Ada's Laptop")
    player.devices[0].volume = None
    assert "does not say how loud it is" in (await linked.run("/volume")).text
    assert not spotify.calls_of("PUT", "me/player/volume")


@pytest.mark.parametrize("level", ["", "+10", "40", "mute"])
async def test_a_device_without_volume_control_is_told(
    spotify: Spotify, player: Player, linked: Seat, level: str
) -> None:
    player.resume(player.devices[2])
    reply = await linked.run(f"/volume level:{level}" if level else "/volume")
    assert reply.text == (
        "Spotify cannot set the volume of Ada's Phone. Set it on the device itself."
    )
    assert not spotify.calls_of("PUT", "me/player/volume")


async def test_louder_than_nobody_knows_what(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.devices[0].volume = None
    assert "does not say how loud it is" in (await linked.run("/volume level:+10")).text
    assert "Volume 40%" in (await linked.run("/volume level:40")).text


@pytest.mark.parametrize("level", ["loud", "101", "+1000", "4 0", "now", "x" * 300])
@pytest.mark.parametrize("awake", [True, False])
async def test_what_is_no_volume(
    spotify: Spotify, player: Player, linked: Seat, level: str, awake: bool
) -> None:
    if not awake:
        player.device = None
    reply = await linked.run(f"/volume level:{level}")
    assert not spotify.calls_of("PUT", "me/player/volume")
    assert reply.text.startswith("That is no volume.")


async def test_no_device_is_woken_to_see_how_loud_it_is(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.devices[:] = player.devices[:1]
    player.device = None
    reply = await linked.run("/volume")
    assert reply.text.startswith("Nothing is playing, so there is no volume to see.")
    assert player.device is None


# ---- shuffle and repeat


async def test_shuffle_is_set_and_goes_round(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    for line, on in (
        ("/shuffle", True),
        ("/shuffle", False),
        ("/shuffle mode:on", True),
        ("/shuffle mode:on", True),
        ("/shuffle mode:off", False),
    ):
        reply = await linked.run(line)
        assert player.shuffle is on
        assert reply.text.startswith("-# Shuffled ·" if on else "-# Shuffle is off ·")
        assert title(spotify, player.item) in reply.text


async def test_repeat_is_set_and_goes_round(spotify: Spotify, player: Player, linked: Seat) -> None:
    says = {"context": "Repeating all of it", "track": "Repeating this one", "off": "Repeat is off"}
    for line, mode in (
        ("/repeat", "context"),
        ("/repeat", "track"),
        ("/repeat", "off"),
        ("/repeat mode:one", "track"),
        ("/repeat mode:all", "context"),
        ("/repeat mode:off", "off"),
    ):
        reply = await linked.run(line)
        assert player.repeat == mode
        assert reply.text.startswith(f"-# {says[mode]} · Playing on Ada's Laptop\n")
