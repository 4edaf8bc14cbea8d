"""What holds for every call of the client: its scope, its token, and who is refused."""

from __future__ import annotations

import pytest

from bot.errors.login import MissingScope
from bot.errors.spotify import OwnerNeedsPremium, SpotifyError, UserNotRegistered
from bot.spotify import Spotify
from sandbox.spotify import Spotify as FakeSpotify
from tests.spotify_client.client_calls import (
    ALL_CALLS,
    WRITE_CALLS,
    client_method_names,
    start_playback,
)
from tests.spotify_client.client_factory import ClientFactory

# What needs no scope. Playlists are another matter: without one, the list of them is shorter.
_PLAYLIST_LISTS = {
    "playlists.mine",
    "playlists.first_pages",
    "playlists.open",
    "playlists.open_raw",
}
CALLS_WITHOUT_SCOPE = (
    {call for call in ALL_CALLS if call.startswith("catalogue.")}
    | _PLAYLIST_LISTS
    | {"profile.me", "playlists.get"}
)


def test_every_client_method_has_a_call(spotify: Spotify) -> None:
    assert client_method_names(spotify) == ALL_CALLS.keys()


@pytest.mark.parametrize("call", ALL_CALLS)
async def test_each_call_succeeds_without_warnings(
    fake: FakeSpotify, make_client: ClientFactory, call: str
) -> None:
    start_playback(fake)
    await ALL_CALLS[call](make_client(), fake)
    assert {each.status // 100 for each in fake.calls} == {2}
    assert make_client.token_source.renewals == 0


@pytest.mark.parametrize("call", sorted(ALL_CALLS.keys() - CALLS_WITHOUT_SCOPE))
async def test_missing_scope_requires_new_login(
    fake: FakeSpotify, make_client: ClientFactory, call: str
) -> None:
    with pytest.raises(MissingScope):
        await ALL_CALLS[call](make_client(scopes=()), fake)
    assert len(fake.calls) == 1


@pytest.mark.parametrize("call", sorted(CALLS_WITHOUT_SCOPE - _PLAYLIST_LISTS - {"profile.me"}))
async def test_catalogue_needs_no_user_token(
    fake: FakeSpotify, make_client: ClientFactory, call: str
) -> None:
    await ALL_CALLS[call](make_client(account=None, scopes=()), fake)


@pytest.mark.parametrize("call", ALL_CALLS)
async def test_unregistered_user_is_refused_every_call(
    fake: FakeSpotify, make_client: ClientFactory, call: str
) -> None:
    start_playback(fake)
    for account, fault in (("mallory", UserNotRegistered), ("ada", OwnerNeedsPremium)):
        fake.apps[fake.client_id].owner_premium = account == "mallory"
        with pytest.raises(fault):
            await ALL_CALLS[call](make_client(account), fake)
    assert not any(each.executed for each in fake.calls)


@pytest.mark.parametrize("call", WRITE_CALLS)
async def test_expired_token_is_renewed_once_and_call_executed_once(
    fake: FakeSpotify, make_client: ClientFactory, call: str
) -> None:
    start_playback(fake)
    spotify = make_client()
    await spotify.profile.me()
    fake.tokens.expire_access_tokens()
    await WRITE_CALLS[call](spotify, fake)
    assert [each.executed for each in fake.calls] == [True, False, True]
    assert make_client.token_source.renewals == 1


async def test_token_still_refused_after_renewal_raises(
    fake: FakeSpotify, make_client: ClientFactory
) -> None:
    fake.oauth.access_token_lifetime = 0
    with pytest.raises(SpotifyError, match="401"):
        await make_client().profile.me()
    assert len(fake.calls) == 2
