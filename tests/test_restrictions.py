"""What the player does not allow now is said in its own words, and nothing is done twice."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, Seat
from sandbox.faults import Fault
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import refusing, spent

STATE = "GET me/player"
UNKNOWN = "Spotify did not say whether that worked."
# Every command but /play and /queue.
LINES = (
    "/pause",
    "/resume",
    "/next",
    "/previous",
    "/restart",
    "/shuffle",
    "/repeat",
    "/seek position:1:00",
    "/volume level:40",
)


@pytest.mark.parametrize(
    ("line", "action", "says"),
    [
        ("/next", "skipping_next", "There is nothing to skip to."),
        ("/previous", "skipping_prev", "There is no previous track."),
        ("/seek position:1:00", "seeking", "What plays now has no places to go to."),
        ("/restart", "seeking", "What plays now cannot begin again."),
        ("/shuffle", "toggling_shuffle", "What plays now cannot be shuffled."),
        ("/repeat mode:all", "toggling_repeat_context", "cannot be repeated like that."),
        ("/repeat mode:one", "toggling_repeat_track", "cannot be repeated like that."),
        ("/pause", "pausing", "Spotify does not allow that right now."),
    ],
)
async def test_what_is_not_allowed_now_has_its_words(
    spotify: Spotify, player: Player, linked: Seat, line: str, action: str, says: str
) -> None:
    player.forbid(action)  # type: ignore[arg-type]
    since = len(spotify.calls)
    reply = await linked.run(line)
    assert says in reply.text
    assert reply.ephemeral
    assert spent(spotify, since)[-1] == STATE
    player.forbid()
    assert says not in (await linked.run(line)).text


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("NO_NEXT_TRACK", "no next track"),
        ("CONTEXT_DISALLOW", "does not allow that"),
        ("RATE_LIMITED", "too many"),
        ("DEVICE_NOT_CONTROLLABLE", "does not take commands"),
        ("SOMETHING_NEW", "Spotify does not allow that right now"),
    ],
)
async def test_each_reason_that_spotify_names_is_said(
    spotify: Spotify, player: Player, linked: Seat, line: str, reason: str, says: str
) -> None:
    if line == "/resume":
        player.pause()
    spotify.faults.add(refusing("(PUT|POST) .*/me/player/", reason))
    reply = await linked.run(line)
    assert says in reply.text
    assert "bug" not in reply.text


@pytest.mark.parametrize("line", LINES)
async def test_a_restricted_device_that_plays_is_said_to_take_none(
    spotify: Spotify, player: Player, linked: Seat, line: str
) -> None:
    television = next(one for one in player.devices if one.name == "Hallway TV")
    player.resume(television)
    television.supports_volume = True
    reply = await linked.run(line)
    if line == "/resume":
        assert reply.text.startswith("-# Already playing on Hallway TV")
    else:
        assert "does not take commands" in reply.text


@pytest.mark.parametrize("line", LINES)
async def test_without_premium_it_says_so(stage: Stage, line: str) -> None:
    linus = await stage.link("linus")
    player = stage.spotify.accounts["linus"].player
    player.start(context=next(iter(stage.spotify.catalogue.albums.values())).uri)
    reply = await linus.run(line)
    assert "for Premium accounts only" in reply.text
    assert reply.ephemeral


# ---- ads, episodes, chapters, local files, nothing


@pytest.mark.parametrize("line", ["/pause", "/next", "/previous", "/restart", "/seek position:9"])
async def test_during_an_ad(spotify: Spotify, player: Player, linked: Seat, line: str) -> None:
    player.interlude = "ad"
    reply = await linked.run(line)
    assert reply.text == "An ad is playing. The music goes on after it."


@pytest.mark.parametrize("kind", ["episode", "chapter", "local"])
async def test_all_that_sounds_can_be_steered(
    spotify: Spotify, player: Player, linked: Seat, kind: str
) -> None:
    first = {
        "episode": next(iter(spotify.catalogue.episodes.values())).uri,
        "chapter": next(iter(spotify.catalogue.chapters.values())).uri,
        "local": next(iter(spotify.catalogue.local)),
    }[kind]
    player.start(first, spotify.catalogue.stock[0].uri, spotify.catalogue.stock[1].uri)
    named = kind != "chapter"
    reply = await linked.run("/pause")
    assert ("Paused on Ada's Laptop" if named else "Paused.") in reply.text
    reply = await linked.run("/resume")
    assert ("Playing on Ada's Laptop" if named else "Playing.") in reply.text
    assert (await linked.run("/volume level:20")).text.startswith(
        "-# Volume 20% · Playing on Ada's Laptop" if named else "Volume 20%."
    )
    reply = await linked.run("/seek position:50%")
    assert ("Went to" if named else "Nothing is playing") in reply.text
    assert "Skipped · Playing" in (await linked.run("/next")).text


# ---- nothing twice


async def test_two_pauses_at_once_are_both_true(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    one, other = await asyncio.gather(linked.run("/pause"), linked.run("/pause"))
    assert not player.is_playing
    for reply in (one, other):
        assert "aused on Ada's Laptop" in reply.text


async def test_each_is_done_once_though_it_comes_twice(
    discord: Discord, spotify: Spotify, player: Player, linked: Seat
) -> None:
    discord.duplicate_interactions = True
    for line in LINES:
        before = len(spotify.calls)
        await linked.run(line)
        sent = [call for call in spotify.calls[before:] if call.method != "GET"]
        assert len(sent) == 1, line


@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
async def test_whether_it_goes_on_is_said(spotify: Spotify, linked: Seat, executed: bool) -> None:
    spotify.faults.add(Fault("me/player/play$", status=502, executed=executed))
    reply = await linked.run("/resume")
    assert (
        f"Spotify did not say whether that worked. {'Playing' if executed else 'Paused'} now: "
        in reply.text
    )
    assert len(spotify.calls_of("PUT", "me/player/play")) == 1


@pytest.mark.parametrize("executed", [True, False], ids=["done", "not done"])
async def test_where_it_plays_is_not_tried_twice(
    spotify: Spotify, linked: Seat, executed: bool
) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    devices = await linked.run("/devices")
    spotify.faults.add(Fault("PUT .*/me/player$", status=502, executed=executed))
    reply = await devices.pick("Kitchen Speaker", select=0)
    assert reply.text.startswith("Spotify did not say whether that worked. Playing now: ")
    assert len(spotify.calls_of("PUT", "me/player")) == 1
    assert (player.device is player.devices[1]) is executed
