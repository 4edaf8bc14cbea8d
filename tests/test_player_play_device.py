"""/play and /resume on a named device; errors and visibility of playback commands."""

from __future__ import annotations

from sandbox.discord import Discord, UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.command_assertions import api_calls_since

# ---- devices


async def test_device_is_found_by_name_prefix_substring_or_id(
    spotify: Spotify, linked_user: UserClient
) -> None:
    player = spotify.accounts["ada"].player
    for line, device in (
        ("/play what:lantern weather", "Kitchen Speaker"),
        ("/play", "kitchen"),
        ("/resume", "speaker"),
        ("/play what:lantern weather", player.devices[1].id),
    ):
        player.device = player.devices[0]
        player.pause()
        reply = await linked_user.run(f"{line} on:{device}")
        assert player.device is player.devices[1], device
        assert player.is_playing
        assert reply.text.startswith("-# Playing on Kitchen Speaker\n")


async def test_missing_or_restricted_device_is_reported(
    spotify: Spotify, linked_user: UserClient
) -> None:
    for on in ("Attic", "Hallway TV", "The Van", "", "@everyone"):
        reply = await linked_user.run(f"/play what:lantern on:{on or '*'}")
        is_open = on in ("Hallway TV", "The Van")
        reason = (
            f"{on} can’t be controlled" if is_open else "I can’t control a device with that name"
        )
        assert reason in reply.text
        assert "Ada's Laptop, Kitchen Speaker, Ada's Phone" in reply.text
        assert not spotify.calls_to("PUT", "me/player/play")


async def test_newly_online_device_is_found(spotify: Spotify, linked_user: UserClient) -> None:
    player = spotify.accounts["ada"].player
    speaker = player.devices.pop(1)
    assert "control a device with that name" in (await linked_user.run("/resume on:Kitchen")).text
    player.devices.append(speaker)
    assert "Playing on Kitchen Speaker" in (await linked_user.run("/resume on:Kitchen")).text


async def test_play_shuffled_on_another_device(spotify: Spotify, linked_user: UserClient) -> None:
    await linked_user.run("/play what:liked on:Kitchen shuffle:true")
    player = spotify.accounts["ada"].player
    assert player.shuffle
    assert player.device is player.devices[1]


async def test_long_name_and_device_are_both_shown(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["ada"].liked.clear()
    spotify.accounts["ada"].like_generated(250)
    reply = await linked_user.run("/play what:liked on:Kitchen")
    assert reply.text.splitlines()[0] == (
        "Playing your 200 newest liked songs of 250 on Kitchen Speaker. "
        "Spotify takes no more at once."
    )


# ---- errors


async def test_exhausted_player_quota_makes_no_search(
    spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.add_rate_limit(48_925, times=None, quota=True, pattern="(PUT|POST) /v1/me/player")
    assert "in 14 hours" in (await linked_user.run("/pause")).text
    since = len(spotify.calls)
    for line in ("/play what:lantern", "/play what:liked", "/queue add what:lantern", "/next"):
        reply = await linked_user.run(line)
        assert "in 14 hours" in reply.text, line
        assert reply.ephemeral
    assert api_calls_since(spotify, since) == []


async def test_uninterruptible_track_is_reported(spotify: Spotify, linked_user: UserClient) -> None:
    spotify.accounts["ada"].player.disallow("interrupting_playback")
    reply = await linked_user.run("/play what:lantern")
    assert reply.text.startswith("Apps can’t interrupt what’s playing")


async def test_play_during_ad_is_reported(spotify: Spotify, linked_user: UserClient) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    player.interlude = "ad"
    assert (await linked_user.run("/resume")).text.startswith("Already playing.\n")


async def test_unlinked_user_gets_login_button(ada: UserClient) -> None:
    for line in ("/play what:lantern", "/resume", "/volume 40", "/queue add what:lantern"):
        assert "You haven’t linked Spotify yet" in (await ada.run(line)).text


# ---- replies


async def test_replies_follow_sharing_setting_and_errors_are_private(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    assert harness.bot is not None
    ada = int(harness.discord.state.users["ada"].id)
    await harness.bot.services.reply_visibility.share(ada, True)
    for line in ("/play what:lantern", "/pause", "/volume 30"):
        assert not (await linked_user.run(line)).ephemeral, line
    grace = harness.discord.user_client("grace", "music")
    visible = len(grace.messages())
    for line in ("/play what:xyzzyplugh", "/seek position:soon", "/queue add what:Potluck"):
        assert (await linked_user.run(line)).ephemeral, line
    spotify.accounts["ada"].player.device = None
    reply = await linked_user.run("/next")
    assert reply.ephemeral
    assert "Which device" in reply.text
    assert len(grace.messages()) == visible
    assert (await reply.pick("Kitchen Speaker")).ephemeral


async def test_duplicate_interactions_act_once(
    discord: Discord, spotify: Spotify, linked_user: UserClient
) -> None:
    discord.duplicate_interactions = True
    await linked_user.run("/play what:lantern")
    await linked_user.run("/next")
    await linked_user.run("/volume level:+10")
    assert len(spotify.calls_to("PUT", "me/player/play")) == 1
    assert len(spotify.calls_to("POST", "me/player/next")) == 1
    assert spotify.accounts["ada"].player.devices[0].volume == 70
