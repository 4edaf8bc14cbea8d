"""Devices that come and go between a question and its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from sandbox.discord import Discord, Reply, Seat
from sandbox.faults import Fault
from sandbox.spotify import Player, Spotify
from sandbox.spotify.devices import Device
from tests.commands import choices, settled
from tests.wishes import (
    GONE,
    QUESTION,
    SPEAKER,
    WISHES,
    Wish,
    line,
    second,
)


@pytest.fixture
def player(player: Player) -> Player:
    """Ada's, all of whose devices are there and asleep."""
    player.device = None
    return player


@pytest.mark.parametrize("name", ["play words", "resume", "next", "volume", "queue several"])
async def test_one_that_vanishes_before_it_is_chosen_is_asked_about_again(
    spotify: Spotify, player: Player, linked: Seat, name: str
) -> None:
    wish = WISHES[name]
    reply = await linked.run(line(wish, spotify))
    player.devices.pop(SPEAKER)
    again = await settled(await reply.pick("Kitchen Speaker"))
    assert GONE in again.text
    assert again.ephemeral
    assert choices(again) == ["Ada's Laptop", "Ada's Phone"]
    assert wish.says in (await settled(await again.pick("Ada's Laptop"))).text
    assert wish.done(player, spotify)


@pytest.mark.parametrize("name", ["play words", "next"])
async def test_one_that_vanishes_while_it_is_looked_for_is_asked_about_again(
    spotify: Spotify, player: Player, linked: Seat, name: str
) -> None:
    """It is still among the devices that Spotify told of a moment ago."""
    wish = WISHES[name]
    reply = await linked.run(line(wish, spotify))
    spotify.interrupt("PUT /v1/me/player", lambda: player.devices.pop(SPEAKER))
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith(GONE)
    assert choices(again) == ["Ada's Laptop", "Ada's Phone"]


async def test_one_that_is_restricted_by_now_is_asked_about_again(
    player: Player, linked: Seat
) -> None:
    reply = await linked.run("/resume")
    player.devices[SPEAKER].is_restricted = True
    assert "Choose another one" in (await reply.pick("Kitchen Speaker")).text


async def test_the_last_one_gone_leaves_words(player: Player, linked: Seat) -> None:
    reply = await linked.run("/resume")
    player.devices.clear()
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith("Spotify is not open anywhere.")


@pytest.mark.parametrize("wish", [WISHES["seek"], WISHES["volume"], WISHES["shuffle"]])
async def test_a_state_that_is_told_late_does_not_ask_again(
    spotify: Spotify, player: Player, linked: Seat, wish: Wish
) -> None:
    """Just after it was made the active one, Spotify may still say that none is."""
    reply = await linked.run(line(wish, spotify))
    spotify.late(1)
    assert wish.says in (await reply.pick("Kitchen Speaker")).text
    assert wish.done(player, spotify)


async def test_a_device_that_does_not_wake_is_no_bug(
    spotify: Spotify, player: Player, linked: Seat
) -> None:
    reply = await linked.run("/next")
    for match in ("PUT .*/me/player$", "POST .*/next$"):
        body = '{"error": {"status": 404, "message": "x", "reason": "NO_ACTIVE_DEVICE"}}'
        spotify.faults.add(Fault(match, status=404, body=body, times=None))
    again = await reply.pick("Kitchen Speaker")
    assert again.text.startswith(QUESTION)


@pytest.mark.parametrize("answer", [True, False])
async def test_a_double_press_acts_once(
    spotify: Spotify, player: Player, linked: Seat, answer: bool
) -> None:
    if not answer:
        player.devices.clear()
    reply = await linked.run("/next")
    if not answer:
        player.devices.append(Device("7" * 40, "Porch", "Speaker"))

    def press() -> Awaitable[Reply]:
        return reply.pick("Kitchen Speaker") if answer else reply.press("Try again")

    one, other = await asyncio.gather(press(), press())
    done = [call for call in spotify.calls_of("POST", "me/player/next") if call.executed]
    assert len(done) == 1
    assert sorted([bool(one.messages), bool(other.messages)]) == [False, True]
    assert player.item == second(spotify)


async def test_a_press_that_comes_twice_acts_once(
    discord: Discord, spotify: Spotify, player: Player, linked: Seat
) -> None:
    discord.duplicate_interactions = True
    reply = await linked.run("/next")
    await reply.pick("Kitchen Speaker")
    sent = [call.executed for call in spotify.calls_of("POST", "me/player/next")]
    assert sent == [False, True]
