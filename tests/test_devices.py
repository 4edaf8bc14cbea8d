"""/devices: the list, transferring playback, and the default device."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.discord.visible_text import find_selects
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from tests.command_assertions import select_options
from tests.device_commands import DEVICE_NAMES, LAPTOP, PHONE, SPEAKER, set_default_device


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's player with all devices online and none active."""
    player.device = None
    return player


async def test_devices_are_listed_with_markers(
    harness: Harness, player: Player, linked_user: UserClient
) -> None:
    player.resume(player.devices[LAPTOP])
    player.pause()
    player.devices[PHONE].is_private_session = True
    await set_default_device(harness, player.devices[SPEAKER])
    reply = await linked_user.run("/devices")
    lines = {entry.split("**")[1]: entry for entry in reply.text.splitlines() if "** · " in entry}
    assert " · active · " in lines["Ada's Laptop"]
    assert "playing" not in reply.text.lower(), "an active device may be paused"
    assert "60%" in lines["Ada's Laptop"]
    assert "35%" in lines["Kitchen Speaker"]
    assert "**Kitchen Speaker** is your default device." in reply.text
    assert "private session" in lines["Ada's Phone"].lower()
    for name in ("Hallway TV", "The Van"):
        assert "can’t be controlled from here" in lines[name].lower()
    assert select_options(reply) == DEVICE_NAMES
    assert reply.ephemeral


@pytest.mark.parametrize("was_playing", [True, False])
async def test_selecting_device_transfers_playback(
    player: Player, linked_user: UserClient, was_playing: bool
) -> None:
    player.device = player.devices[LAPTOP]
    if was_playing:
        player.resume()
    reply = await (await linked_user.run("/devices")).pick("Kitchen Speaker", select=0)
    assert ") · Moved · Playing on Kitchen Speaker\n" in reply.text
    assert " · active" not in reply.text, "the line says where it plays now"
    assert reply.text.startswith("### Your devices\n")
    assert len(linked_user.messages()) == 1
    again = await reply.press("Refresh")
    assert again.text.count(" · active") == 1
    assert "Moved" not in again.text
    assert player.device is player.devices[SPEAKER]
    assert player.is_playing


async def test_transfer_reply_names_known_device(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.resume(player.devices[LAPTOP])
    spotify.serve_stale_state(2)
    reply = await (await linked_user.run("/devices")).pick("Kitchen Speaker", select=0)
    assert "-# Moved to Kitchen Speaker\n" in reply.text


async def test_default_device_is_set_and_used(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    player.resume(player.devices[LAPTOP])
    await set_default_device(harness, Device("9" * 40, "Attic", "Speaker"))
    reply = await linked_user.run("/devices")
    assert "**Attic** is your default device, but Spotify isn’t open on it." in reply.text
    await harness.restart()
    before, calls = reply.text, len(spotify.calls)
    reply = await reply.pick("Kitchen Speaker", select=1)
    assert len(spotify.calls) == calls, "the select already has all the data"
    assert before.splitlines()[:6] == reply.text.splitlines()[:6]
    assert "**Kitchen Speaker** is your default device." in reply.text
    assert "Attic" not in reply.text
    selected = [
        [option["label"] for option in select["options"] if option.get("default")]
        for select in find_selects(reply.message)
    ]
    assert selected == [["Ada's Laptop"], ["Kitchen Speaker"]]
    reply = await reply.pick("Ada's Phone", select=1)
    harness.clock.advance(1)
    reply = await reply.pick("Kitchen Speaker", select=1)
    assert reply.text.count("is your default device") == 1
    player.device = None
    assert "Kitchen Speaker" in (await linked_user.run("/resume")).text
    assert player.device is player.devices[SPEAKER]


async def test_no_devices_offers_refresh(player: Player, linked_user: UserClient) -> None:
    laptop = player.devices[LAPTOP]
    player.devices.clear()
    reply = await linked_user.run("/devices")
    assert "Spotify isn’t open on any device" in reply.text
    assert select_options(reply) == []
    player.devices.append(laptop)
    assert "Ada's Laptop" in (await reply.press("Refresh")).text


async def test_many_devices_with_long_names_fit(player: Player, linked_user: UserClient) -> None:
    player.devices[:] = [
        Device(f"{n:040}", f"{n} " + "*" * 150, "Speaker", n % 100) for n in range(40)
    ]
    reply = await linked_user.run("/devices")
    assert "bug" not in reply.text
    assert len(select_options(reply)) == 25
    assert len(select_options(await linked_user.run("/resume"))) == 25


async def test_duplicate_device_is_listed_once(player: Player, linked_user: UserClient) -> None:
    player.devices.append(player.devices[SPEAKER])
    assert select_options(await linked_user.run("/resume")) == DEVICE_NAMES
    assert select_options(await linked_user.run("/devices")) == DEVICE_NAMES


# ---- the default device


async def test_default_device_is_matched_by_name_after_id_change(
    harness: Harness, player: Player, linked_user: UserClient
) -> None:
    await set_default_device(harness, player.devices[SPEAKER])
    player.devices[SPEAKER].id = "5" * 40
    devices = await linked_user.run("/devices")
    assert "is your default device." in devices.text
    assert "isn’t open" not in devices.text
    assert "Kitchen Speaker" in (await linked_user.run("/resume")).text


async def test_default_device_with_unusual_name_is_matched(
    harness: Harness, player: Player, linked_user: UserClient
) -> None:
    device = player.devices[SPEAKER]
    device.name = "  Ada\u202e  **den**\n@everyone "
    devices = await linked_user.run("/devices")
    assert "\u202e" not in devices.text
    assert "@everyone" not in devices.text.split("Play there")[0]
    await devices.pick("Ada **den** @everyone", select=1)
    device.id = "5" * 40
    reply = await linked_user.run("/resume")
    assert player.device is device
    assert not reply.message["mention_everyone"]


@pytest.mark.parametrize("offline", [True, False])
async def test_unusable_default_device_is_ignored(
    harness: Harness, player: Player, linked_user: UserClient, offline: bool
) -> None:
    speaker = player.devices[SPEAKER]
    await set_default_device(harness, speaker)
    if offline:
        player.devices.remove(speaker)
    else:
        speaker.is_restricted = True
    reply = await linked_user.run("/resume")
    assert select_options(reply) == ["Ada's Laptop", "Ada's Phone"]
