"""Pause, resume, skip and restart: one write, at most two reads, and a true reply."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since, card_title, player_error

STATE_CALL = "GET me/player"


async def test_pause_pauses_and_shows_item(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    since = len(spotify.calls)
    reply = await linked_user.run("/pause")
    assert not player.is_playing
    assert reply.text.startswith("-# Paused on Ada's Laptop\n")
    assert card_title(spotify, player.item) in reply.text
    assert "0:48 / 2:13" in reply.text
    assert reply.ephemeral
    assert api_calls_since(spotify, since) == ["PUT me/player/pause", STATE_CALL]


@pytest.mark.parametrize(
    ("line", "reason", "expected"),
    [
        ("/pause", None, "Already paused on Ada's Laptop"),
        ("/pause", "ALREADY_PAUSED", "Already paused on Ada's Laptop"),
        ("/resume", None, "Already playing on Ada's Laptop"),
        ("/resume", "NOT_PAUSED", "Already playing on Ada's Laptop"),
        ("/resume", "ALREADY_PLAYING", "Already playing on Ada's Laptop"),
    ],
)
async def test_command_already_in_effect_reports_success(
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    line: str,
    reason: str | None,
    expected: str,
) -> None:
    (player.pause if line == "/pause" else player.resume)()
    if reason:
        spotify.faults.add(player_error("me/player/(pause|play)$", reason))
    since = len(spotify.calls)
    reply = await linked_user.run(line)
    assert reply.text.startswith(f"-# {expected}\n")
    assert api_calls_since(spotify, since)[1:] == [STATE_CALL]


async def test_second_pause_without_readable_state(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """The quota for reading the player is used up; the quota for commands is not."""
    player.pause()
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET /v1/me/player$")
    reply = await linked_user.run("/pause")
    assert "used up" not in reply.text
    assert "Spotify won’t allow that right now" in reply.text


@pytest.mark.parametrize("line", ["/pause", "/resume", "/next", "/restart"])
async def test_outcome_is_reported_without_readable_state(
    spotify: Spotify, player: Player, linked_user: UserClient, line: str
) -> None:
    if line == "/resume":
        player.pause()
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="GET /v1/me/player$")
    reply = await linked_user.run(line)
    expected = {
        "/pause": "Paused.",
        "/resume": "Playing.",
        "/next": "Skipped. See what’s on with /now.",
        "/restart": "From the start.",
    }
    assert reply.text.splitlines()[0] == expected[line]


# ---- skipping


async def test_next_skips_once_and_shows_next_item(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    next_item = player.upcoming()[0]
    since = len(spotify.calls)
    reply = await linked_user.run("/next")
    assert player.item == next_item
    assert reply.text.startswith("-# Skipped · Playing on Ada's Laptop\n")
    assert card_title(spotify, next_item) in reply.text
    assert api_calls_since(spotify, since) == ["POST me/player/next", STATE_CALL]


async def test_previous_goes_back_and_shows_item(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    reply = await linked_user.run("/previous")
    assert player.item == album.tracks[0].uri
    assert reply.text.startswith("-# Went back · Playing on Ada's Laptop\n")
    assert card_title(spotify, album.tracks[0].uri) in reply.text
    reply = await linked_user.run("/previous")
    assert reply.text == "There is no previous track. Use /restart to start this one over."


async def test_restart_seeks_to_start(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    item = player.item
    reply = await linked_user.run("/restart")
    assert (player.item, player.progress // 2000) == (item, 0)
    assert reply.text.startswith("-# From the start · Playing on Ada's Laptop\n")
    assert "0:00 / 2:13" in reply.text


# ---- stale state


@pytest.mark.parametrize("line", ["/pause", "/resume", "/next", "/previous", "/restart"])
@pytest.mark.parametrize("stale_reads", [0, 1, 2, 9])
async def test_state_is_read_at_most_twice(
    harness: Harness,
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    line: str,
    stale_reads: int,
) -> None:
    if line == "/resume":
        player.pause()
    before = player.item
    spotify.serve_stale_state(stale_reads)
    since = len(spotify.calls)
    reply = await linked_user.run(line)
    assert api_calls_since(spotify, since).count(STATE_CALL) == (1 if stale_reads == 0 else 2)
    playing = line != "/pause"
    assert player.is_playing is playing
    playback = f"{'Playing' if playing else 'Paused'} on Ada's Laptop"
    skips = {"/next": "Skipped", "/previous": "Went back"}
    if stale_reads > 1 and line in skips:
        assert reply.text == (f"{skips[line]}. See what’s on with /now.")
    else:
        assert playback in reply.text
        assert card_title(spotify, player.item) in reply.text
        assert (player.item == before) is (line not in skips)


@pytest.mark.parametrize("stale_reads", [1, 2])
async def test_item_of_previous_skip_is_not_reported_as_next(
    spotify: Spotify, player: Player, linked_user: UserClient, stale_reads: int
) -> None:
    """The previous item started just now as well, and a stale response still shows it."""
    await linked_user.run("/next")
    first = player.item
    spotify.serve_stale_state(stale_reads)
    reply = await linked_user.run("/next")
    assert player.item != first
    assert card_title(spotify, first) not in reply.text
    assert (card_title(spotify, player.item) in reply.text) is (stale_reads == 1)


async def test_recently_played_item_is_not_reported_as_next(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    spotify.serve_stale_state(1)
    await linked_user.run("/play what:lantern weather")
    first = player.item
    await linked_user.run("/now")  # reads the stale state
    reply = await linked_user.run("/next")
    assert player.item != first
    assert card_title(spotify, player.item) in reply.text
