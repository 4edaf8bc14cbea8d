"""Commands that come together, and what is remembered of them."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import link, spent


async def test_what_was_queued_is_shown_when_it_is_skipped_to(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    song = spotify.catalogue.stock[0]
    await linked.run(f"/queue add what:{link(song.uri)}")
    stage.clock.advance(8)
    since = len(spotify.calls)
    reply = await linked.run("/next")
    assert song.name in reply.text
    assert spent(spotify, since) == ["POST me/player/next", "GET me/player"]


async def test_a_late_player_is_not_believed_where_nothing_is_known_of_before(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    """The song that was skipped had begun three seconds before."""
    player.next()
    stage.clock.advance(3)
    spotify.late(2)
    assert "does not say yet what plays" in (await linked.run("/next")).text


async def test_two_at_once_are_both_on_the_panel(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    panel = await linked.run("/now")
    spotify.faults.latency = 0.02
    await asyncio.gather(linked.run("/volume 90"), linked.run("/shuffle on"))
    await panel.until("Volume 90% · Shuffled")


async def test_nothing_is_remembered_of_somebody_who_left_meanwhile(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    erase = await linked.run("/unlink")
    begun = asyncio.Event()
    spotify.interrupt("PUT /v1/me/player/play", begun.set)
    spotify.faults.add(Fault("PUT .*/player/play$", status=204, executed=True, delay=0.2))
    playing = asyncio.create_task(linked.run("/play lantern"))
    await begun.wait()
    await erase.press("Unlink and erase")
    await playing
    await stage.link("ada")
    assert await linked.complete("/play l") == []


@pytest.mark.parametrize("wish", ["true", "false"])
async def test_shuffle_alone_says_what_became_of_it(
    player: Player, linked: Seat, wish: str
) -> None:
    player.set_shuffle(wish == "false")
    reply = await linked.run(f"/play shuffle:{wish}")
    assert ("Shuffled" if wish == "true" else "Shuffle is off") in reply.text
    player.set_shuffle(wish == "false")
    player.forbid("toggling_shuffle")
    reply = await linked.run(f"/play shuffle:{wish}")
    assert "Already playing. Spotify does not let that be shuffled" in reply.text
    player.pause()
    reply = await linked.run(f"/play shuffle:{wish}")
    assert "Playing. Spotify does not let that be shuffled" in reply.text
    assert player.is_playing


async def test_a_save_leaves_the_playlists_that_are_kept(spotify: Spotify, linked: Seat) -> None:
    await linked.run("/play lantern")
    await linked.run("/save")
    since = len(spotify.calls)
    await linked.run("/play lantern")
    assert spent(spotify, since) == ["PUT me/player/play"]
