"""A refused token is renewed once, and a spurious refusal is retried once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors.login import NotLinked
from bot.errors.spotify import AccessTokenRefused, SpuriousPremiumRequired
from bot.spotify import Spotify, Transport
from sandbox.spotify import Player
from sandbox.spotify import Spotify as FakeSpotify
from sandbox.spotify.error_responses import SPURIOUS_ERRORS, TOKEN_EXPIRED
from tests.spotify_client.client_factory import ClientFactory
from tests.spotify_client.network import FixedRandom
from tests.spotify_client.write_cases import ANY_WRITE_CALL, track_uri

TOKEN_GLITCH, PREMIUM_GLITCH = SPURIOUS_ERRORS


async def test_spurious_401_is_retried_once_after_renewal(
    fake: FakeSpotify, make_client: ClientFactory, player: Player
) -> None:
    spotify = make_client(within=8)
    await spotify.profile.me()
    fake.tokens.expire_access_tokens()
    await spotify.player.add_to_queue(track_uri(fake))
    assert make_client.token_source.refused == make_client.token_source.issued[:1]
    assert [call.status for call in fake.calls[:2]] == [200, 401]
    assert (len(fake.calls), len(player.queue)) == (3, 1)


async def test_repeated_401_renews_once(fake: FakeSpotify, make_client: ClientFactory) -> None:
    fake.faults.add(TOKEN_EXPIRED.as_fault(times=None))
    with pytest.raises(AccessTokenRefused):
        await make_client().profile.me()
    assert (make_client.token_source.renewals, len(fake.calls)) == (1, 2)


@pytest.mark.parametrize("glitch", SPURIOUS_ERRORS, ids=lambda glitch: glitch.message)
async def test_spurious_refusal_is_retried_once(
    fake: FakeSpotify, make_client: ClientFactory, player: Player, glitch: Any
) -> None:
    dice = FixedRandom()
    fake.faults.add(glitch.as_fault())
    await make_client(within=8, rng=dice).player.add_to_queue(track_uri(fake))
    assert (make_client.token_source.renewals, len(fake.calls), len(player.queue)) == (0, 2, 1)
    assert dice.bounds == [(0, 0.4)]


@pytest.mark.parametrize(
    ("glitch", "fault", "calls", "renewals"),
    [(TOKEN_GLITCH, AccessTokenRefused, 3, 1), (PREMIUM_GLITCH, SpuriousPremiumRequired, 2, 0)],
)
async def test_persistent_refusal_raises(
    fake: FakeSpotify,
    make_client: ClientFactory,
    glitch: Any,
    fault: Any,
    calls: int,
    renewals: int,
) -> None:
    fake.faults.add(glitch.as_fault(times=None))
    with pytest.raises(fault):
        await make_client(rng=FixedRandom()).player.add_to_queue(track_uri(fake))
    assert (len(fake.calls), make_client.token_source.renewals) == (calls, renewals)


async def test_one_call_survives_every_spurious_refusal(
    fake: FakeSpotify, make_client: ClientFactory, player: Player
) -> None:
    for refusal in (TOKEN_GLITCH, TOKEN_EXPIRED, PREMIUM_GLITCH):
        fake.faults.add(refusal.as_fault(ANY_WRITE_CALL))
    await make_client(rng=FixedRandom()).player.add_to_queue(track_uri(fake))
    assert [call.status for call in fake.calls[:-1]] == [401, 401, 403]
    assert (make_client.token_source.renewals, len(player.queue)) == (1, 1)


async def test_no_request_without_token(fake: FakeSpotify, http: Any) -> None:
    async def none(refused: str | None) -> str:
        raise NotLinked

    spotify = Spotify(Transport(http, fake.api_url), none)
    for call in (spotify.profile.me(), spotify.player.next()):
        with pytest.raises(NotLinked):
            await call
    assert fake.calls == []
