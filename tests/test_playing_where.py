"""On which device it is played, to whom that is told, and what cannot be."""

from __future__ import annotations

import pytest

from sandbox.discord import Discord, Seat
from sandbox.spotify import Spotify
from sandbox.stage import Stage
from tests.commands import spent

# ---- where


@pytest.mark.parametrize(
    "on", ["Kitchen Speaker", "kitchen", "speaker", "ed01a3ca8def0a1772eab7be6c4b0bb37b06163e"]
)
@pytest.mark.parametrize("line", ["/play what:lantern weather", "/play", "/resume"])
async def test_a_device_is_named_by_name_beginning_part_or_id(
    spotify: Spotify, linked: Seat, on: str, line: str
) -> None:
    reply = await linked.run(f"{line} on:{on}")
    player = spotify.accounts["ada"].player
    assert player.device is player.devices[1]
    assert player.is_playing
    assert reply.text.startswith("-# Playing on Kitchen Speaker\n")


@pytest.mark.parametrize("on", ["Attic", "Hallway TV", "The Van", "", "@everyone"])
async def test_a_device_that_is_not_there_or_takes_no_commands(
    spotify: Spotify, linked: Seat, on: str
) -> None:
    reply = await linked.run(f"/play what:lantern on:{on or '*'}")
    assert "You have no device of that name that takes commands" in reply.text
    assert "Ada's Laptop, Kitchen Speaker, Ada's Phone" in reply.text
    assert not spotify.calls_of("PUT", "me/player/play")


async def test_a_device_that_has_just_woken_up_is_found(spotify: Spotify, linked: Seat) -> None:
    player = spotify.accounts["ada"].player
    speaker = player.devices.pop(1)
    assert "no device of that name" in (await linked.run("/resume on:Kitchen")).text
    player.devices.append(speaker)
    assert "Playing on Kitchen Speaker" in (await linked.run("/resume on:Kitchen")).text


async def test_shuffled_on_another_device(spotify: Spotify, linked: Seat) -> None:
    await linked.run("/play what:liked on:Kitchen shuffle:true")
    player = spotify.accounts["ada"].player
    assert player.shuffle
    assert player.device is player.devices[1]


async def test_what_is_long_and_where_are_both_said(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].liked.clear()
    spotify.accounts["ada"].like_many(250)
    reply = await linked.run("/play what:liked on:Kitchen")
    assert reply.text == (
        "Playing your 200 newest liked songs of 250 on Kitchen Speaker. "
        "Spotify takes no more at once."
    )


# ---- refusals


async def test_a_used_up_quota_of_commands_spends_no_search(spotify: Spotify, linked: Seat) -> None:
    spotify.rate_limit(48_925, times=None, quota=True, match="(PUT|POST) /v1/me/player")
    assert "in 14 hours" in (await linked.run("/pause")).text
    since = len(spotify.calls)
    for line in ("/play what:lantern", "/play what:liked", "/queue add what:lantern", "/next"):
        reply = await linked.run(line)
        assert "in 14 hours" in reply.text, line
        assert reply.ephemeral
    assert spent(spotify, since) == []


async def test_a_song_that_no_app_may_interrupt(spotify: Spotify, linked: Seat) -> None:
    spotify.accounts["ada"].player.forbid("interrupting_playback")
    reply = await linked.run("/play what:lantern")
    assert reply.text.startswith("Spotify does not let apps interrupt what plays now")


async def test_in_an_ad_that_is_said(spotify: Spotify, linked: Seat) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    player.interlude = "ad"
    assert (await linked.run("/resume")).text == "Already playing."


async def test_nobody_linked_is_offered_a_login(ada: Seat) -> None:
    for line in ("/play what:lantern", "/resume", "/volume 40", "/queue add what:lantern"):
        assert "You have not linked Spotify yet" in (await ada.run(line)).text


# ---- replies


async def test_shared_replies_are_shared_and_errors_are_not(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    assert stage.bot is not None
    ada = int(stage.discord.world.users["ada"].id)
    await stage.bot.replies.share(ada, True)
    for line in ("/play what:lantern", "/pause", "/volume 30"):
        assert not (await linked.run(line)).ephemeral, line
    grace = stage.discord.seat("grace", "music")
    seen = len(grace.messages())
    for line in ("/play what:xyzzyplugh", "/seek position:soon", "/queue add what:Potluck"):
        assert (await linked.run(line)).ephemeral, line
    spotify.accounts["ada"].player.device = None
    reply = await linked.run("/next")
    assert reply.ephemeral
    assert "Choose where" in reply.text
    assert len(grace.messages()) == seen
    assert (await reply.pick("Kitchen Speaker")).ephemeral


async def test_an_interaction_that_comes_twice_is_done_once(
    discord: Discord, spotify: Spotify, linked: Seat
) -> None:
    discord.duplicate_interactions = True
    await linked.run("/play what:lantern")
    await linked.run("/next")
    await linked.run("/volume level:+10")
    assert len(spotify.calls_of("PUT", "me/player/play")) == 1
    assert len(spotify.calls_of("POST", "me/player/next")) == 1
    assert spotify.accounts["ada"].player.devices[0].volume == 70
