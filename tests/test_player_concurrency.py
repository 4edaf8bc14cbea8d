"""Concurrent commands, and what the bot remembers between commands."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since, spotify_url


async def test_skip_shows_track_queued_before(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    track = spotify.catalogue.regular_tracks[0]
    await linked_user.run(f"/queue add what:{spotify_url(track.uri)}")
    harness.clock.advance(8)
    since = len(spotify.calls)
    reply = await linked_user.run("/next")
    assert track.name in reply.text
    assert api_calls_since(spotify, since) == ["POST me/player/next", "GET me/player"]


async def test_stale_state_is_ignored_without_known_previous_item(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """The skipped track started only three seconds before."""
    player.next()
    harness.clock.advance(3)
    spotify.serve_stale_state(2)
    assert "See what’s on with /now" in (await linked_user.run("/next")).text


async def test_concurrent_commands_are_both_shown_on_panel(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    panel = await linked_user.run("/now")
    spotify.faults.latency = 0.02
    await asyncio.gather(linked_user.run("/volume 90"), linked_user.run("/shuffle on"))
    await panel.wait_for("🔊 90% · Shuffled")


async def test_unlink_during_command_leaves_no_state(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    confirmation = await linked_user.run("/unlink")
    play_started = asyncio.Event()
    spotify.on("PUT /v1/me/player/play", play_started.set)
    spotify.faults.add(Fault("PUT .*/player/play$", status=204, runs_first=True, delay=0.2))
    command = asyncio.create_task(linked_user.run("/play lantern"))
    await play_started.wait()
    await confirmation.press("Unlink and erase")
    await command
    await harness.link_account("ada")
    assert await linked_user.autocomplete("/play l") == []


@pytest.mark.parametrize("shuffle", ["true", "false"])
async def test_play_with_shuffle_only_reports_shuffle_state(
    player: Player, linked_user: UserClient, shuffle: str
) -> None:
    player.set_shuffle(shuffle == "false")
    reply = await linked_user.run(f"/play shuffle:{shuffle}")
    assert ("Shuffled" if shuffle == "true" else "Shuffle is off") in reply.text
    player.set_shuffle(shuffle == "false")
    player.disallow("toggling_shuffle")
    reply = await linked_user.run(f"/play shuffle:{shuffle}")
    assert "Already playing. That can’t be shuffled" in reply.text
    player.pause()
    reply = await linked_user.run(f"/play shuffle:{shuffle}")
    assert "Playing. That can’t be shuffled" in reply.text
    assert player.is_playing


async def test_save_keeps_cached_playlists(spotify: Spotify, linked_user: UserClient) -> None:
    await linked_user.run("/play lantern")
    await linked_user.run("/save")
    since = len(spotify.calls)
    await linked_user.run("/play lantern")
    assert api_calls_since(spotify, since) == ["PUT me/player/play"]
