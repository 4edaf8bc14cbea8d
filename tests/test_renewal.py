"""One renewal at a time, which nothing cuts short, and which never outruns an unlink or a login."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import NotLinked
from sandbox.discord import Seat
from sandbox.spotify import Spotify
from sandbox.spotify.token_api import RefreshReply
from sandbox.stage import Stage
from tests.linking.renewing import (
    accounts,
    number,
    player,
    renewals,
    reopened,
    slow_answer,
    slow_renewal,
    stored,
)
from tests.linking.slow import SlowChecks, SlowReads

# ---- one renewal


@pytest.mark.parametrize("brings", ["none", "new"])
async def test_two_hundred_commands_at_once_renew_once(
    stage: Stage, spotify: Spotify, linked: Seat, brings: RefreshReply
) -> None:
    spotify.refresh_reply = brings
    spotify.expire_access_tokens()
    replies = await asyncio.gather(*(linked.run("/now") for _ in range(200)))
    assert [reply.text for reply in replies if "Ada's Laptop" not in reply.text] == []
    assert renewals(spotify) == 1


async def test_two_hundred_sessions_at_once_renew_once(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.refresh_reply = "new"
    stage.clock.advance(3600)
    await asyncio.gather(*(player(stage) for _ in range(200)))
    assert renewals(spotify) == 1


async def test_a_command_that_is_late_does_not_use_the_token_of_before(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    """It read the link, and while it did, another renewed it and the old token died."""
    spotify.refresh_reply = "new"
    stage.clock.advance(3600)
    async with reopened(stage, SlowReads) as (alone, table):
        first, second = [await alone.session(number(stage)) for _ in range(2)]
        async with slow_answer(table) as pause:
            late = asyncio.create_task(first.player.state())
            await pause.arrived.wait()
            await second.player.devices()
        await late
    assert renewals(spotify) == 1


async def test_cancelling_the_command_that_began_a_renewal_does_not_cancel_it(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.refresh_reply = "new"
    before = stored(stage)
    async with slow_renewal(stage) as pause:
        first = asyncio.create_task(player(stage))
        await pause.arrived.wait()
        second = asyncio.create_task(linked.run("/now"))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert "Ada's Laptop" in (await second).text
    assert renewals(spotify) == 1
    assert stored(stage) != before
    await stage.restart()
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_renewal_that_nobody_waits_for_any_more_is_stored(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.refresh_reply = "new"
    async with slow_renewal(stage) as pause:
        only = asyncio.create_task(player(stage))
        await pause.arrived.wait()
        only.cancel()
        await asyncio.wait([only])
    await stage.stop()  # as soon as the answer is on its way again
    await stage.start()
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_stopping_waits_for_a_renewal_that_brings_a_new_token(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.refresh_reply = "new"
    before = stored(stage)
    async with slow_renewal(stage) as pause:
        command = asyncio.create_task(player(stage))
        await pause.arrived.wait()
        command.cancel()
        stopping = asyncio.create_task(stage.stop())
        await asyncio.wait([stopping], timeout=0.1)
        assert not stopping.done()
        assert stored(stage) == before
    await stopping
    assert stored(stage) != before
    await stage.start()
    assert "Ada's Laptop" in (await linked.run("/now")).text
    assert renewals(spotify) == 2


async def test_stopping_waits_for_a_renewal_that_begins_meanwhile(stage: Stage) -> None:
    for user in ("ada", "grace"):
        await stage.link(user)
    stage.spotify.refresh_reply = "new"
    before = stored(stage, "grace")
    async with slow_renewal(stage) as first:
        commands = [asyncio.create_task(player(stage, "ada"))]
        await first.arrived.wait()
        stopping = asyncio.create_task(stage.stop())
        await asyncio.wait([stopping], timeout=0.1)
        async with slow_renewal(stage) as second:
            commands.append(asyncio.create_task(player(stage, "grace")))
            await second.arrived.wait()
            first.over.set()
            await asyncio.wait([stopping], timeout=0.1)
            assert not stopping.done()
    await stopping
    await asyncio.wait(commands)
    assert stored(stage, "grace") != before


# ---- whoever unlinks or logs in meanwhile wins


@pytest.mark.parametrize("brings", ["none", "new"])
async def test_an_unlink_wins_over_a_renewal_under_way(
    stage: Stage, spotify: Spotify, linked: Seat, brings: RefreshReply
) -> None:
    spotify.refresh_reply = brings
    async with slow_renewal(stage) as pause:
        command = asyncio.create_task(linked.run("/now"))
        await pause.arrived.wait()
        calls = len(spotify.calls)
        asked = await linked.run("/unlink")
        assert "erased" in (await asked.press("Unlink and erase")).text
    assert "not linked" in (await command).text
    assert len(spotify.calls) == calls
    assert stored(stage) is None
    assert not accounts(stage)._held
    assert "not linked" in (await linked.run("/now")).text


async def test_nothing_is_held_for_who_unlinks_at_the_very_end_of_a_renewal(
    stage: Stage, linked: Seat
) -> None:
    async with reopened(stage, SlowChecks) as (alone, table):
        session = await alone.session(number(stage))
        async with slow_renewal(stage) as renewed:
            command = asyncio.create_task(session.player.state())
            await renewed.arrived.wait()
            async with slow_answer(table) as pause:
                renewed.over.set()
                await pause.arrived.wait()
                assert await alone.unlink(number(stage))
        with pytest.raises(NotLinked):
            await command
        assert not alone._held


@pytest.mark.parametrize("brings", ["none", "new"])
async def test_a_new_login_wins_over_a_renewal_under_way(
    stage: Stage, spotify: Spotify, linked: Seat, brings: RefreshReply
) -> None:
    spotify.refresh_reply = brings
    spotify.accounts["grace"].player.start(spotify.catalogue.stock[0].uri)
    async with slow_renewal(stage) as pause:
        command = asyncio.create_task(linked.run("/now"))
        await pause.arrived.wait()
        calls = len(spotify.calls)
        await stage.link("ada", account="grace")
    assert "Laptop" not in (await command).text
    assert "Grace's Phone" in (await linked.run("/now")).text
    await stage.restart()
    assert "Grace's Phone" in (await linked.run("/now")).text
    assert {call.account for call in spotify.calls[calls:]} == {"grace"}


async def test_the_token_held_for_one_account_is_never_used_for_the_next(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.accounts["grace"].player.start(spotify.catalogue.stock[0].uri)
    for account, device in (("grace", "Grace's Phone"), ("ada", "Ada's Laptop")) * 2:
        await linked.run("/now")  # so that a token is held
        commands = [asyncio.create_task(linked.run("/now")) for _ in range(5)]
        stage.clock.advance(5 * 60)
        await stage.link("ada", account=account)
        calls = len(spotify.calls)
        assert device in (await linked.run("/now")).text
        assert spotify.calls[-1].account == account
        await asyncio.gather(*commands)
        assert {call.account for call in spotify.calls[calls:]} == {account}
