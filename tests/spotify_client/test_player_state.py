"""The player's state, its queue, and the recently played items."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors.spotify import BadRequest
from bot.spotify import Spotify
from bot.spotify.models import Episode, Track
from bot.spotify.uris import Kind
from sandbox.fault_injection import Fault
from sandbox.spotify import Player
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import any_uri, start_playback

# ---- now


async def test_state_has_item_and_device(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    start_playback(fake)
    fake.clock.advance(10)
    player.set_repeat("context")
    player.set_shuffle(True)
    state = await spotify.player.state()
    assert state is not None
    assert isinstance(state.item, Track)
    assert str(state.item.uri) == player.item
    assert state.is_playing
    assert 10_000 <= (state.progress_ms or 0) < 11_000
    assert (state.repeat_state, state.shuffle_state) == ("context", True)
    assert (state.currently_playing_type, state.context and state.context.type) == (
        "track",
        "album",
    )
    assert state.device is not None
    assert (state.device.name, state.device.is_active) == ("Ada's Laptop", True)


async def test_no_state_without_active_device(spotify: Spotify, player: Player) -> None:
    player.device = None
    assert await spotify.player.state() is None


async def test_episode_includes_its_show(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    player.play(str(any_uri(fake, Kind.EPISODE)))
    state = await spotify.player.state()
    assert state is not None
    assert isinstance(state.item, Episode)
    assert state.item.show is not None
    assert state.item.show.name


async def test_local_file_has_no_uri(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    player.play(next(iter(fake.catalogue.local)))
    state = await spotify.player.state()
    assert state is not None
    assert state.item is not None
    assert (state.item.name is None, state.item.uri) == (False, None)


@pytest.mark.parametrize("kind", ["ad", "unknown"])
async def test_no_item_during_ad(
    fake: FakeSpotify, spotify: Spotify, player: Player, kind: Any
) -> None:
    start_playback(fake)
    player.interlude = kind
    state = await spotify.player.state()
    assert state is not None
    assert (state.item, state.currently_playing_type, state.progress_ms) == (None, kind, None)
    assert state.actions is not None
    assert state.actions.disallows["skipping_next"]


async def test_every_nullable_state_field_may_be_null(fake: FakeSpotify, spotify: Spotify) -> None:
    fake.faults.add(Fault("/me/player$", status=200, body=json.dumps({
        "device": None, "repeat_state": None, "shuffle_state": None, "context": None,
        "timestamp": None, "progress_ms": None, "is_playing": True, "item": None,
        "currently_playing_type": None, "actions": None,
    })))  # fmt: skip
    state = await spotify.player.state()
    assert state is not None
    assert (state.device, state.item, state.context, state.actions) == (None,) * 4
    assert state.is_playing


async def test_state_with_item_of_unknown_kind(fake: FakeSpotify, spotify: Spotify) -> None:
    body = {"is_playing": True, "item": {"type": "hologram", "name": "Ada"}}
    fake.faults.add(Fault("/me/player", status=200, body=json.dumps(body), times=None))
    state = await spotify.player.state()
    assert state is not None
    assert (state.is_playing, state.item) == (True, None)


# ---- devices


async def test_devices_with_missing_fields(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    devices = await spotify.player.devices()
    assert [device.name for device in devices] == [device.name for device in player.devices]
    assert [device.is_active for device in devices] == [True, False, False, False, False]
    laptop, _, phone, tv, van = devices
    assert (laptop.supports_volume, laptop.volume_percent) == (True, 60)
    assert (phone.supports_volume, phone.volume_percent) == (False, None)
    assert (tv.is_restricted, van.is_restricted, van.id) == (True, True, None)


async def test_device_list_may_be_empty(
    fake: FakeSpotify, spotify: Spotify, player: Player
) -> None:
    player.devices.clear()
    devices = await spotify.player.devices()
    assert (len(devices), devices.unreadable) == (0, 0)
    fake.faults.add(Fault("/devices", status=200, body='{"devices": [null, {}]}'))
    devices = await spotify.player.devices()
    assert (len(devices), devices.unreadable) == (0, 2)


# ---- what comes next


async def test_the_queue(fake: FakeSpotify, spotify: Spotify, player: Player) -> None:
    start_playback(fake)
    player.enqueue(str(any_uri(fake, Kind.EPISODE)))
    queued = await spotify.player.get_queue()
    assert str(queued.current and queued.current.uri) == player.item
    assert [str(item.uri) for item in queued.upcoming] == player.upcoming()
    assert isinstance(queued.upcoming[0], Episode)


async def test_queue_skips_nulls_and_unknown_kinds(fake: FakeSpotify, spotify: Spotify) -> None:
    start_playback(fake)
    before = (await spotify.player.get_queue()).upcoming
    fake.inject_nulls("/queue", every=2)
    assert [*(await spotify.player.get_queue()).upcoming] == [*before[::2]]
    body = {"currently_playing": {"type": "hologram"}, "queue": [{"type": "hologram"}, None, 7]}
    fake.faults.add(Fault("/queue", status=200, body=json.dumps(body)))
    queued = await spotify.player.get_queue()
    assert (queued.current, len(queued.upcoming), queued.upcoming.unreadable) == (None, 0, 3)


async def test_queue_is_empty_without_active_device(spotify: Spotify, player: Player) -> None:
    player.device = None
    queued = await spotify.player.get_queue()
    assert (queued.current, len(queued.upcoming), queued.upcoming.unreadable) == (None, 0, 0)


# ---- what was heard


async def test_recent_tracks_are_newest_first(spotify: Spotify, player: Player) -> None:
    recent = await spotify.player.recently_played()
    heard = [play.track and str(play.track.uri) for play in recent.items if play]
    assert heard == [play.uri for play in reversed(player.played)]
    first = recent.items[0]
    assert first is not None
    assert first.played_at
    assert first.context is not None
    assert first.context.type == "album"


async def test_recent_tracks_page_by_cursor(spotify: Spotify) -> None:
    whole = [play and play.played_at for play in (await spotify.player.recently_played()).items]
    page = await spotify.player.recently_played(limit=5)
    assert page.cursors is not None
    older = await spotify.player.recently_played(before=int(page.cursors.before or 0))
    newer = await spotify.player.recently_played(after=int(page.cursors.before or 0))
    assert [play and play.played_at for play in [*page.items, *older.items]] == whole
    assert [play and play.played_at for play in newer.items] == whole[:4]


async def test_no_recent_tracks(spotify: Spotify, player: Player) -> None:
    player.played.clear()
    recent = await spotify.player.recently_played()
    assert (recent.items, recent.cursors) == ([], None)


async def test_recent_nulls_and_non_tracks_are_none(fake: FakeSpotify, spotify: Spotify) -> None:
    fake.inject_nulls("/recently-played", every=3)
    recent = await spotify.player.recently_played(limit=6)
    assert [play is None for play in recent.items] == [False, False, True] * 2
    fake.rules.clear()
    await spotify.player.recently_played(limit=3)
    body = json.loads(fake.traffic.exchanges[-1].response_body)
    body["items"][0]["track"] |= {"type": "hologram", "uri": "spotify:hologram:1"}
    body["items"][1]["track"] = None
    fake.faults.add(Fault("/recently-played", status=200, body=json.dumps(body)))
    first, second, third = (await spotify.player.recently_played()).items
    assert first is not None
    assert first.track is None
    assert second is not None
    assert second.track is None
    assert third is not None
    assert third.track is not None


@pytest.mark.parametrize("asked", [{"limit": 51}, {"before": 1, "after": 1}])
async def test_recent_tracks_beyond_spotify_limits_are_rejected(
    spotify: Spotify, asked: dict[str, int]
) -> None:
    with pytest.raises(BadRequest):
        await spotify.player.recently_played(**asked)
