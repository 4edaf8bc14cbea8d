"""No active device is a question, and its answer is the very thing that was asked for."""

from __future__ import annotations

import pytest

from sandbox.discord import Seat
from sandbox.spotify import Player, Spotify
from sandbox.stage import Stage
from tests.commands import choices, settled
from tests.wishes import (
    ALL,
    LAPTOP,
    QUESTION,
    SPEAKER,
    TELEVISION,
    VAN,
    Wish,
    every_wish,
    line,
    prefer,
)


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's, all of whose devices are there and asleep."""
    player.device = None
    return player


@every_wish
async def test_play_here_does_the_very_thing(
    spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    reply = await linked.run(line(wish, spotify))
    assert reply.text.startswith(QUESTION)
    assert reply.ephemeral
    assert choices(reply) == ALL
    assert not player.is_playing
    done = await settled(await reply.pick("Kitchen Speaker"))
    assert wish.says in done.text
    assert "Kitchen Speaker" in done.text or "Queued" in done.text
    assert done.ephemeral
    assert player.device is player.devices[SPEAKER]
    assert wish.done(player, spotify)


@every_wish
async def test_the_answer_may_come_after_a_restart(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    reply = await linked.run(line(wish, spotify))
    await stage.stop()
    await stage.start()
    assert wish.says in (await settled(await reply.pick("Kitchen Speaker"))).text
    assert wish.done(player, spotify)


@every_wish
async def test_the_default_device_is_used_without_asking(
    stage: Stage, spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    await prefer(stage, player.devices[SPEAKER])
    reply = await linked.run(line(wish, spotify))
    assert wish.says in reply.text
    assert player.device is player.devices[SPEAKER]
    assert wish.done(player, spotify)


@every_wish
async def test_the_only_device_that_takes_commands_is_used_without_asking(
    spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    player.devices[:] = [player.devices[n] for n in (LAPTOP, TELEVISION, VAN)]
    reply = await linked.run(line(wish, spotify))
    assert wish.says in reply.text
    assert "Ada's Laptop" in reply.text
    assert player.device is player.devices[0]
    assert wish.done(player, spotify)


@every_wish
async def test_where_there_is_none_it_can_be_tried_again(
    spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    laptop = player.devices[LAPTOP]
    player.devices[:] = [player.devices[n] for n in (TELEVISION, VAN)]
    reply = await linked.run(line(wish, spotify))
    assert reply.text.startswith("Spotify is not open anywhere.")
    assert reply.links["Open Spotify"].startswith("https://open.spotify.com")
    assert reply.ephemeral
    still = await settled(await reply.press("Try again"))
    assert "Spotify is not open anywhere." in still.text
    player.devices.append(laptop)
    done = await settled(await still.press("Try again"))
    assert wish.says in done.text
    assert wish.done(player, spotify)


async def test_nothing_that_plays_is_nothing_to_pause(player: Player, linked: Seat) -> None:
    reply = await linked.run("/pause")
    assert reply.text.startswith("Nothing is playing, so there is nothing to pause.")
    assert choices(reply) == []
