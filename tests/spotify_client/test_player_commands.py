"""Player commands: their calls, their devices, and their refusals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest

from bot.errors.spotify import (
    BadRequest,
    DeviceNotFound,
    NoActiveDevice,
    NotFound,
    PlayerRestricted,
    PremiumRequired,
)
from bot.spotify import Spotify
from bot.spotify.player import RepeatMode
from bot.spotify.uris import Kind, Uri
from sandbox.spotify import Player
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import (
    UNKNOWN_ID,
    any_uri,
    start_playback,
    to_uri,
    track_uris,
)
from tests.spotify_client.client_factory import ClientFactory

Command = Callable[[Spotify, str | None], Awaitable[None]]

GENERATED_TRACK = Uri(Kind.TRACK, "0likedByMany0000000000")  # always in the catalogue
# These activate the device that they name; the others need an active one.
ACTIVATING_COMMANDS: Mapping[str, Command] = {
    "play": lambda spotify, on: spotify.player.play(GENERATED_TRACK, device=on),
    "resume": lambda spotify, on: spotify.player.resume(device=on),
}
ACTIVE_DEVICE_COMMANDS: Mapping[str, Command] = {
    "pause": lambda spotify, on: spotify.player.pause(device=on),
    "next": lambda spotify, on: spotify.player.next(device=on),
    "previous": lambda spotify, on: spotify.player.previous(device=on),
    "seek": lambda spotify, on: spotify.player.seek(1000, device=on),
    "repeat": lambda spotify, on: spotify.player.set_repeat(RepeatMode.TRACK, device=on),
    "shuffle": lambda spotify, on: spotify.player.set_shuffle(True, device=on),
    "volume": lambda spotify, on: spotify.player.set_volume(20, device=on),
    "queue": lambda spotify, on: spotify.player.add_to_queue(GENERATED_TRACK, device=on),
}
COMMANDS = {**ACTIVATING_COMMANDS, **ACTIVE_DEVICE_COMMANDS}

each_command = pytest.mark.parametrize("command", COMMANDS)


# ---- what is played


async def test_play_keeps_order(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    first, second, third = track_uris(fake, 3)
    await spotify.player.play(first, second, third)
    assert (player.item, player.is_playing, player.context) == (str(first), True, None)
    assert player.upcoming() == [str(second), str(third)]


async def test_play_starts_at_position(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    await spotify.player.play(*track_uris(fake, 1), position_ms=60_000)
    assert 60_000 <= player.progress < 61_000


async def test_play_episode(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    episode = any_uri(fake, Kind.EPISODE)
    await spotify.player.play(episode)
    assert player.item == str(episode)


async def test_play_accepts_at_most_two_hundred(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    song, *_ = track_uris(fake, 1)
    await spotify.player.play(*[song] * 200)
    start_playback(fake)
    with pytest.raises(BadRequest):
        await spotify.player.play(*[song] * 201)
    with pytest.raises(BadRequest):
        await spotify.player.play()
    assert player.context is not None


async def test_play_unknown_item_fails(spotify: Spotify, player: Player) -> None:
    for uri in (Uri(Kind.TRACK, UNKNOWN_ID), Uri(Kind.EPISODE, UNKNOWN_ID)):
        with pytest.raises(NotFound):
            await spotify.player.play(uri)
    with pytest.raises(NotFound):
        await spotify.player.play_context(Uri(Kind.ALBUM, UNKNOWN_ID))
    assert not player.is_playing


async def test_play_unavailable_item_is_restricted(fake: FakeSpotify, spotify: Spotify) -> None:
    gone = next(track for track in fake.catalogue.tracks.values() if not track.playable)
    with pytest.raises(PlayerRestricted):
        await spotify.player.play(to_uri(gone.uri))


@pytest.mark.parametrize(
    "kind", [Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST, Kind.SHOW, Kind.AUDIOBOOK]
)
async def test_context_plays_from_start(
    fake: FakeSpotify, spotify: Spotify, player: Player, kind: Kind
) -> None:
    context = any_uri(fake, kind)
    await spotify.player.play_context(context)
    assert (player.context, player.is_playing) == (str(context), True)
    assert player.item == fake.state.tracks_of(str(context))[0]


async def test_context_plays_from_item_or_position(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    album = any_uri(fake, Kind.ALBUM)
    tracks = fake.state.tracks_of(str(album))
    await spotify.player.play_context(album, offset=to_uri(tracks[3]))
    assert player.item == tracks[3]
    for place in (2, 0):
        await spotify.player.play_context(album, offset=place)
        assert player.item == tracks[place]
    assert player.upcoming()[0] == tracks[1]


@pytest.mark.parametrize(
    ("kind", "start"), [("artist", 0), ("album", 999), ("album", -1), ("album", GENERATED_TRACK)]
)
async def test_unknown_context_start_is_rejected(
    fake: FakeSpotify, spotify: Spotify, player: Player, kind: Kind, start: Uri | int
) -> None:
    before = player.item
    with pytest.raises(BadRequest):
        await spotify.player.play_context(any_uri(fake, kind), offset=start)
    assert player.item == before


async def test_pause_and_resume(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    start_playback(fake)
    await spotify.player.pause()
    assert not player.is_playing
    await spotify.player.resume()
    assert player.is_playing


async def test_repeated_pause_or_resume_is_restricted(fake: FakeSpotify, spotify: Spotify) -> None:
    with pytest.raises(PlayerRestricted):
        await spotify.player.pause()
    await spotify.player.resume()
    with pytest.raises(PlayerRestricted):
        await spotify.player.resume()


async def test_next_and_previous(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    tracks = fake.state.tracks_of(str(any_uri(fake, Kind.ALBUM)))
    start_playback(fake)
    await spotify.player.next()
    assert player.item == tracks[2]
    await spotify.player.previous()
    await spotify.player.previous()
    assert player.item == tracks[0]
    with pytest.raises(PlayerRestricted):
        await spotify.player.previous()


async def test_skip_during_ad_is_restricted(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    start_playback(fake)
    player.interlude = "ad"
    for command in ("next", "previous", "seek", "pause"):
        with pytest.raises(PlayerRestricted):
            await COMMANDS[command](spotify, None)


# ---- how it is played


async def test_seek(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    start_playback(fake)
    await spotify.player.seek(90_000)
    assert 90_000 <= player.progress < 91_000
    with pytest.raises(BadRequest):
        await spotify.player.seek(-1)


async def test_repeat_and_shuffle(spotify: Spotify, player: Player) -> None:
    for mode in RepeatMode:
        await spotify.player.set_repeat(mode)
        assert player.repeat == mode
    for on in (True, False):
        await spotify.player.set_shuffle(on)
        assert player.shuffle is on


@pytest.mark.parametrize("percent", [0, 55, 100])
async def test_volume(spotify: Spotify, player: Player, percent: int) -> None:
    await spotify.player.set_volume(percent)
    assert player.device is not None
    assert player.device.volume == percent


@pytest.mark.parametrize("percent", [-1, 101])
async def test_volume_out_of_range_is_rejected(spotify: Spotify, percent: int) -> None:
    with pytest.raises(BadRequest):
        await spotify.player.set_volume(percent)


async def test_device_without_volume_control_is_reported(spotify: Spotify, player: Player) -> None:
    player.device = next(device for device in player.devices if not device.supports_volume)
    with pytest.raises(PlayerRestricted) as refused:
        await spotify.player.set_volume(20)
    assert "can’t be changed" in refused.value.message


async def test_queue_appends(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    start_playback(fake)
    wanted = [*track_uris(fake, 2), any_uri(fake, Kind.EPISODE)]
    for uri in wanted:
        await spotify.player.add_to_queue(uri)
    assert player.queue == [str(uri) for uri in wanted]
    with pytest.raises(NotFound):
        await spotify.player.add_to_queue(Uri(Kind.TRACK, UNKNOWN_ID))


# ---- where it is played


@pytest.mark.parametrize("play", [None, False, True])
async def test_transfer_moves_playback(spotify: Spotify, player: Player, play: bool | None) -> None:
    kitchen = player.devices[1]
    await spotify.player.transfer(kitchen.id or "", play=play)
    assert (player.device, player.is_playing) == (kitchen, bool(play))


async def test_transfer_to_missing_or_restricted_device_fails(
    spotify: Spotify, player: Player
) -> None:
    with pytest.raises(DeviceNotFound):
        await spotify.player.transfer("gone")
    tv = next(device for device in player.devices if device.is_restricted and device.id)
    with pytest.raises(PlayerRestricted) as refused:
        await spotify.player.transfer(tv.id or "")
    assert "can’t be controlled from here" in refused.value.message


@pytest.mark.parametrize("command", ACTIVATING_COMMANDS)
async def test_play_activates_given_device(
    fake: FakeSpotify, spotify: Spotify, player: Player, command: str
) -> None:
    fake.accounts["ada"].player.device = None
    await ACTIVATING_COMMANDS[command](spotify, player.devices[1].id)
    assert (player.device, player.is_playing) == (player.devices[1], True)


@each_command
async def test_each_command_targets_given_device(
    fake: FakeSpotify, spotify: Spotify, player: Player, command: str
) -> None:
    start_playback(fake)
    if command == "resume":
        player.pause()
    await COMMANDS[command](spotify, player.devices[0].id)
    assert fake.calls[-1].query["device_id"] == player.devices[0].id
    assert fake.calls[-1].executed


# ---- when it is not


@each_command
async def test_no_active_device(spotify: Spotify, player: Player, command: str) -> None:
    player.device = None
    with pytest.raises(NoActiveDevice):
        await COMMANDS[command](spotify, None)


@each_command
async def test_missing_device(spotify: Spotify, command: str) -> None:
    with pytest.raises(DeviceNotFound):
        await COMMANDS[command](spotify, "gone")


@each_command
async def test_restricted_device(spotify: Spotify, player: Player, command: str) -> None:
    player.device = next(device for device in player.devices if device.is_restricted)
    with pytest.raises(PlayerRestricted) as refused:
        await COMMANDS[command](spotify, None)
    assert "can’t be controlled from here" in refused.value.message


@each_command
async def test_account_without_premium(
    fake: FakeSpotify, make_client: ClientFactory, command: str
) -> None:
    with pytest.raises(PremiumRequired):
        await COMMANDS[command](make_client("linus"), None)
    assert len(fake.calls) == 1
