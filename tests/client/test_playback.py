"""What the player tells: what plays and where, what comes next, and what was heard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import Rejected
from bot.spotify import Spotify
from bot.spotify.models import Episode, Track
from sandbox.faults import Fault
from sandbox.spotify import Player
from sandbox.spotify import Spotify as Pretend

from .calls import one_of, play

# ---- now


async def test_what_plays_and_where(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    play(pretend)
    pretend.clock.advance(10)
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


async def test_where_nothing_is_awake_there_is_no_state(spotify: Spotify, player: Player) -> None:
    player.device = None
    assert await spotify.player.state() is None


async def test_an_episode_comes_with_its_show(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    player.start(str(one_of(pretend, "episode")))
    state = await spotify.player.state()
    assert state is not None
    assert isinstance(state.item, Episode)
    assert state.item.show is not None
    assert state.item.show.name


async def test_a_local_file_plays_but_has_no_link(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    player.start(next(iter(pretend.catalogue.local)))
    state = await spotify.player.state()
    assert state is not None
    assert state.item is not None
    assert (state.item.name is None, state.item.uri) == (False, None)


@pytest.mark.parametrize("kind", ["ad", "unknown"])
async def test_during_an_ad_there_is_no_item(
    pretend: Pretend, spotify: Spotify, player: Player, kind: Any
) -> None:
    play(pretend)
    player.interlude = kind
    state = await spotify.player.state()
    assert state is not None
    assert (state.item, state.currently_playing_type, state.progress_ms) == (None, kind, None)
    assert state.actions is not None
    assert state.actions.disallows["skipping_next"]


async def test_all_that_can_be_null_in_a_state_is(pretend: Pretend, spotify: Spotify) -> None:
    pretend.faults.add(Fault("/me/player$", status=200, body=json.dumps({
        "device": None, "repeat_state": None, "shuffle_state": None, "context": None,
        "timestamp": None, "progress_ms": None, "is_playing": True, "item": None,
        "currently_playing_type": None, "actions": None,
    })))  # fmt: skip
    state = await spotify.player.state()
    assert state is not None
    assert (state.device, state.item, state.context, state.actions) == (None,) * 4
    assert state.is_playing


async def test_something_of_an_unknown_kind_plays(pretend: Pretend, spotify: Spotify) -> None:
    body = {"is_playing": True, "item": {"type": "hologram", "name": "Ada"}}
    pretend.faults.add(Fault("/me/player", status=200, body=json.dumps(body), times=None))
    state = await spotify.player.state()
    assert state is not None
    assert (state.is_playing, state.item) == (True, None)


# ---- devices


async def test_devices_with_all_that_they_lack(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    devices = await spotify.player.devices()
    assert [one.name for one in devices] == [one.name for one in player.devices]
    assert [one.is_active for one in devices] == [True, False, False, False, False]
    laptop, _, phone, tv, van = devices
    assert (laptop.supports_volume, laptop.volume_percent) == (True, 60)
    assert (phone.supports_volume, phone.volume_percent) == (False, None)
    assert (tv.is_restricted, van.is_restricted, van.id) == (True, True, None)


async def test_nobody_has_to_have_a_device(
    pretend: Pretend, spotify: Spotify, player: Player
) -> None:
    player.devices.clear()
    assert await spotify.player.devices() == []
    pretend.faults.add(Fault("/devices", status=200, body='{"devices": [null, {}]}'))
    assert [one.id for one in await spotify.player.devices()] == [None]


# ---- what comes next


async def test_the_queue(pretend: Pretend, spotify: Spotify, player: Player) -> None:
    play(pretend)
    player.enqueue(str(one_of(pretend, "episode")))
    queued = await spotify.player.queued()
    assert str(queued.current and queued.current.uri) == player.item
    assert [str(item.uri) for item in queued.coming] == player.coming()
    assert isinstance(queued.coming[0], Episode)


async def test_nulls_and_unknown_kinds_are_not_in_it(pretend: Pretend, spotify: Spotify) -> None:
    play(pretend)
    before = (await spotify.player.queued()).coming
    pretend.nulls("/queue", every=2)
    assert (await spotify.player.queued()).coming == before[::2]
    body = {"currently_playing": {"type": "hologram"}, "queue": [{"type": "hologram"}, None, 7]}
    pretend.faults.add(Fault("/queue", status=200, body=json.dumps(body)))
    queued = await spotify.player.queued()
    assert (queued.current, queued.coming) == (None, [])


async def test_where_nothing_is_awake_the_queue_is_empty(spotify: Spotify, player: Player) -> None:
    player.device = None
    queued = await spotify.player.queued()
    assert (queued.current, queued.coming) == (None, [])


# ---- what was heard


async def test_what_was_heard_newest_first(spotify: Spotify, player: Player) -> None:
    recent = await spotify.player.recent()
    heard = [one.track and str(one.track.uri) for one in recent.items if one]
    assert heard == [one.uri for one in reversed(player.played)]
    first = recent.items[0]
    assert first is not None
    assert first.played_at
    assert first.context is not None
    assert first.context.type == "album"


async def test_older_and_newer_by_the_cursors(spotify: Spotify) -> None:
    whole = [one and one.played_at for one in (await spotify.player.recent()).items]
    page = await spotify.player.recent(limit=5)
    assert page.cursors is not None
    older = await spotify.player.recent(before=int(page.cursors.before or 0))
    newer = await spotify.player.recent(after=int(page.cursors.before or 0))
    assert [one and one.played_at for one in [*page.items, *older.items]] == whole
    assert [one and one.played_at for one in newer.items] == whole[:4]


async def test_nothing_was_heard(spotify: Spotify, player: Player) -> None:
    player.played.clear()
    recent = await spotify.player.recent()
    assert (recent.items, recent.cursors) == ([], None)


async def test_nulls_and_what_is_no_track_are_none(pretend: Pretend, spotify: Spotify) -> None:
    pretend.nulls("/recently-played", every=3)
    recent = await spotify.player.recent(limit=6)
    assert [one is None for one in recent.items] == [False, False, True] * 2
    pretend.end_nulls()
    await spotify.player.recent(limit=3)
    body = json.loads(pretend.recording.exchanges[-1].response_body)
    body["items"][0]["track"]["type"] = "episode"
    body["items"][1]["track"] = None
    pretend.faults.add(Fault("/recently-played", status=200, body=json.dumps(body)))
    first, second, third = (await spotify.player.recent()).items
    assert first is None
    assert second is not None
    assert second.track is None
    assert third is not None
    assert third.track is not None


@pytest.mark.parametrize("asked", [{"limit": 51}, {"before": 1, "after": 1}])
async def test_spotify_has_limits_for_it(spotify: Spotify, asked: dict[str, int]) -> None:
    with pytest.raises(Rejected):
        await spotify.player.recent(**asked)
