"""/devices: all of them with their marks, the one to play on, and the default."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.discord.reading import selects
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from sandbox.stage import Stage
from tests.commands import choices
from tests.wishes import (
    ALL,
    LAPTOP,
    PHONE,
    SPEAKER,
    prefer,
)


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's, all of whose devices are there and asleep."""
    player.device = None
    return player


async def test_all_devices_with_their_marks(stage: Stage, player: Player, linked: Seat) -> None:
    player.resume(player.devices[LAPTOP])
    player.devices[PHONE].is_private_session = True
    await prefer(stage, player.devices[SPEAKER])
    reply = await linked.run("/devices")
    lines = {entry.split("**")[1]: entry for entry in reply.text.splitlines() if "** · " in entry}
    assert "playing here" in lines["Ada's Laptop"].lower()
    assert "60%" in lines["Ada's Laptop"]
    assert "35%" in lines["Kitchen Speaker"]
    assert "**Kitchen Speaker** is your default device." in reply.text
    assert "private session" in lines["Ada's Phone"].lower()
    for name in ("Hallway TV", "The Van"):
        assert "takes no commands" in lines[name].lower()
    assert choices(reply) == ALL
    assert reply.ephemeral


@pytest.mark.parametrize("was_playing", [True, False])
async def test_one_is_chosen_to_play_there(player: Player, linked: Seat, was_playing: bool) -> None:
    player.device = player.devices[LAPTOP]
    if was_playing:
        player.resume()
    reply = await (await linked.run("/devices")).pick("Kitchen Speaker", select=0)
    assert reply.text.startswith("-# Moved · Playing on Kitchen Speaker\n")
    assert player.device is player.devices[SPEAKER]
    assert player.is_playing


async def test_where_it_went_is_said_as_far_as_it_is_known(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.resume(player.devices[LAPTOP])
    spotify.late(2)
    reply = await (await linked.run("/devices")).pick("Kitchen Speaker", select=0)
    assert reply.text == "Moved to Kitchen Speaker."


async def test_one_is_chosen_as_the_default_and_used_from_then_on(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat
) -> None:
    player.resume(player.devices[LAPTOP])
    await prefer(stage, Device("9" * 40, "Attic", "Speaker"))
    reply = await linked.run("/devices")
    assert "**Attic** is your default device, and is not awake." in reply.text
    await stage.restart()
    before, calls = reply.text, len(spotify.calls)
    reply = await reply.pick("Kitchen Speaker", select=1)
    assert len(spotify.calls) == calls, "the menu has all that is to be known"
    assert before.splitlines()[:6] == reply.text.splitlines()[:6]
    assert "**Kitchen Speaker** is your default device." in reply.text
    assert "Attic" not in reply.text
    first, second = selects(reply.message)
    chosen = [
        [one["label"] for one in menu["options"] if one.get("default")] for menu in (first, second)
    ]
    assert chosen == [["Ada's Laptop"], ["Kitchen Speaker"]]
    reply = await reply.pick("Ada's Phone", select=1)
    stage.clock.advance(1)
    reply = await reply.pick("Kitchen Speaker", select=1)
    assert reply.text.count("is your default device") == 1
    player.device = None
    assert "Kitchen Speaker" in (await linked.run("/resume")).text
    assert player.device is player.devices[SPEAKER]


async def test_none_at_all_and_look_again(player: Player, linked: Seat) -> None:
    laptop = player.devices[LAPTOP]
    player.devices.clear()
    reply = await linked.run("/devices")
    assert "Spotify is not open anywhere" in reply.text
    assert choices(reply) == []
    player.devices.append(laptop)
    assert "Ada's Laptop" in (await reply.press("Look again")).text


async def test_many_devices_with_long_names_fit(player: Player, linked: Seat) -> None:
    player.devices[:] = [
        Device(f"{n:040}", f"{n} " + "*" * 150, "Speaker", n % 100) for n in range(40)
    ]
    reply = await linked.run("/devices")
    assert "bug" not in reply.text
    assert len(choices(reply)) == 25
    assert len(choices(await linked.run("/resume"))) == 25


async def test_one_that_is_told_of_twice_is_one_choice(player: Player, linked: Seat) -> None:
    player.devices.append(player.devices[SPEAKER])
    assert choices(await linked.run("/resume")) == ALL
    assert choices(await linked.run("/devices")) == ALL


# ---- the default device


async def test_a_default_is_known_by_its_name_where_its_id_has_changed(
    stage: Stage, player: Player, linked: Seat
) -> None:
    await prefer(stage, player.devices[SPEAKER])
    player.devices[SPEAKER].id = "5" * 40
    devices = await linked.run("/devices")
    assert "is your default device." in devices.text
    assert "not awake" not in devices.text
    assert "Kitchen Speaker" in (await linked.run("/resume")).text


async def test_a_default_with_an_odd_name_is_known_by_it(
    stage: Stage, player: Player, linked: Seat
) -> None:
    odd = player.devices[SPEAKER]
    odd.name = "  Ada\u202e  **den**\n@everyone "
    devices = await linked.run("/devices")
    assert "\u202e" not in devices.text
    assert "@everyone" not in devices.text.split("Play there")[0]
    await devices.pick("Ada **den** @everyone", select=1)
    odd.id = "5" * 40
    reply = await linked.run("/resume")
    assert player.device is odd
    assert not reply.message["mention_everyone"]


@pytest.mark.parametrize("asleep", [True, False])
async def test_a_default_that_cannot_be_used_is_passed_over(
    stage: Stage, player: Player, linked: Seat, asleep: bool
) -> None:
    speaker = player.devices[SPEAKER]
    await prefer(stage, speaker)
    if asleep:
        player.devices.remove(speaker)
    else:
        speaker.is_restricted = True
    reply = await linked.run("/resume")
    assert choices(reply) == ["Ada's Laptop", "Ada's Phone"]
