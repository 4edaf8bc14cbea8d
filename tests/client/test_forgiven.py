"""A refused token is renewed once; what Spotify says by mistake is asked once more."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import AccessTokenRefused, NotLinked, PremiumRequired
from bot.spotify import Spotify, Transport
from sandbox.spotify import Player
from sandbox.spotify import Spotify as Pretend
from sandbox.spotify.refusals import GLITCHES, TOKEN_EXPIRED

from .clients import Clients
from .wire import Dice
from .writes import WRITES, song

TOKEN_GLITCH, PREMIUM_GLITCH = GLITCHES


async def test_one_renewal_and_one_try_with_it(
    pretend: Pretend, client: Clients, player: Player
) -> None:
    spotify = client(within=8)
    await spotify.profile.me()
    pretend.expire_access_tokens()
    await spotify.player.queue(song(pretend))
    assert client.tokens.refused == client.tokens.given[:1]
    assert [call.status for call in pretend.calls[:2]] == [200, 401]
    assert (len(pretend.calls), len(player.queue)) == (3, 1)


async def test_endless_refusals_end_after_one_renewal(pretend: Pretend, client: Clients) -> None:
    pretend.faults.add(TOKEN_EXPIRED.fault(times=None))
    with pytest.raises(AccessTokenRefused):
        await client().profile.me()
    assert (client.tokens.renewals, len(pretend.calls)) == (1, 2)


@pytest.mark.parametrize("glitch", GLITCHES, ids=lambda glitch: glitch.message)
async def test_a_glitch_is_tried_once_more(
    pretend: Pretend, client: Clients, player: Player, glitch: Any
) -> None:
    dice = Dice()
    pretend.faults.add(glitch.fault())
    await client(within=8, chance=dice).player.queue(song(pretend))
    assert (client.tokens.renewals, len(pretend.calls), len(player.queue)) == (0, 2, 1)
    assert dice.bounds == [(0, 0.4)]


@pytest.mark.parametrize(
    ("glitch", "fault", "calls", "renewals"),
    [(TOKEN_GLITCH, AccessTokenRefused, 3, 1), (PREMIUM_GLITCH, PremiumRequired, 2, 0)],
)
async def test_what_stays_is_no_glitch(
    pretend: Pretend, client: Clients, glitch: Any, fault: Any, calls: int, renewals: int
) -> None:
    pretend.faults.add(glitch.fault(times=None))
    with pytest.raises(fault):
        await client(chance=Dice()).player.queue(song(pretend))
    assert (len(pretend.calls), client.tokens.renewals) == (calls, renewals)


async def test_all_that_is_forgiven_may_come_in_one_call(
    pretend: Pretend, client: Clients, player: Player
) -> None:
    for refusal in (TOKEN_GLITCH, TOKEN_EXPIRED, PREMIUM_GLITCH):
        pretend.faults.add(refusal.fault(WRITES))
    await client(chance=Dice()).player.queue(song(pretend))
    assert [call.status for call in pretend.calls[:-1]] == [401, 401, 403]
    assert (client.tokens.renewals, len(player.queue)) == (1, 1)


async def test_without_a_token_nothing_is_asked(pretend: Pretend, http: Any) -> None:
    async def none(refused: str | None) -> str:
        raise NotLinked

    spotify = Spotify(Transport(http, pretend.api_url), none)
    for call in (spotify.profile.me(), spotify.player.next()):
        with pytest.raises(NotLinked):
            await call
    assert pretend.calls == []
