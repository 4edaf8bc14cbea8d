"""Pause, resume, skip and restart: done once, looked at once or twice, said truly."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import refusing, spent, title

STATE = "GET me/player"


async def test_pause_pauses_and_shows_what_is_paused(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    since = len(spotify.calls)
    reply = await linked.run("/pause")
    assert not player.is_playing
    assert reply.text.startswith("-# Paused on Ada's Laptop\n")
    assert title(spotify, player.item) in reply.text
    assert "0:48 / 2:13" in reply.text
    assert reply.ephemeral
    assert spent(spotify, since) == ["PUT me/player/pause", STATE]


@pytest.mark.parametrize(
    ("line", "reason", "says"),
    [
        ("/pause", None, "Already paused on Ada's Laptop"),
        ("/pause", "ALREADY_PAUSED", "Already paused on Ada's Laptop"),
        ("/resume", None, "Already playing on Ada's Laptop"),
        ("/resume", "NOT_PAUSED", "Already playing on Ada's Laptop"),
        ("/resume", "ALREADY_PLAYING", "Already playing on Ada's Laptop"),
    ],
)
async def test_what_is_so_already_is_done(
    spotify: Spotify, player: Player, linked: Seat, line: str, reason: str | None, says: str
) -> None:
    (player.pause if line == "/pause" else player.resume)()
    if reason:
        spotify.faults.add(refusing("me/player/(pause|play)$", reason))
    since = len(spotify.calls)
    reply = await linked.run(line)
    assert reply.text.startswith(f"-# {says}\n")
    assert spent(spotify, since)[1:] == [STATE]


async def test_a_second_pause_where_nobody_may_look(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    """The quota of the player's reads is used up, that of its commands is not."""
    player.pause()
    spotify.rate_limit(48_925, times=None, quota=True, match="GET /v1/me/player$")
    reply = await linked.run("/pause")
    assert "used up" not in reply.text
    assert "Spotify does not allow that right now" in reply.text


@pytest.mark.parametrize("line", ["/pause", "/resume", "/next", "/restart"])
async def test_what_was_done_is_said_where_nobody_may_look(
    spotify: Spotify, player: Player, linked: Seat, line: str
) -> None:
    if line == "/resume":
        player.pause()
    spotify.rate_limit(48_925, times=None, quota=True, match="GET /v1/me/player$")
    reply = await linked.run(line)
    says = {
        "/pause": "Paused.",
        "/resume": "Playing.",
        "/next": "Skipped. Spotify does not say yet what plays: look with /now.",
        "/restart": "From the start.",
    }
    assert reply.text == says[line]


# ---- skipping


async def test_next_skips_once_and_shows_what_comes(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    coming = player.coming()[0]
    since = len(spotify.calls)
    reply = await linked.run("/next")
    assert player.item == coming
    assert reply.text.startswith("-# Skipped · Playing on Ada's Laptop\n")
    assert title(spotify, coming) in reply.text
    assert spent(spotify, since) == ["POST me/player/next", STATE]


async def test_previous_goes_back_and_shows_where(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    record = next(iter(spotify.catalogue.albums.values()))
    reply = await linked.run("/previous")
    assert player.item == record.tracks[0].uri
    assert reply.text.startswith("-# Went back · Playing on Ada's Laptop\n")
    assert title(spotify, record.tracks[0].uri) in reply.text
    reply = await linked.run("/previous")
    assert reply.text == "There is no previous track. Use /restart to hear this one again."


async def test_restart_begins_it_again(spotify: Spotify, player: Player, linked: Seat) -> None:
    playing = player.item
    reply = await linked.run("/restart")
    assert (player.item, player.progress // 2000) == (playing, 0)
    assert reply.text.startswith("-# From the start · Playing on Ada's Laptop\n")
    assert "0:00 / 2:13" in reply.text


# ---- a state that is told late


@pytest.mark.parametrize("line", ["/pause", "/resume", "/next", "/previous", "/restart"])
@pytest.mark.parametrize("late", [0, 1, 2, 9])
async def test_it_is_looked_once_and_once_more_and_never_a_third_time(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat, line: str, late: int
) -> None:
    if line == "/resume":
        player.pause()
    before = player.item
    spotify.late(late)
    since = len(spotify.calls)
    reply = await linked.run(line)
    assert spent(spotify, since).count(STATE) == (1 if late == 0 else 2)
    playing = line != "/pause"
    assert player.is_playing is playing
    where = f"{'Playing' if playing else 'Paused'} on Ada's Laptop"
    skips = {"/next": "Skipped", "/previous": "Went back"}
    if late > 1 and line in skips:
        assert reply.text == (
            f"{skips[line]}. Spotify does not say yet what plays: look with /now."
        )
    else:
        assert where in reply.text
        assert title(spotify, player.item) in reply.text
        assert (player.item == before) is (line not in skips)


@pytest.mark.parametrize("late", [1, 2])
async def test_what_was_skipped_to_a_moment_ago_is_not_taken_for_the_next(
    spotify: Spotify, player: Player, linked: Seat, late: int
) -> None:
    """It has just begun, too, and a late answer still shows it."""
    await linked.run("/next")
    first = player.item
    spotify.late(late)
    reply = await linked.run("/next")
    assert player.item != first
    assert title(spotify, first) not in reply.text
    assert (title(spotify, player.item) in reply.text) is (late == 1)


async def test_nor_what_was_played_a_moment_ago(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    spotify.late(1)
    await linked.run("/play what:lantern weather")
    first = player.item
    await linked.run("/now")  # is told how it was before
    reply = await linked.run("/next")
    assert player.item != first
    assert title(spotify, player.item) in reply.text
