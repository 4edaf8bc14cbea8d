"""What the player is told: that it does it, where, and when it does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest

from bot.errors import DeviceGone, NoActiveDevice, PremiumRequired, Rejected, Restricted, Unknown
from bot.spotify import Spotify
from bot.spotify.uris import Kind, Uri
from sandbox.spotify import Player
from sandbox.spotify import Spotify as Pretend

from .calls import NOTHING, one_of, songs, uri_of
from .calls import play as playing
from .clients import Clients

Command = Callable[[Spotify, str | None], Awaitable[None]]

SONG = Uri("track", "0likedByMany0000000000")  # a generated one, always there

# Those that wake a device that is named, and those that reach the active one alone.
WAKING: Mapping[str, Command] = {
    "play": lambda spotify, on: spotify.player.play(SONG, device=on),
    "resume": lambda spotify, on: spotify.player.resume(device=on),
}
OTHERS: Mapping[str, Command] = {
    "pause": lambda spotify, on: spotify.player.pause(device=on),
    "next": lambda spotify, on: spotify.player.next(device=on),
    "previous": lambda spotify, on: spotify.player.previous(device=on),
    "seek": lambda spotify, on: spotify.player.seek(1000, device=on),
    "repeat": lambda spotify, on: spotify.player.repeat("track", device=on),
    "shuffle": lambda spotify, on: spotify.player.shuffle(True, device=on),
    "volume": lambda spotify, on: spotify.player.volume(20, device=on),
    "queue": lambda spotify, on: spotify.player.queue(SONG, device=on),
}
COMMANDS = {**WAKING, **OTHERS}

each_command = pytest.mark.parametrize("command", COMMANDS)


# ---- what is played


async def test_play_plays_these_in_order(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    first, second, third = songs(pretend, 3)
    await spotify.player.play(first, second, third)
    assert (player.item, player.is_playing, player.context) == (str(first), True, None)
    assert player.coming() == [str(second), str(third)]


async def test_play_begins_where_it_is_told(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    await spotify.player.play(*songs(pretend, 1), at_ms=60_000)
    assert 60_000 <= player.progress < 61_000


async def test_an_episode_plays_too(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    episode = one_of(pretend, "episode")
    await spotify.player.play(episode)
    assert player.item == str(episode)


async def test_two_hundred_play_and_more_do_not(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    song, *_ = songs(pretend, 1)
    await spotify.player.play(*[song] * 200)
    playing(pretend)
    with pytest.raises(Rejected):
        await spotify.player.play(*[song] * 201)
    with pytest.raises(Rejected):
        await spotify.player.play()
    assert player.context is not None


async def test_what_is_not_there_does_not_play(spotify: Spotify, player: Player) -> None:
    for uri in (Uri("track", NOTHING), Uri("episode", NOTHING)):
        with pytest.raises(Unknown):
            await spotify.player.play(uri)
    with pytest.raises(Unknown):
        await spotify.player.play_context(Uri("album", NOTHING))
    assert not player.is_playing


async def test_what_is_not_sold_here_is_restricted(pretend: Pretend, spotify: Spotify) -> None:
    gone = next(one for one in pretend.catalogue.tracks.values() if not one.playable)
    with pytest.raises(Restricted):
        await spotify.player.play(uri_of(gone.uri))


@pytest.mark.parametrize("kind", ["album", "artist", "playlist", "show", "audiobook"])
async def test_a_context_plays_from_its_start(
    pretend: Pretend, spotify: Spotify, player: Player, kind: Kind
) -> None:
    context = one_of(pretend, kind)
    await spotify.player.play_context(context)
    assert (player.context, player.is_playing) == (str(context), True)
    assert player.item == pretend.world.tracks_of(str(context))[0]


async def test_a_context_plays_from_an_item_or_a_place(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    album = one_of(pretend, "album")
    tracks = pretend.world.tracks_of(str(album))
    await spotify.player.play_context(album, start=uri_of(tracks[3]))
    assert player.item == tracks[3]
    for place in (2, 0):
        await spotify.player.play_context(album, start=place)
        assert player.item == tracks[place]
    assert player.coming()[0] == tracks[1]


@pytest.mark.parametrize(
    ("kind", "start"), [("artist", 0), ("album", 999), ("album", -1), ("album", SONG)]
)
async def test_a_start_that_is_not_there_is_rejected(
    pretend: Pretend, spotify: Spotify, player: Player, kind: Kind, start: Uri | int
) -> None:
    before = player.item
    with pytest.raises(Rejected):
        await spotify.player.play_context(one_of(pretend, kind), start=start)
    assert player.item == before


async def test_pause_and_resume(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    playing(pretend)
    await spotify.player.pause()
    assert not player.is_playing
    await spotify.player.resume()
    assert player.is_playing


async def test_twice_is_restricted(pretend: Pretend, spotify: Spotify) -> None:
    with pytest.raises(Restricted):
        await spotify.player.pause()
    await spotify.player.resume()
    with pytest.raises(Restricted):
        await spotify.player.resume()


async def test_next_and_previous(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    tracks = pretend.world.tracks_of(str(one_of(pretend, "album")))
    playing(pretend)
    await spotify.player.next()
    assert player.item == tracks[2]
    await spotify.player.previous()
    await spotify.player.previous()
    assert player.item == tracks[0]
    with pytest.raises(Restricted):
        await spotify.player.previous()


async def test_nothing_is_skipped_during_an_ad(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    playing(pretend)
    player.interlude = "ad"
    for command in ("next", "previous", "seek", "pause"):
        with pytest.raises(Restricted):
            await COMMANDS[command](spotify, None)


# ---- how it is played


async def test_seek(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    playing(pretend)
    await spotify.player.seek(90_000)
    assert 90_000 <= player.progress < 91_000
    with pytest.raises(Rejected):
        await spotify.player.seek(-1)


async def test_repeat_and_shuffle(spotify: Spotify, player: Player) -> None:
    for mode in ("track", "context", "off"):
        await spotify.player.repeat(mode)
        assert player.repeat == mode
    for on in (True, False):
        await spotify.player.shuffle(on)
        assert player.shuffle is on


@pytest.mark.parametrize("percent", [0, 55, 100])
async def test_volume(spotify: Spotify, player: Player, percent: int) -> None:
    await spotify.player.volume(percent)
    assert player.device is not None
    assert player.device.volume == percent


@pytest.mark.parametrize("percent", [-1, 101])
async def test_volume_has_bounds(spotify: Spotify, percent: int) -> None:
    with pytest.raises(Rejected):
        await spotify.player.volume(percent)


async def test_a_device_without_a_volume_says_so(spotify: Spotify, player: Player) -> None:
    player.device = next(one for one in player.devices if not one.supports_volume)
    with pytest.raises(Restricted) as refused:
        await spotify.player.volume(20)
    assert "cannot set the volume" in refused.value.says


async def test_the_queue_grows_at_its_end(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    playing(pretend)
    wanted = [*songs(pretend, 2), one_of(pretend, "episode")]
    for uri in wanted:
        await spotify.player.queue(uri)
    assert player.queue == [str(uri) for uri in wanted]
    with pytest.raises(Unknown):
        await spotify.player.queue(Uri("track", NOTHING))


# ---- where it is played


@pytest.mark.parametrize("play", [None, False, True])
async def test_transfer_goes_on_elsewhere(
    spotify: Spotify, player: Player, play: bool | None
) -> None:
    kitchen = player.devices[1]
    await spotify.player.transfer(kitchen.id or "", play=play)
    assert (player.device, player.is_playing) == (kitchen, bool(play))


async def test_transfer_to_what_is_gone_or_takes_no_commands(
    spotify: Spotify, player: Player
) -> None:
    with pytest.raises(DeviceGone):
        await spotify.player.transfer("gone")
    tv = next(one for one in player.devices if one.is_restricted and one.id)
    with pytest.raises(Restricted) as refused:
        await spotify.player.transfer(tv.id or "")
    assert "does not take commands" in refused.value.says


@pytest.mark.parametrize("command", WAKING)
async def test_play_wakes_the_device_that_is_named(
    pretend: Pretend, spotify: Spotify, player: Player, command: str
) -> None:
    pretend.accounts["ada"].player.device = None
    await WAKING[command](spotify, player.devices[1].id)
    assert (player.device, player.is_playing) == (player.devices[1], True)


@each_command
async def test_each_command_is_for_the_device_that_is_named(
    pretend: Pretend, spotify: Spotify, player: Player, command: str
) -> None:
    playing(pretend)
    if command == "resume":
        player.pause()
    await COMMANDS[command](spotify, player.devices[0].id)
    assert pretend.calls[-1].query["device_id"] == player.devices[0].id
    assert pretend.calls[-1].executed


# ---- when it is not


@each_command
async def test_nothing_is_awake(spotify: Spotify, player: Player, command: str) -> None:
    player.device = None
    with pytest.raises(NoActiveDevice):
        await COMMANDS[command](spotify, None)


@each_command
async def test_the_device_is_gone(spotify: Spotify, command: str) -> None:
    with pytest.raises(DeviceGone):
        await COMMANDS[command](spotify, "gone")


@each_command
async def test_the_device_takes_no_commands(spotify: Spotify, player: Player, command: str) -> None:
    player.device = next(one for one in player.devices if one.is_restricted)
    with pytest.raises(Restricted) as refused:
        await COMMANDS[command](spotify, None)
    assert "does not take commands" in refused.value.says


@each_command
async def test_the_account_has_no_premium(pretend: Pretend, client: Clients, command: str) -> None:
    with pytest.raises(PremiumRequired):
        await COMMANDS[command](client("linus"), None)
    assert len(pretend.calls) == 1
