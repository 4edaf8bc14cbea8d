"""Devices that come and go between a question and its answer."""

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
    """Ada's, all of whose devices are there and asleep."""
    player.device = None
    return player


@pytest.mark.parametrize("name", ["play words", "resume", "next", "volume", "queue several"])
async def test_device_gone_before_selection_asks_again(
    spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    command = DEVICE_COMMANDS[name]
    reply = await linked_user.run(command_line(command, spotify))
    player.devices.pop(SPEAKER)
    again = await final_reply(await reply.pick("Kitchen Speaker"))
    assert DEVICE_GONE in again.text
    assert again.ephemeral
    assert select_options(again) == ["Ada's Laptop", "Ada's Phone"]
    assert command.reply_text in (await final_reply(await again.pick("Ada's Laptop"))).text
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", ["play words", "next"])
async def test_device_gone_during_transfer_asks_again(
    spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    """It is still among the devices that Spotify told of a moment ago."""
    command = DEVICE_COMMANDS[name]
    reply = await linked_user.run(command_line(command, spotify))
    spotify.on("PUT /v1/me/player", lambda: player.devices.pop(SPEAKER))
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith(DEVICE_GONE)
    assert select_options(again) == ["Ada's Laptop", "Ada's Phone"]


async def test_device_restricted_since_asks_again(player: Player, linked_user: UserClient) -> None:
    reply = await linked_user.run("/resume")
    player.devices[SPEAKER].is_restricted = True
    assert "Choose another one" in (await reply.pick("Kitchen Speaker")).text


async def test_last_device_gone_gets_message(player: Player, linked_user: UserClient) -> None:
    reply = await linked_user.run("/resume")
    player.devices.clear()
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith("Spotify is not open anywhere.")


@pytest.mark.parametrize(
    "command", [DEVICE_COMMANDS["seek"], DEVICE_COMMANDS["volume"], DEVICE_COMMANDS["shuffle"]]
)
async def test_stale_state_does_not_ask_again(
    spotify: Spotify, player: Player, linked_user: UserClient, command: DeviceCommand
) -> None:
    """Just after it was made the active one, Spotify may still say that none is."""
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
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith(DEVICE_QUESTION)


@pytest.mark.parametrize("answer", [True, False])
async def test_a_double_press_acts_once(
    spotify: Spotify, player: Player, linked_user: UserClient, answer: bool
) -> None:
    if not answer:
        player.devices.clear()
    reply = await linked_user.run("/next")
    if not answer:
        player.devices.append(Device("7" * 40, "Porch", "Speaker"))

    def press() -> Awaitable[Reply]:
        return reply.pick("Kitchen Speaker") if answer else reply.press("Try again")

    one, other = await asyncio.gather(press(), press())
    done = [call for call in spotify.calls_to("POST", "me/player/next") if call.executed]
    assert len(done) == 1
    assert sorted([bool(one.messages), bool(other.messages)]) == [False, True]
    assert player.item == following_track(spotify)


async def test_duplicate_press_acts_once(
    discord: Discord, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    discord.duplicate_interactions = True
    reply = await linked_user.run("/next")
    await reply.pick("Kitchen Speaker")
    sent = [call.executed for call in spotify.calls_to("POST", "me/player/next")]
    assert sent == [False, True]
