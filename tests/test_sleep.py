"""/sleep pauses the player later, once, even after a restart."""

from __future__ import annotations

import pytest

from bot.errors.content import InvalidSleepTime
from bot.player.parsing import SleepRequest, parse_sleep
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify


def _pauses(spotify: Spotify) -> int:
    return len(spotify.calls_to("PUT", "me/player/pause"))


async def _wait_for_pause(spotify: Spotify) -> None:
    """Wait until the bot has paused the player."""
    version = spotify.changes.version
    while not _pauses(spotify):
        version = await spotify.changes.wait_for_change(version)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("30m", SleepRequest(seconds=1800)),
        ("45", SleepRequest(seconds=2700)),
        (" 1H 30 min", SleepRequest(seconds=5400)),
        ("2 hours", SleepRequest(seconds=7200)),
        ("in 20 mins", SleepRequest(seconds=1200)),
        ("after 1 hr", SleepRequest(seconds=3600)),
        ("after this one", SleepRequest(tracks=1)),
        ("this track", SleepRequest(tracks=1)),
        ("at the end of the song", SleepRequest(tracks=1)),
        ("after this episode ends", SleepRequest(tracks=1)),
        ("after 3", SleepRequest(tracks=3)),
        ("3 songs", SleepRequest(tracks=3)),
        ("off", None),
    ],
)
def test_sleep_times_are_read(text: str, request_: SleepRequest | None) -> None:
    assert parse_sleep(text) == request_


@pytest.mark.parametrize(
    "text",
    ["", "0", "in", "after 3 more", "13h", "after 21", "after 0", "later", "٣٠", "-5", "1e3"],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(InvalidSleepTime):
        parse_sleep(text)


async def test_timer_pauses_once_at_its_time(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("context")
    assert "I’ll pause at <t:" in (await linked_user.run("/sleep when:30m")).text
    assert "I’ll pause at <t:" in (await linked_user.run("/sleep")).text
    harness.clock.advance(29 * 60)
    assert not _pauses(spotify)
    harness.clock.advance(61)
    await _wait_for_pause(spotify)
    assert not player.is_playing
    assert "There’s no sleep timer" in (await linked_user.run("/sleep")).text


async def test_timer_survives_restart(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("context")
    await linked_user.run("/sleep when:30m")
    await harness.stop()
    harness.clock.advance(31 * 60)
    await harness.start()
    await _wait_for_pause(spotify)
    assert "There’s no sleep timer" in (await linked_user.run("/sleep")).text


async def test_timer_that_is_long_past_after_restart_does_nothing(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("context")
    await linked_user.run("/sleep when:30m")
    await harness.stop()
    harness.clock.advance(2 * 3600)
    await harness.start()
    assert "There’s no sleep timer" in (await linked_user.run("/sleep")).text
    assert not _pauses(spotify)


@pytest.mark.parametrize(("when", "tracks"), [("after this one", 1), ("after 3", 3)])
async def test_timer_pauses_at_the_end_of_a_track(
    harness: Harness,
    spotify: Spotify,
    linked_user: UserClient,
    player: Player,
    when: str,
    tracks: int,
) -> None:
    album = next(iter(spotify.catalogue.albums.values()))
    last = album.tracks[1 + tracks - 1]
    reads = len(spotify.calls_to("GET", "me/player"))
    await linked_user.run(f"/sleep when:{when}")
    for track in album.tracks[1 : 1 + tracks]:
        assert player.item == track.uri
        is_last = track is last
        left = (track.duration - player.progress) / 1000
        harness.clock.advance(left - 2.5 if is_last else left + 1.5)
        version = spotify.changes.version
        if not is_last:
            while len(spotify.calls_to("GET", "me/player")) == reads + 1:
                version = await spotify.changes.wait_for_change(version)
            reads += 1
    await _wait_for_pause(spotify)
    assert player.item == last.uri
    assert last.duration - player.progress <= 3000


async def _advance_to_look(harness: Harness, seconds: float) -> None:
    """Advance the clock so far that the bot reads the player, and wait for that."""
    spotify = harness.spotify
    reads, version = len(spotify.calls_to("GET", "me/player")), spotify.changes.version
    harness.clock.advance(seconds)
    while len(spotify.calls_to("GET", "me/player")) == reads:
        version = await spotify.changes.wait_for_change(version)


@pytest.mark.parametrize("ends", [True, False])
async def test_timer_outlasts_what_spotify_does_not_show(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player, ends: bool
) -> None:
    """An ad between two tracks is not counted; if it does not end, the music is paused."""
    _, first, last, *_ = next(iter(spotify.catalogue.albums.values())).tracks
    await linked_user.run("/sleep when:after 2")
    harness.clock.advance((first.duration - player.progress) / 1000 + 0.1)
    player.interlude = "ad"
    await _advance_to_look(harness, 1.5)
    for _ in range(2 if ends else 6):
        assert not _pauses(spotify)
        await _advance_to_look(harness, 20.5)
    if ends:
        player.interlude = None
        await _advance_to_look(harness, 20.5)
        harness.clock.advance((last.duration - player.progress) / 1000 - 2.5)
    await _wait_for_pause(spotify)
    assert not ends or player.item == last.uri


async def test_repeated_track_counts_each_time(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("track")
    duration = next(iter(spotify.catalogue.albums.values())).tracks[1].duration
    await linked_user.run("/sleep when:after 3")
    for counted in ("after 2 tracks", "when this track ends"):
        await _advance_to_look(harness, (duration - player.progress) / 1000 + 1.5)
        replies = [(await linked_user.run("/sleep")).text for _ in range(5)]
        assert counted in replies[-1]
    assert not _pauses(spotify)
    harness.clock.advance((duration - player.progress) / 1000 - 2.5)
    await _wait_for_pause(spotify)
    assert duration - player.progress <= 3000


async def test_timer_tries_again_until_spotify_answers(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("context")
    too_many = Fault("me/player/pause", status=429, headers={"Retry-After": "60"})
    for fault in (too_many, Fault("me/player/pause", status=503, times=5)):
        player.resume()
        await linked_user.run("/sleep when:30m")
        spotify.faults.add(fault)
        harness.clock.advance(30 * 60)
        while player.is_playing:
            harness.clock.advance(20)
            assert "I’ll pause" in (await linked_user.run("/sleep")).text or not player.is_playing
        assert fault.exhausted


async def test_off_and_unlink_end_the_timer(
    harness: Harness, spotify: Spotify, linked_user: UserClient, player: Player
) -> None:
    player.set_repeat("context")
    assert "There’s no sleep timer" in (await linked_user.run("/sleep when:off")).text
    await linked_user.run("/sleep when:15m")
    assert "Sleep timer off." in (await linked_user.run("/sleep when:off")).text
    await linked_user.run("/sleep when:15m")
    await (await linked_user.run("/unlink")).press("Unlink and erase")
    assert harness.bot is not None
    assert await harness.bot.services.store.sleep_timers.own() == []
    harness.clock.advance(3600)
    assert "haven’t linked" in (await linked_user.run("/sleep")).text
    assert not _pauses(spotify)


async def test_without_music_there_is_no_track_to_count(
    linked_user: UserClient, spotify: Spotify
) -> None:
    spotify.accounts["ada"].player.device = None
    assert "playing" in (await linked_user.run("/sleep when:after this one")).text
    for when, expected in (
        ("soon", "I can’t read that"),
        ("after 21", "I can wait 20 tracks at most"),
        ("13h", "I can wait 12 hours at most"),
    ):
        assert expected in (await linked_user.run(f"/sleep when:{when}")).text


async def test_a_refusal_for_want_of_premium_is_no_promise_of_a_pause(harness: Harness) -> None:
    """It's said as soon as Spotify has refused anything, and no longer than it does."""
    linus, account = await harness.link_account("linus"), harness.spotify.accounts["linus"]
    account.player.play(context=next(iter(harness.spotify.catalogue.albums.values())).uri)
    assert "I’ll pause at" in (await linus.run("/sleep when:30m")).text
    assert "needs Spotify Premium" in (await linus.run("/pause")).text
    for line in ("/sleep when:after this one", "/sleep"):
        reply = await linus.run(line)
        assert "Without Premium, I can’t pause either." in reply.text, line
    account.premium = True
    assert "needs" not in (await linus.run("/pause")).text
    assert "I’ll pause at" in (await linus.run("/sleep when:30m")).text
