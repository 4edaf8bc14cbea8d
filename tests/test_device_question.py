"""Without an active device, commands use the obvious device or ask for one."""

from __future__ import annotations

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Player, Spotify
from tests.command_assertions import final_reply, player_error, select_options
from tests.device_commands import (
    DEVICE_COMMANDS,
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
    """Ada's player with all devices online and none active."""
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
    result = await final_reply(await reply.pick("Kitchen Speaker"))
    assert command.reply_text in result.text
    assert "Kitchen Speaker" in result.text or "Queued" in result.text
    assert result.ephemeral
    assert player.device is player.devices[SPEAKER]
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", ["play words", "play shuffled", "seek share", "queue several"])
async def test_selection_survives_a_restart(
    harness: Harness,
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    name: str,
) -> None:
    command = DEVICE_COMMANDS[name]
    reply = await linked_user.run(command_line(command, spotify))
    await harness.restart()
    assert command.reply_text in (await final_reply(await reply.pick("Kitchen Speaker"))).text
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", list(DEVICE_COMMANDS)[::2])
async def test_default_device_is_used_without_asking(
    harness: Harness,
    spotify: Spotify,
    player: Player,
    linked_user: UserClient,
    name: str,
) -> None:
    command = DEVICE_COMMANDS[name]
    await set_default_device(harness, player.devices[SPEAKER])
    reply = await linked_user.run(command_line(command, spotify))
    assert command.reply_text in reply.text
    assert player.device is player.devices[SPEAKER]
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", list(DEVICE_COMMANDS)[1::2])
async def test_only_unrestricted_device_is_used_without_asking(
    spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    command = DEVICE_COMMANDS[name]
    player.devices[:] = [player.devices[n] for n in (LAPTOP, TELEVISION, VAN)]
    reply = await linked_user.run(command_line(command, spotify))
    assert command.reply_text in reply.text
    assert "Ada's Laptop" in reply.text
    assert player.device is player.devices[0]
    assert command.is_done(player, spotify)


@pytest.mark.parametrize("name", ["play liked", "next", "volume", "queue now", "queue several"])
async def test_without_devices_offers_retry(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient, name: str
) -> None:
    command = DEVICE_COMMANDS[name]
    laptop = player.devices[LAPTOP]
    player.devices[:] = [player.devices[n] for n in (TELEVISION, VAN)]
    reply = await linked_user.run(command_line(command, spotify))
    only = "Spotify is only open on Hallway TV and The Van, which can’t be controlled from here."
    assert reply.text.startswith(only)
    assert reply.link_buttons["Open Spotify"].startswith("https://open.spotify.com")
    assert reply.ephemeral
    retried = await final_reply(await reply.press("Try again"))
    assert only in retried.text
    player.devices.append(laptop)
    harness.clock.advance(1)  # a double press is ignored
    result = await final_reply(await retried.press("Try again"))
    assert command.reply_text in result.text
    assert command.is_done(player, spotify)


async def test_answer_replaces_the_question(
    harness: Harness, spotify: Spotify, player: Player, linked_user: UserClient
) -> None:
    """An error does, too. The menu stays, unless the command may have been executed."""

    too_many = Fault("POST .*/next", status=429, headers={"Retry-After": "60"}, times=1)
    cases = (
        (player_error("POST .*/next", "PREMIUM_REQUIRED"), "needs Spotify Premium", True),
        (Fault("POST .*/next", status=502, runs_first=True, times=1), "Not sure", False),
        (too_many, "Too many requests", True),
    )
    for number, (fault, expected, stays) in enumerate(cases, start=1):
        player.device = None
        harness.clock.advance(10)
        question = await linked_user.run("/next")
        spotify.faults.add(fault)
        answer = await question.pick("Kitchen Speaker")
        assert expected in answer.text
        assert bool(select_options(answer)) is stays, answer
        assert DEVICE_QUESTION not in answer.text
        assert len(linked_user.messages()) == number


async def test_pause_without_active_device_says_nothing_is_playing(
    player: Player, linked_user: UserClient
) -> None:
    reply = await linked_user.run("/pause")
    assert reply.text.startswith("Nothing is playing, so there is nothing to pause.")
    assert select_options(reply) == []
