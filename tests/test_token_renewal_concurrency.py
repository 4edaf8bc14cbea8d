"""Concurrent renewals: one at a time, never cancelled, and superseded by unlinks and logins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from bot.errors.login import NotLinked
from sandbox.discord import UserClient
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from sandbox.spotify.oauth import RefreshTokenReply
from tests.login_state_machine.held_responses import (
    HeldAccountLookups,
    HeldRefreshTokens,
    HeldVersionChecks,
)
from tests.login_state_machine.renewal_helpers import (
    bot_sessions,
    count_renewals,
    delayed_lookup,
    delayed_renewal,
    discord_id,
    fetch_player,
    sessions_with_table,
    stored_link,
)

# ---- one renewal


async def test_fifty_concurrent_commands_renew_once(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """After Spotify refused the token, and after its hour."""
    cases: tuple[tuple[RefreshTokenReply, Callable[[], None]], ...] = (
        ("none", spotify.tokens.expire_access_tokens),
        ("new", partial(harness.clock.advance, 3600)),
    )
    for number, (refresh_token, expire) in enumerate(cases, 1):
        spotify.oauth.refresh_token_reply = refresh_token
        expire()
        replies = await asyncio.gather(*(linked_user.run("/now") for _ in range(50)))
        assert all("Ada's Laptop" in reply.text for reply in replies)
        assert count_renewals(spotify) == number


async def test_late_command_does_not_use_old_token(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """While it reads the account, another command renews it, and the old token expires."""
    spotify.oauth.refresh_token_reply = "new"
    harness.clock.advance(3600)
    async with sessions_with_table(harness, HeldAccountLookups) as (sessions, table):
        first, second = [await sessions.session(discord_id(harness)) for _ in range(2)]
        async with delayed_lookup(table) as hold:
            late = asyncio.create_task(first.player.state())
            await hold.response_ready.wait()
            await second.player.devices()
        await late
    assert count_renewals(spotify) == 1


async def test_command_that_reads_a_row_just_renewed_uses_its_token(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.oauth.refresh_token_reply = "new"
    async with sessions_with_table(harness, HeldRefreshTokens) as (sessions, table):
        first, second = [await sessions.session(discord_id(harness)) for _ in range(2)]
        async with delayed_lookup(table) as hold:
            renewing = asyncio.create_task(first.player.state())
            await hold.response_ready.wait()
            late = asyncio.create_task(second.player.devices())
            await asyncio.wait([late], timeout=0.1)
            assert not late.done()
        await asyncio.gather(renewing, late)
    assert count_renewals(spotify) == 1


async def test_cancelled_command_does_not_cancel_renewal(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.oauth.refresh_token_reply = "new"
    before = stored_link(harness)
    async with delayed_renewal(harness) as hold:
        first = asyncio.create_task(fetch_player(harness))
        await hold.response_ready.wait()
        second = asyncio.create_task(linked_user.run("/now"))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    assert "Ada's Laptop" in (await second).text
    assert count_renewals(spotify) == 1
    assert stored_link(harness) != before
    await harness.restart()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_renewal_without_waiters_is_stored(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.oauth.refresh_token_reply = "new"
    async with delayed_renewal(harness) as hold:
        command = asyncio.create_task(fetch_player(harness))
        await hold.response_ready.wait()
        command.cancel()
        await asyncio.wait([command])
    await harness.stop()  # right after the response is released
    await harness.start()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_shutdown_waits_for_running_renewal(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.oauth.refresh_token_reply = "new"
    before = stored_link(harness)
    async with delayed_renewal(harness) as hold:
        command = asyncio.create_task(fetch_player(harness))
        await hold.response_ready.wait()
        command.cancel()
        stopping = asyncio.create_task(harness.stop())
        await asyncio.wait([stopping], timeout=0.1)
        assert not stopping.done()
        assert stored_link(harness) == before
    await stopping
    assert stored_link(harness) != before
    await harness.start()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert count_renewals(spotify) == 2


async def test_shutdown_waits_for_renewal_started_meanwhile(harness: Harness) -> None:
    for user in ("ada", "grace"):
        await harness.link_account(user)
    harness.spotify.oauth.refresh_token_reply = "new"
    before = stored_link(harness, "grace")
    async with delayed_renewal(harness) as first:
        commands = [asyncio.create_task(fetch_player(harness, "ada"))]
        await first.response_ready.wait()
        stopping = asyncio.create_task(harness.stop())
        await asyncio.wait([stopping], timeout=0.1)
        async with delayed_renewal(harness) as second:
            commands.append(asyncio.create_task(fetch_player(harness, "grace")))
            await second.response_ready.wait()
            first.released.set()
            await asyncio.wait([stopping], timeout=0.1)
            assert not stopping.done()
    await stopping
    await asyncio.wait(commands)
    assert stored_link(harness, "grace") != before


# ---- an unlink or a login during a renewal


@pytest.mark.parametrize("refresh_token", ["none", "new"])
async def test_unlink_wins_over_running_renewal(
    harness: Harness, spotify: Spotify, linked_user: UserClient, refresh_token: RefreshTokenReply
) -> None:
    spotify.oauth.refresh_token_reply = refresh_token
    async with delayed_renewal(harness) as hold:
        command = asyncio.create_task(linked_user.run("/now"))
        await hold.response_ready.wait()
        calls = len(spotify.calls)
        question = await linked_user.run("/unlink")
        assert "stored about you is gone" in (await question.press("Unlink and erase")).text
    assert "haven’t linked" in (await command).text
    assert len(spotify.calls) == calls
    assert stored_link(harness) is None
    assert not bot_sessions(harness)._access_tokens._tokens
    assert "haven’t linked" in (await linked_user.run("/now")).text


async def test_unlink_at_end_of_renewal_leaves_no_token(
    harness: Harness, linked_user: UserClient
) -> None:
    async with sessions_with_table(harness, HeldVersionChecks) as (sessions, table):
        session = await sessions.session(discord_id(harness))
        async with delayed_renewal(harness) as renewed:
            command = asyncio.create_task(session.player.state())
            await renewed.response_ready.wait()
            async with delayed_lookup(table) as hold:
                renewed.released.set()
                await hold.response_ready.wait()
                assert await sessions.unlink(discord_id(harness))
        with pytest.raises(NotLinked):
            await command
        assert not sessions._access_tokens._tokens


@pytest.mark.parametrize("refresh_token", ["none", "new"])
async def test_new_login_wins_over_running_renewal(
    harness: Harness, spotify: Spotify, linked_user: UserClient, refresh_token: RefreshTokenReply
) -> None:
    spotify.oauth.refresh_token_reply = refresh_token
    spotify.accounts["grace"].player.play(spotify.catalogue.regular_tracks[0].uri)
    async with delayed_renewal(harness) as hold:
        command = asyncio.create_task(linked_user.run("/now"))
        await hold.response_ready.wait()
        calls = len(spotify.calls)
        await harness.link_account("ada", account="grace")
    assert "Laptop" not in (await command).text
    assert "Grace's Phone" in (await linked_user.run("/now")).text
    await harness.restart()
    assert "Grace's Phone" in (await linked_user.run("/now")).text
    assert {call.account for call in spotify.calls[calls:]} == {"grace"}


async def test_cached_token_is_not_used_for_next_account(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.accounts["grace"].player.play(spotify.catalogue.regular_tracks[0].uri)
    for account, device in (("grace", "Grace's Phone"), ("ada", "Ada's Laptop")) * 2:
        await linked_user.run("/now")  # so that a token is cached
        commands = [asyncio.create_task(linked_user.run("/now")) for _ in range(5)]
        harness.clock.advance(5 * 60)
        await harness.link_in_browser("ada", account=account)
        calls = len(spotify.calls)
        assert device in (await linked_user.run("/now")).text
        assert spotify.calls[-1].account == account
        await asyncio.gather(*commands)
        assert {call.account for call in spotify.calls[calls:]} == {account}
