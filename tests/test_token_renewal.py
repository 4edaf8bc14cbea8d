"""Renewal of access tokens: when it happens, what it stores, and how it fails."""

from __future__ import annotations

from typing import Literal

import pytest

from sandbox.discord import UserClient
from sandbox.fault_injection import Fault
from sandbox.harness import Harness
from sandbox.spotify import Spotify
from tests.login_state_machine.renewal_helpers import count_renewals


async def test_valid_token_is_reused(spotify: Spotify, linked_user: UserClient) -> None:
    for _ in range(3):
        await linked_user.run("/now")
    assert count_renewals(spotify) == 1


async def test_expired_token_is_renewed_before_call(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/now")
    harness.clock.advance(3600)
    calls = len(spotify.calls)
    assert "Ada's Laptop" in (await linked_user.run("/devices")).text
    assert count_renewals(spotify) == 2
    assert len(spotify.calls) == calls + 1


async def test_refused_token_is_renewed_once_and_call_retried(
    spotify: Spotify, linked_user: UserClient
) -> None:
    await linked_user.run("/now")
    spotify.tokens.expire_access_tokens()
    assert "Ada's Laptop" in (await linked_user.run("/now")).text
    assert count_renewals(spotify) == 2


@pytest.mark.parametrize("refresh_token", ["none", "same", "new"])
async def test_renewed_token_survives_a_restart(
    harness: Harness,
    spotify: Spotify,
    linked_user: UserClient,
    refresh_token: Literal["none", "same", "new"],
) -> None:
    spotify.oauth.refresh_token_reply = refresh_token
    for _ in range(3):
        spotify.tokens.expire_access_tokens()
        await harness.restart()
        assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_revoked_login_asks_for_new_login(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.tokens.revoke_consents("ada")
    spotify.tokens.expire_access_tokens()
    reply = await linked_user.run("/now")
    assert "Your Spotify login has ended" in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url
    await harness.link_account("ada")
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_token_endpoint_outage_unlinks_nobody(
    spotify: Spotify, linked_user: UserClient, status: int
) -> None:
    spotify.tokens.expire_access_tokens()
    spotify.accounts_faults.add(Fault("/api/token", status=status, body='{"error":"odd"}'))
    assert "isn’t responding properly" in (await linked_user.run("/now")).text
    assert "Ada's Laptop" in (await linked_user.run("/now")).text


async def test_a_missing_scope_asks_for_a_new_login(
    harness: Harness, spotify: Spotify, linked_user: UserClient
) -> None:
    spotify.faults.add(
        Fault("/me/player", status=403, body='{"error":{"message":"Insufficient client scope"}}')
    )
    reply = await linked_user.run("/now")
    assert "doesn’t allow this" in reply.text
    assert harness.find_login_offer(await reply.press("Link Spotify")).url
