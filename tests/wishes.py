"""Every command that needs a device, what shows that it was done, and the question of which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.store import Favourite
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from sandbox.stage import Stage
from tests.commands import link

LAPTOP, SPEAKER, PHONE, TELEVISION, VAN = range(5)
QUESTION = "None of your devices is playing. Choose where to do that."
GONE = "That device has gone away. Choose another one."
ALL = ["Ada's Laptop", "Kitchen Speaker", "Ada's Phone"]


async def prefer(stage: Stage, device: Device, name: str = "") -> None:
    """Let it be Ada's default device."""
    assert stage.bot is not None
    ada = int(stage.discord.world.users["ada"].id)
    favourite = Favourite(device.id or "", name or device.name)
    await stage.bot.store.preferences.choose_device(ada, favourite)


@dataclass(frozen=True)
class Wish:
    """A command, and what shows that it was done."""

    line: str
    done: Callable[[Player, Spotify], bool]
    says: str


def _plays(player: Player, spotify: Spotify) -> bool:
    return player.is_playing and player.context == spotify.catalogue.stock[0].album.uri


FIRST = "https://open.spotify.com/track/{track}"
WISHES = {
    "play words": Wish("/play what:lantern weather", _plays, "Playing"),
    "play link": Wish(f"/play what:{FIRST}", _plays, "Playing"),
    "play album": Wish("/play what:{album}", _plays, "Playing"),
    "play liked": Wish(
        "/play what:liked",
        lambda player, spotify: player.item == spotify.accounts["ada"].liked[0][0],
        "Playing your",
    ),
    "play shuffled": Wish(
        "/play what:{album} shuffle:true",
        lambda player, spotify: player.shuffle and _plays(player, spotify),
        "Playing",
    ),
    "resume": Wish("/resume", lambda player, _: player.is_playing, "Playing on"),
    "play": Wish("/play", lambda player, _: player.is_playing, "Playing on"),
    "next": Wish("/next", lambda player, spotify: player.item == second(spotify), "Skipped"),
    "previous": Wish("/previous", lambda player, spotify: player.at_start, "Went back"),
    "restart": Wish("/restart", lambda player, _: player.progress < 2000, "From the start"),
    "seek": Wish("/seek position:1:23", lambda player, _: player.progress // 2000 == 41, "Went to"),
    "seek share": Wish("/seek position:50 %", lambda p, _: p.progress // 2000 == 33, "Went to"),
    "volume": Wish("/volume level:20", lambda p, _: bool(p.device and p.device.volume == 20), "20"),
    "shuffle": Wish("/shuffle mode:on", lambda player, _: player.shuffle, "Shuffled"),
    "repeat": Wish("/repeat mode:one", lambda player, _: player.repeat == "track", "Repeating"),
    "queue": Wish(f"/queue add what:{FIRST}", lambda p, s: p.queue == _first(s), "Queued"),
    "queue now": Wish(
        f"/queue add what:{FIRST} now:true",
        lambda player, spotify: [player.item] == _first(spotify),
        "Playing",
    ),
    "queue several": Wish(
        f"/queue add what:{FIRST} {{last}}",
        lambda p, s: p.queue == [*_first(s), s.catalogue.stock[-1].uri],
        "Queued 2 songs",
    ),
}
every_wish = pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())


def _first(spotify: Spotify) -> list[str]:
    return [spotify.catalogue.stock[0].uri]


def second(spotify: Spotify) -> str:
    """What comes after the song that Ada paused long ago."""
    return next(iter(spotify.catalogue.albums.values())).tracks[2].uri


def line(wish: Wish, spotify: Spotify) -> str:
    stock = spotify.catalogue.stock
    return wish.line.format(
        track=stock[0].id, album=link(stock[0].album.uri), last=link(stock[-1].uri)
    )
