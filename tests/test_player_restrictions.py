"""Restrictions of the player have their own messages, and no command is sent twice."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.discord import Discord, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import api_calls_since, player_error

STATE_CALL = "GET me/player"
OUTCOME_UNKNOWN = "Not sure that worked: Spotify didn’t confirm."
# Every player command except /play and /queue.
COMMAND_LINES = (
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
    ("line", "action", "expected"),
    [
        ("/next", "skipping_next", "There is nothing to skip to."),
        ("/previous", "skipping_prev", "There is no previous track."),
        ("/seek position:1:00", "seeking", "You can’t jump around in what’s playing."),
        ("/restart", "seeking", "This can’t be restarted."),
        ("/shuffle", "toggling_shuffle", "This can’t be shuffled."),
        ("/repeat mode:all", "toggling_repeat_context", "can’t be repeated like that."),
        ("/repeat mode:one", "toggling_repeat_track", "can’t be repeated like that."),
        ("/pause", "pausing", "Spotify won’t allow that right now."),
    ],
)
async def test_each_disallowed_action_has_its_message(
    spotify: Spotify, player: Player, linked_user: UserClient, line: str, action: str, expected: str
) -> None:
    player.disallow(action)  # type: ignore[arg-type]
    since = len(spotify.calls)
    reply = await linked_user.run(line)
    assert expected in reply.text
    assert reply.ephemeral
    assert api_calls_since(spotify, since)[-1] == STATE_CALL
    player.disallow()
    assert expected not in (await linked_user.run(line)).text


@pytest.mark.parametrize("line", COMMAND_LINES)
@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("NO_NEXT_TRACK", "no next track"),
        ("CONTEXT_DISALLOW", "doesn’t allow that"),
        ("RATE_LIMITED", "Too many"),
        ("DEVICE_NOT_CONTROLLABLE", "can’t be controlled from here"),
        ("SOMETHING_NEW", "Spotify won’t allow that right now"),
    ],
)
async def test_each_error_reason_has_its_message(
    spotify: Spotify, player: Player, linked_user: UserClient, line: str, reason: str, expected: str
) -> None:
    if line == "/resume":
        player.pause()
    spotify.faults.add(player_error("(PUT|POST) .*/me/player/", reason))
    reply = await linked_user.run(line)
    assert expected in reply.text
    assert "bug" not in reply.text


@pytest.mark.parametrize("line", COMMAND_LINES)
async def test_restricted_active_device_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient, line: str
) -> None:
    device = next(device for device in player.devices if device.name == "Hallway TV")
    player.resume(device)
    device.supports_volume = True
    reply = await linked_user.run(line)
    if line == "/resume":
        assert reply.text.startswith("-# Already playing on Hallway TV")
    else:
        assert "can’t be controlled from here" in reply.text


@pytest.mark.parametrize("line", COMMAND_LINES)
async def test_missing_premium_is_reported(harness: Harness, line: str) -> None:
    linus = await harness.link_account("linus")
    player = harness.spotify.accounts["linus"].player
    player.play(context=next(iter(harness.spotify.catalogue.albums.values())).uri)
    reply = await linus.run(line)
    assert "Playing needs Spotify Premium" in reply.text
    assert reply.ephemeral


# ---- item types


@pytest.mark.parametrize("line", ["/pause", "/next", "/previous", "/restart", "/seek position:9"])
async def test_ad_is_reported(
    spotify: Spotify, player: Player, linked_user: UserClient, line: str
) -> None:
    player.interlude = "ad"
    reply = await linked_user.run(line)
    assert reply.text == "An ad is playing. Music continues after it."


@pytest.mark.parametrize("kind", ["episode", "chapter", "local"])
async def test_every_item_type_can_be_controlled(
    spotify: Spotify, player: Player, linked_user: UserClient, kind: str
) -> None:
    uri = {
        "episode": next(iter(spotify.catalogue.episodes.values())).uri,
        "chapter": next(iter(spotify.catalogue.chapters.values())).uri,
        "local": next(iter(spotify.catalogue.local)),
    }[kind]
    player.play(
        uri, spotify.catalogue.regular_tracks[0].uri, spotify.catalogue.regular_tracks[1].uri
    )
    is_named = kind != "chapter"
    reply = await linked_user.run("/pause")
    assert ("Paused on Ada's Laptop" if is_named else "Paused.") in reply.text
    reply = await linked_user.run("/resume")
    assert ("Playing on Ada's Laptop" if is_named else "Playing.") in reply.text
    assert (await linked_user.run("/volume level:20")).text.startswith(
        "-# Volume 20% · Playing on Ada's Laptop" if is_named else "Volume 20%."
    )
    reply = await linked_user.run("/seek position:50%")
    assert ("Went to" if is_named else "Something is playing that Spotify") in reply.text
    assert "Skipped · Playing" in (await linked_user.run("/next")).text


# ---- repeated commands


async def test_concurrent_pauses_both_succeed(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    first, second = await asyncio.gather(linked_user.run("/pause"), linked_user.run("/pause"))
    assert not player.is_playing
    for reply in (first, second):
        assert "aused on Ada's Laptop" in reply.text


async def test_duplicate_interactions_act_once(
    discord: Discord, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    discord.duplicate_interactions = True
    for line in COMMAND_LINES:
        before = len(spotify.calls)
        await linked_user.run(line)
        writes = [call for call in spotify.calls[before:] if call.method != "GET"]
        assert len(writes) == 1, line


@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
async def test_reply_states_whether_playback_continues(
    spotify: Spotify, linked_user: UserClient, executed: bool
) -> None:
    spotify.faults.add(Fault("me/player/play$", status=502, runs_first=executed))
    reply = await linked_user.run("/resume")
    assert (
        f"Not sure that worked: Spotify didn’t confirm. {'Playing' if executed else 'Paused'} now: "
        in reply.text
    )
    assert len(spotify.calls_to("PUT", "me/player/play")) == 1


@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
async def test_transfer_is_not_sent_twice(
    spotify: Spotify, linked_user: UserClient, executed: bool
) -> None:
    player = spotify.accounts["ada"].player
    player.resume()
    devices = await linked_user.run("/devices")
    spotify.faults.add(Fault("PUT .*/me/player$", status=502, runs_first=executed))
    reply = await devices.pick("Kitchen Speaker", select=0)
    assert reply.text.startswith("Not sure that worked: Spotify didn’t confirm. Playing now: ")
    assert len(spotify.calls_to("PUT", "me/player")) == 1
    assert (player.device is player.devices[1]) is executed
