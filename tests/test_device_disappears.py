"""Devices that appear or disappear between the device question and its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from sandbox.discord import Discord, Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from tests.command_assertions import final_reply, select_options
from tests.device_commands import (
    DEVICE_COMMANDS,
    DEVICE_GONE,
    DEVICE_QUESTION,
    SPEAKER,
    DeviceCommand,
    command_line,
    following_track,
)


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's player with all devices online and none active."""
    player.device = None
    return player


@pytest.mark.parametrize("name", ["play words", "resume", "next", "volume", "queue several"])
async def test_device_gone_before_selection_asks_again(
    spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    command = DEVICE_COMMANDS[name]
    reply = await linked_user.run(command_line(command, spotify))
    player.devices.pop(SPEAKER)
    question = await final_reply(await reply.pick("Kitchen Speaker"))
    assert DEVICE_GONE in question.text
    assert question.ephemeral
    assert select_options(question) == ["Ada's Laptop", "Ada's Phone"]
    assert command.reply_text in (await final_reply(await question.pick("Ada's Laptop"))).text
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", ["play words", "next"])
async def test_device_gone_during_transfer_asks_again(
    spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    """The cached device list still contains the device."""
    command = DEVICE_COMMANDS[name]
    reply = await linked_user.run(command_line(command, spotify))
    spotify.on("PUT /v1/me/player", lambda: player.devices.pop(SPEAKER))
    question = await reply.pick("Kitchen Speaker")
    assert question.text.startswith(DEVICE_GONE)
    assert select_options(question) == ["Ada's Laptop", "Ada's Phone"]


async def test_device_restricted_since_asks_again(player: Player, linked_user: UserClient) -> None:
    reply = await linked_user.run("/resume")
    player.devices[SPEAKER].is_restricted = True
    assert "Choose another one" in (await reply.pick("Kitchen Speaker")).text


async def test_last_device_gone_gets_message(player: Player, linked_user: UserClient) -> None:
    reply = await linked_user.run("/resume")
    player.devices.clear()
    question = await reply.pick("Kitchen Speaker")
    assert question.text.startswith("Spotify isn’t open on any device.")


@pytest.mark.parametrize(
    "command", [DEVICE_COMMANDS["seek"], DEVICE_COMMANDS["volume"], DEVICE_COMMANDS["shuffle"]]
)
async def test_stale_state_does_not_ask_again(
    spotify: Spotify, player: Player, linked_user: UserClient, command: DeviceCommand
) -> None:
    """Just after an activation Spotify may still report no active device."""
    reply = await linked_user.run(command_line(command, spotify))
    spotify.serve_stale_state(1)
    assert command.reply_text in (await reply.pick("Kitchen Speaker")).text
    assert command.is_done(player, spotify)


async def test_device_that_does_not_activate_is_not_a_bug(
    spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/next")
    for match in ("PUT .*/me/player$", "POST .*/next$"):
        body = '{"error": {"status": 404, "message": "x", "reason": "NO_ACTIVE_DEVICE"}}'
        spotify.faults.add(Fault(match, status=404, body=body, times=None))
    question = await reply.pick("Kitchen Speaker")
    assert question.text.startswith(DEVICE_QUESTION)


@pytest.mark.parametrize("with_devices", [True, False])
async def test_double_press_acts_once(
    spotify: Spotify, player: Player, linked_user: UserClient, with_devices: bool
) -> None:
    if not with_devices:
        player.devices.clear()
    reply = await linked_user.run("/next")
    if not with_devices:
        player.devices.append(Device("7" * 40, "Porch", "Speaker"))

    def press() -> Awaitable[Reply]:
        return reply.pick("Kitchen Speaker") if with_devices else reply.press("Try again")

    first, second = await asyncio.gather(press(), press())
    executed = [call for call in spotify.calls_to("POST", "me/player/next") if call.executed]
    assert len(executed) == 1
    assert first.text == second.text, "the result replaces the question"
    assert len(linked_user.messages()) == 1
    assert player.item == following_track(spotify)


async def test_duplicate_interactions_act_once(
    discord: Discord, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    discord.duplicate_interactions = True
    reply = await linked_user.run("/next")
    await reply.pick("Kitchen Speaker")
    executed = [call.executed for call in spotify.calls_to("POST", "me/player/next")]
    assert executed == [False, True]
