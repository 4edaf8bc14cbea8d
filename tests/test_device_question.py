"""No active device is a question, and its answer is the very thing that was asked for."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import final_reply, select_options
from tests.device_commands import (
    DEVICE_NAMES,
    DEVICE_QUESTION,
    LAPTOP,
    SPEAKER,
    TELEVISION,
    VAN,
    DeviceCommand,
    command_line,
    each_device_command,
    set_default_device,
)


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's, all of whose devices are there and asleep."""
    player.device = None
    return player


@each_device_command
async def test_selected_device_performs_the_command(
    spotify: Spotify, player: Player, linked_user: UserClient, command: DeviceCommand
) -> None:
    reply = await linked_user.run(command_line(command, spotify))
    assert reply.text.startswith(DEVICE_QUESTION)
    assert reply.ephemeral
    assert select_options(reply) == DEVICE_NAMES
    assert not player.is_playing
    done = await final_reply(await reply.pick("Kitchen Speaker"))
    assert command.reply_text in done.text
    assert "Kitchen Speaker" in done.text or "Queued" in done.text
    assert done.ephemeral
    assert player.device is player.devices[SPEAKER]
    assert command.is_done(player, spotify)


@each_device_command
async def test_selection_survives_a_restart(
    harness: Harness,
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    command: DeviceCommand,
) -> None:
    reply = await linked_user.run(command_line(command, spotify))
    await harness.stop()
    await harness.start()
    assert command.reply_text in (await final_reply(await reply.pick("Kitchen Speaker"))).text
    assert command.is_done(player, spotify)


@each_device_command
async def test_the_default_device_is_used_without_asking(
    harness: Harness,
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    command: DeviceCommand,
) -> None:
    await set_default_device(harness, player.devices[SPEAKER])
    reply = await linked_user.run(command_line(command, spotify))
    assert command.reply_text in reply.text
    assert player.device is player.devices[SPEAKER]
    assert command.is_done(player, spotify)


@each_device_command
async def test_the_only_device_that_takes_commands_is_used_without_asking(
    spotify: Spotify, player: Player, linked_user: UserClient, command: DeviceCommand
) -> None:
    player.devices[:] = [player.devices[n] for n in (LAPTOP, TELEVISION, VAN)]
    reply = await linked_user.run(command_line(command, spotify))
    assert command.reply_text in reply.text
    assert "Ada's Laptop" in reply.text
    assert player.device is player.devices[0]
    assert command.is_done(player, spotify)


@each_device_command
async def test_without_devices_offers_retry(
    spotify: Spotify, player: Player, linked_user: UserClient, command: DeviceCommand
) -> None:
    laptop = player.devices[LAPTOP]
    player.devices[:] = [player.devices[n] for n in (TELEVISION, VAN)]
    reply = await linked_user.run(command_line(command, spotify))
    assert reply.text.startswith("Spotify is not open anywhere.")
    assert reply.link_buttons["Open Spotify"].startswith("https://open.spotify.com")
    assert reply.ephemeral
    still = await final_reply(await reply.press("Try again"))
    assert "Spotify is not open anywhere." in still.text
    player.devices.append(laptop)
    done = await final_reply(await still.press("Try again"))
    assert command.reply_text in done.text
    assert command.is_done(player, spotify)


async def test_pause_without_active_device_says_nothing_is_playing(
    player: Player, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/pause")
    assert reply.text.startswith("Nothing is playing, so there is nothing to pause.")
    assert select_options(reply) == []
