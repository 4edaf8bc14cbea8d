"""What holds for every call of the client alike: its scope, its token, and who may not come in."""

from __future__ import annotations

import pytest

from bot.errors import MissingScope, NotAllowListed, OwnerNeedsPremium, SpotifyFault
from bot.spotify import Spotify
from sandbox.spotify import Spotify as Pretend

from .calls import CALLS, WRITES, methods, play
from .clients import Clients

# What needs no scope. Playlists are another matter: without one, the list of them is shorter.
_LISTS = {"playlists.mine", "playlists.first"}
OPEN = {call for call in CALLS if call.startswith("catalogue.")} | _LISTS | {"profile.me"}


def test_every_method_is_among_the_calls(spotify: Spotify) -> None:
    assert methods(spotify) == CALLS.keys()


@pytest.mark.parametrize("call", CALLS)
async def test_each_is_done_without_a_word(pretend: Pretend, client: Clients, call: str) -> None:
    play(pretend)
    await CALLS[call](client(), pretend)
    assert {one.status // 100 for one in pretend.calls} == {2}
    assert client.tokens.renewals == 0


@pytest.mark.parametrize("call", sorted(CALLS.keys() - OPEN))
async def test_without_its_scope_a_new_login_is_asked_for(
    pretend: Pretend, client: Clients, call: str
) -> None:
    with pytest.raises(MissingScope):
        await CALLS[call](client(scopes=()), pretend)
    assert len(pretend.calls) == 1


@pytest.mark.parametrize("call", sorted(OPEN - _LISTS - {"profile.me"}))
async def test_the_catalogue_needs_no_user(pretend: Pretend, client: Clients, call: str) -> None:
    await CALLS[call](client(account=None, scopes=()), pretend)


@pytest.mark.parametrize("call", CALLS)
async def test_who_may_not_use_the_app_is_refused_everything(
    pretend: Pretend, client: Clients, call: str
) -> None:
    play(pretend)
    for account, fault in (("mallory", NotAllowListed), ("ada", OwnerNeedsPremium)):
        pretend.apps[pretend.client_id].owner_premium = account == "mallory"
        with pytest.raises(fault):
            await CALLS[call](client(account), pretend)
    assert not any(one.executed for one in pretend.calls)


@pytest.mark.parametrize("call", WRITES)
async def test_an_expired_token_is_renewed_once_and_the_call_done_once(
    pretend: Pretend, client: Clients, call: str
) -> None:
    play(pretend)
    spotify = client()
    await spotify.profile.me()
    pretend.expire_access_tokens()
    await WRITES[call](spotify, pretend)
    assert [one.executed for one in pretend.calls] == [True, False, True]
    assert client.tokens.renewals == 1


async def test_a_token_that_no_renewal_helps_is_given_up(pretend: Pretend, client: Clients) -> None:
    pretend.access_token_lifetime = 0
    with pytest.raises(SpotifyFault, match="401"):
        await client().profile.me()
    assert len(pretend.calls) == 2
