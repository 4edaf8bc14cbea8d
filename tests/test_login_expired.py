"""Spotify refuses the refresh token of one user, who must log in again."""

from __future__ import annotations

from bot.spotify.consent_expiry import consent_expires_at
from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.renewal_helpers import (
    USERS,
    count_renewals,
    stored_link,
)


async def link_everyone(harness: Harness) -> list[UserClient]:
    return [await harness.link_account(user) for user in USERS]


def expired_users(harness: Harness) -> set[str]:
    return {user for user in USERS if (row := stored_link(harness, user)) and row["ended"]}


async def test_expired_login_keeps_account_row_and_settings(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await (await linked_user.run("/settings")).press("Turn off")
    before = stored_link(harness)
    spotify.tokens.revoke_consents("ada")
    spotify.tokens.expire_access_tokens()
    reply = await linked_user.run("/now")
    assert "Your Spotify login has ended" in reply.text
    assert before is not None
    assert stored_link(harness) == before | {"ended": 1}
    renewals = count_renewals(spotify)
    await harness.restart()
    assert "Your Spotify login has ended" in (await linked_user.run("/now")).text
    assert count_renewals(spotify) == renewals, "no further request to Spotify"
    await harness.link_account("ada")
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert "No reminders" in (await linked_user.run("/account")).text


async def test_lost_renewal_response_requires_new_login(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    """Spotify's response with the new token is lost, and the old token is invalid."""
    spotify.oauth.refresh_token_reply = "new"
    spotify.tokens.expire_access_tokens()
    spotify.accounts_faults.add(Fault("POST /api/token", action="reset", runs_first=True))
    assert "isn’t responding properly" in (await linked_user.run("/now")).text
    assert expired_users(harness) == set()
    assert "Your Spotify login has ended" in (await linked_user.run("/now")).text
    assert expired_users(harness) == {"ada"}


async def test_logins_expiring_on_schedule_are_not_an_outage(harness: Harness) -> None:
    users = await link_everyone(harness)
    harness.clock.advance(consent_expires_at(harness.clock()) - harness.clock())
    for user in users:
        assert "login has ended" in (await user.run("/now")).text
    assert expired_users(harness) == set(USERS)
