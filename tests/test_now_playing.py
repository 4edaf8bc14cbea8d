"""/now and retries: every item type is shown, and every response of Spotify is handled."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.command_assertions import spotify_url


async def test_now_shows_title_artists_bar_device_and_link_back(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    track = spotify.catalogue.regular_tracks[0]
    player.play(track.uri)
    harness.clock.advance(62)
    reply = await linked_user.run("/now")
    assert "Playing on Ada's Laptop" in reply.text
    assert "1:02" in reply.text
    assert track.artists[0].name in reply.text
    assert spotify_url(track.uri) in reply.text
    assert "Spotify" in reply.text
    assert "/image/" in str(reply.message["components"])
    player.pause()
    assert "Paused on Ada's Laptop" in (await linked_user.run("/now")).text


async def test_now_when_nothing_plays(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].player.device = None
    assert "Nothing is playing" in (await linked_user.run("/now")).text


async def test_now_during_an_ad(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].player.resume()
    spotify.accounts["ada"].player.interlude = "ad"
    assert "An ad is playing" in (await linked_user.run("/now")).text
    assert "An ad is playing" in (await linked_user.run("/save")).text


async def test_every_track_name_can_be_shown(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    ordinary = {track.uri for track in spotify.catalogue.regular_tracks}
    hostile = [
        track.uri
        for track in spotify.catalogue.tracks.values()
        if track.uri not in ordinary and track.playable
    ]
    assert len(hostile) > 20
    for uri in [*hostile, *spotify.catalogue.local]:
        spotify.accounts["ada"].player.play(uri)
        reply = await linked_user.run("/now")
        assert "bug" not in reply.text, uri
        assert not reply.message["mention_everyone"]
        assert not reply.message["mentions"]
        assert "@everyone" not in reply.text
        assert "\u202e" not in reply.text


async def test_an_episode_is_shown_with_its_show(spotify: Spotify, linked_user: UserClient) -> None:
    episode = next(iter(spotify.catalogue.episodes.values()))
    spotify.accounts["ada"].player.play(episode.uri)
    reply = await linked_user.run("/now")
    assert spotify_url(episode.uri) in reply.text


async def test_skip_with_unknown_outcome_is_not_retried(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].player.resume()
    for fault in (
        Fault("POST .*/next", status=502, runs_first=True),
        Fault("POST .*/next", action="reset", runs_first=True),
        Fault("POST .*/next", action="reset"),
    ):
        spotify.faults.clear()
        spotify.faults.add(fault)
        reply = await linked_user.run("/next")
        assert "Spotify didn’t confirm" in reply.text
        assert fault.hits == 1


async def test_dropped_play_is_not_retried(spotify: Spotify, linked_user: UserClient) -> None:
    await linked_user.run("/now")  # opens a keep-alive connection, on which aiohttp would retry
    dropped = spotify.faults.add(Fault("PUT .*/play$", action="reset", runs_first=True, times=None))
    assert "didn’t confirm" in (await linked_user.run("/play lantern")).text
    assert dropped.hits == 1


async def test_failed_read_is_retried_silently(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.faults.add(Fault("GET .*/me/player", status=502, body="<html>bad gateway</html>"))
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_long_quota_error_states_the_time(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.add_rate_limit(48_925, quota=True)
    reply = await linked_user.run("/now")
    assert "in 14 hours" in reply.text


@pytest.mark.parametrize("body", ["<html>hello</html>", '{"item": {"type"', "\x00\x01", "[]"])
async def test_unreadable_response_is_not_reported_as_bug(
    spotify: Spotify, linked_user: UserClient, body: str
) -> None:
    spotify.faults.add(Fault("GET .*/me/player", status=200, body=body, times=None))
    assert "isn’t responding properly" in (await linked_user.run("/now")).text


async def test_commands_work_in_dms_group_dms_and_guilds_without_bot(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    for place in ("dm", "huddle", "elsewhere", "night"):
        reply = await harness.discord.user_client("ada", place).run("/now")
        assert "Ada's Laptop" in reply.text, place
