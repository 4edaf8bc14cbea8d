"""Access tokens are renewed when they must be, once, and whatever the renewal brings is kept."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest

from sandbox.discord import Seat
from sandbox.faults import Fault
from sandbox.spotify import Spotify
from sandbox.stage import Stage


def _renewals(spotify: Spotify) -> int:
    return sum(
        b"grant_type=refresh_token" in exchange.request_body
        for exchange in spotify.accounts_recording.exchanges
    )


async def test_a_token_is_used_for_as_long_as_it_is_good(spotify: Spotify, linked: Seat) -> None:
    for _ in range(3):
        await linked.run("/now")
    assert _renewals(spotify) == 1


async def test_an_hour_later_the_token_is_renewed_before_the_call(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    await linked.run("/now")
    stage.clock.advance(3600)
    calls = len(spotify.calls)
    assert "Ada's Laptop" in (await linked.run("/devices")).text
    assert _renewals(spotify) == 2
    assert len(spotify.calls) == calls + 1


async def test_a_token_refused_early_is_renewed_once_and_the_call_repeated(
    spotify: Spotify, linked: Seat
) -> None:
    await linked.run("/now")
    spotify.expire_access_tokens()
    assert "Ada's Laptop" in (await linked.run("/now")).text
    assert _renewals(spotify) == 2


@pytest.mark.parametrize("brings", ["none", "same", "new"])
async def test_every_kind_of_renewal_is_kept_over_a_restart(
    stage: Stage, spotify: Spotify, linked: Seat, brings: Literal["none", "same", "new"]
) -> None:
    spotify.refresh_reply = brings
    for _ in range(3):
        spotify.expire_access_tokens()
        await stage.restart()
        assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_many_commands_at_once_renew_once(spotify: Spotify, linked: Seat) -> None:
    await linked.run("/now")
    spotify.expire_access_tokens()
    replies = await asyncio.gather(*(linked.run("/now") for _ in range(40)))
    assert all("Ada's Laptop" in reply.text for reply in replies)
    assert _renewals(spotify) == 2


async def test_a_link_that_spotify_ended_asks_for_a_new_login(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.end_consent("ada")
    spotify.expire_access_tokens()
    reply = await linked.run("/now")
    assert "no longer accepts your login" in reply.text
    assert stage.offer(await reply.press("Link Spotify")).url
    await stage.link("ada")
    assert "Ada's Laptop" in (await linked.run("/now")).text


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
async def test_an_outage_of_the_login_service_unlinks_nobody(
    spotify: Spotify, linked: Seat, status: int
) -> None:
    spotify.expire_access_tokens()
    spotify.accounts_faults.add(Fault("/api/token", status=status, body='{"error":"odd"}'))
    assert "not answering properly" in (await linked.run("/now")).text
    assert "Ada's Laptop" in (await linked.run("/now")).text


async def test_a_missing_scope_asks_for_a_new_login(
    stage: Stage, spotify: Spotify, linked: Seat
) -> None:
    spotify.faults.add(
        Fault("/me/player", status=403, body='{"error":{"message":"Insufficient client scope"}}')
    )
    reply = await linked.run("/now")
    assert "does not allow this" in reply.text
    assert stage.offer(await reply.press("Link Spotify")).url
