"""What plays is seen as it is, whatever Spotify answers."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.commands import link


async def test_now_shows_title_artists_bar_device_and_link_back(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    player = spotify.accounts["ada"].player
    track = spotify.catalogue.stock[0]
    player.start(track.uri)
    stage.clock.advance(62)
    reply = await linked.run("/now")
    assert "Playing on Ada's Laptop" in reply.text
    assert "1:02" in reply.text
    assert track.artists[0].name in reply.text
    assert link(track.uri) in reply.text
    assert "Spotify" in reply.text
    assert "/image/" in str(reply.message["components"])
    player.pause()
    assert "Paused on Ada's Laptop" in (await linked.run("/now")).text


async def test_now_when_nothing_plays(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.device = None
    assert "Nothing is playing" in (await linked.run("/now")).text


async def test_now_during_an_ad(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.resume()
    spotify.accounts["ada"].player.interlude = "ad"
    assert "An ad is playing" in (await linked.run("/now")).text
    assert "An ad is playing" in (await linked.run("/save")).text


async def test_every_track_can_be_shown_whatever_its_name(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    stock = {track.uri for track in spotify.catalogue.stock}
    nasty = [
        track.uri
        for track in spotify.catalogue.tracks.values()
        if track.uri not in stock and track.playable
    ]
    assert len(nasty) > 20
    for uri in [*nasty, *spotify.catalogue.local]:
        spotify.accounts["ada"].player.start(uri)
        reply = await linked.run("/now")
        assert "bug" not in reply.text, uri
        assert not reply.message["mention_everyone"]
        assert not reply.message["mentions"]
        assert "@everyone" not in reply.text
        assert "\u202e" not in reply.text


async def test_an_episode_is_shown_with_its_show(spotify: Spotify, linked: Seat) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    spotify.accounts["ada"].player.start(episode.uri)
    reply = await linked.run("/now")
    assert link(episode.uri) in reply.text


async def test_a_skip_that_may_have_happened_is_not_repeated(
    spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["ada"].player.resume()
    for fault in (
        Fault("POST .*/next", status=502, executed=True),
        Fault("POST .*/next", act="reset", executed=True),
        Fault("POST .*/next", act="reset"),
    ):
        spotify.faults.clear()
        spotify.faults.add(fault)
        reply = await linked.run("/next")
        assert "did not say whether that worked" in reply.text
        assert fault.hits == 1


async def test_a_dropped_play_is_not_sent_again(spotify: Spotify, linked: Seat) -> None:
    await linked.run("/now")  # leaves a kept connection behind, which aiohttp would repeat on
    dropped = spotify.faults.add(Fault("PUT .*/play$", act="reset", executed=True, times=None))
    assert "did not say" in (await linked.run("/play lantern")).text
    assert dropped.hits == 1


async def test_a_read_that_fails_once_is_repeated_unseen(spotify: Spotify, linked: Seat) -> None:
    spotify.faults.add(Fault("GET .*/me/player", status=502, body="<html>bad gateway</html>"))
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_short_rate_limit_is_waited_out(spotify: Spotify, linked: Seat) -> None:
    spotify.rate_limit(1)
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_long_quota_is_a_sentence_with_the_time(spotify: Spotify, linked: Seat) -> None:
    spotify.rate_limit(48_925, quota=True)
    reply = await linked.run("/now")
    assert "in 14 hours" in reply.text


@pytest.mark.parametrize("body", ["<html>hello</html>", '{"item": {"type"', "\x00\x01", "[]"])
async def test_an_unreadable_answer_is_not_shown_as_a_bug(
    spotify: Spotify, linked: Seat, body: str
) -> None:
    spotify.faults.add(Fault("GET .*/me/player", status=200, body=body, times=None))
    assert "not answering properly" in (await linked.run("/now")).text


async def test_commands_work_in_dms_huddles_and_servers_without_the_bot(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    for place in ("dm", "huddle", "elsewhere", "night"):
        reply = await stage.discord.seat("ada", place).run("/now")
        assert "Ada's Laptop" in reply.text, place
