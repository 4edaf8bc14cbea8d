"""Spotify refuses the refresh tokens of many users: their logins ended, or it has an outage."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.errors.login import LoginExpired
from bot.errors.spotify import SpotifyDown
from sandbox.discord import Reply, UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from tests.login_state_machine.renewal_helpers import INVALID_GRANT, count_renewals, stored_link

USERS = ("ada", "grace", "linus", "mallory")
RETRY_INTERVAL = 60
MINUTE = 60

Users = Mapping[str, UserClient]


@pytest.fixture(name="users")
async def _users(harness: Harness) -> Users:
    """All sample users, with linked accounts."""
    spotify = harness.spotify
    spotify.apps[spotify.client_id].allowed_accounts.update(USERS)
    return {user: await harness.link_account(user) for user in USERS}


def begin_outage(harness: Harness) -> None:
    """Spotify's accounts service refuses every refresh token."""
    fault = Fault("POST /api/token", status=400, body=INVALID_GRANT, times=None)
    harness.spotify.accounts_faults.add(fault)
    harness.spotify.tokens.expire_access_tokens()


def end_outage(harness: Harness) -> None:
    harness.spotify.accounts_faults.clear()


def ended_logins(harness: Harness) -> set[str]:
    rows = {user: stored_link(harness, user) for user in USERS}
    return {user for user, row in rows.items() if row and row["ended"]}


def has_ended(reply: Reply) -> bool:
    """Whether the reply says that the login has ended."""
    return LoginExpired.message in reply.text


async def try_all(users: Users) -> dict[str, Reply]:
    return {user: await client.run("/now") for user, client in users.items()}


async def test_restored_backup_asks_everyone_for_a_new_login(
    harness: Harness, users: Users
) -> None:
    for user in USERS:
        harness.spotify.tokens.revoke_consents(user)
    first = await try_all(users)
    assert [has_ended(reply) for reply in first.values()] == [True, True, False, False]
    assert all(SpotifyDown.message in reply.text for reply in list(first.values())[2:])
    second = await try_all(users)
    assert all(has_ended(reply) for reply in second.values())
    assert ended_logins(harness) == set(USERS)
    renewals = count_renewals(harness.spotify)
    assert all(has_ended(reply) for reply in (await try_all(users)).values())
    assert count_renewals(harness.spotify) == renewals, "no further request within a minute"
    assert harness.find_login_offer(await second["linus"].press("Link Spotify")).url
    await harness.link_account("linus")
    assert "Devices" in (await users["linus"].run("/now")).text


@pytest.mark.parametrize("minutes", [3, 10, 120])
async def test_outage_ends_no_login_for_good(harness: Harness, users: Users, minutes: int) -> None:
    before = {user: stored_link(harness, user) for user in USERS}
    begin_outage(harness)
    for _ in range(min(minutes, 12)):
        await try_all(users)
        harness.clock.advance(minutes * MINUTE / min(minutes, 12))
    assert ended_logins(harness) == set(USERS)
    end_outage(harness)
    for reply in (await try_all(users)).values():
        assert "Devices" in reply.text
    assert {user: stored_link(harness, user) for user in USERS} == before


async def test_login_that_ended_during_an_outage_stays_ended(
    harness: Harness, users: Users
) -> None:
    harness.spotify.tokens.revoke_consents("grace")
    begin_outage(harness)
    await try_all(users)
    await try_all(users)
    end_outage(harness)
    harness.clock.advance(RETRY_INTERVAL)
    replies = await try_all(users)
    assert {user for user, reply in replies.items() if has_ended(reply)} == {"grace"}
    assert ended_logins(harness) == {"grace"}


async def test_renewal_that_succeeds_shows_that_there_is_no_outage(
    harness: Harness, users: Users
) -> None:
    for user in ("ada", "grace", "linus"):
        harness.spotify.tokens.revoke_consents(user)
    for user in ("ada", "grace"):
        assert has_ended(await users[user].run("/now"))
    assert "Devices" in (await users["mallory"].run("/now")).text
    assert has_ended(await users["linus"].run("/now"))


async def test_refusals_far_apart_are_no_outage(harness: Harness, users: Users) -> None:
    for user in USERS:
        harness.spotify.tokens.revoke_consents(user)
        assert has_ended(await users[user].run("/now"))
        harness.clock.advance(5 * MINUTE)
    assert ended_logins(harness) == set(USERS)
