"""Every command that needs a device: its line, its effect on the player and its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.store import SavedDefault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from tests.command_assertions import spotify_url

LAPTOP, SPEAKER, PHONE, TELEVISION, VAN = range(5)
DEVICE_QUESTION = "Nothing is playing. Which device should I use?"
DEVICE_GONE = "That device is offline. Choose another one."
DEVICE_NAMES = ["Ada's Laptop", "Kitchen Speaker", "Ada's Phone"]


async def set_default_device(harness: Harness, device: Device) -> None:
    """Make this device Ada's default device."""
    assert harness.bot is not None
    ada = int(harness.discord.state.users["ada"].id)
    default = SavedDefault(device.id or "", device.name)
    await harness.bot.services.store.preferences.set_device(ada, default)


@dataclass(frozen=True)
class DeviceCommand:
    """A command, a predicate for its effect, and a part of its reply."""

    line: str
    is_done: Callable[[Player, Spotify], bool]
    reply_text: str


def _plays_album(player: Player, spotify: Spotify) -> bool:
    return player.is_playing and player.context == spotify.catalogue.regular_tracks[0].album.uri


FIRST_TRACK_URL = "https://open.spotify.com/track/{track}"
DEVICE_COMMANDS = {
    "play words": DeviceCommand("/play what:lantern weather", _plays_album, "Playing"),
    "play link": DeviceCommand(f"/play what:{FIRST_TRACK_URL}", _plays_album, "Playing"),
    "play album": DeviceCommand("/play what:{album}", _plays_album, "Playing"),
    "play liked": DeviceCommand(
        "/play what:liked",
        lambda player, spotify: player.item == spotify.accounts["ada"].liked[0][0],
        "liked songs",
    ),
    "play shuffled": DeviceCommand(
        "/play what:{album} shuffle:true",
        lambda player, spotify: player.shuffle and _plays_album(player, spotify),
        "Playing",
    ),
    "resume": DeviceCommand("/resume", lambda player, _: player.is_playing, "Playing on"),
    "play": DeviceCommand("/play", lambda player, _: player.is_playing, "Playing on"),
    "next": DeviceCommand(
        "/next", lambda player, spotify: player.item == following_track(spotify), "Skipped"
    ),
    "previous": DeviceCommand("/previous", lambda player, spotify: player.at_start, "Went back"),
    "restart": DeviceCommand(
        "/restart", lambda player, _: player.progress < 2000, "From the start"
    ),
    "seek": DeviceCommand(
        "/seek position:1:23", lambda player, _: player.progress // 2000 == 41, "Went to"
    ),
    "seek share": DeviceCommand(
        "/seek position:50 %", lambda player, _: player.progress // 2000 == 33, "Went to"
    ),
    "volume": DeviceCommand(
        "/volume level:20",
        lambda player, _: bool(player.device and player.device.volume == 20),
        "20",
    ),
    "shuffle": DeviceCommand("/shuffle mode:on", lambda player, _: player.shuffle, "Shuffled"),
    "repeat": DeviceCommand(
        "/repeat mode:one", lambda player, _: player.repeat == "track", "Repeat one"
    ),
    "queue": DeviceCommand(
        f"/queue add what:{FIRST_TRACK_URL}",
        lambda player, spotify: player.queue == _first_track(spotify),
        "Queued",
    ),
    "queue now": DeviceCommand(
        f"/queue add what:{FIRST_TRACK_URL} now:true",
        lambda player, spotify: [player.item] == _first_track(spotify),
        "Playing",
    ),
    "queue several": DeviceCommand(
        f"/queue add what:{FIRST_TRACK_URL} {{last}}",
        lambda player, spotify: (
            player.queue == [*_first_track(spotify), spotify.catalogue.regular_tracks[-1].uri]
        ),
        "Queued 2 songs",
    ),
}
each_device_command = pytest.mark.parametrize(
    "command", DEVICE_COMMANDS.values(), ids=DEVICE_COMMANDS.keys()
)


def _first_track(spotify: Spotify) -> list[str]:
    return [spotify.catalogue.regular_tracks[0].uri]


def following_track(spotify: Spotify) -> str:
    """The track after the paused one."""
    return next(iter(spotify.catalogue.albums.values())).tracks[2].uri


def command_line(command: DeviceCommand, spotify: Spotify) -> str:
    tracks = spotify.catalogue.regular_tracks
    return command.line.format(
        track=tracks[0].id, album=spotify_url(tracks[0].album.uri), last=spotify_url(tracks[-1].uri)
    )
