"""The simulated accounts service after a login: token renewal, and tokens without a user."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest

from sandbox.spotify.oauth import RefreshTokenReply
from tests.simulators.spotify.api_caller import ApiCaller
from tests.simulators.spotify.test_oauth import REDIRECT_URI, refresh_token, request_token

DAY = 86_400


@pytest.fixture(name="ada")
def _ada(ada: ApiCaller) -> ApiCaller:
    ada.spotify.register_redirect_uri(REDIRECT_URI)
    return ada


@pytest.mark.parametrize("mode", ["none", "empty", "same", "new"])
async def test_response_to_a_refresh(ada: ApiCaller, mode: RefreshTokenReply) -> None:
    first: str = (await request_token(ada)).json["refresh_token"]
    ada.spotify.oauth.refresh_token_reply = mode
    answer = await refresh_token(ada, first)
    assert answer.status == 200
    assert (await ada("GET", "me", token=answer.json["access_token"])).status == 200
    brought = answer.json.get("refresh_token")
    expected = {"none": None, "empty": "", "same": first}
    assert brought == expected[mode] if mode in expected else brought not in (None, "", first)
    again = await refresh_token(ada, first)
    assert (again.status == 200) == (mode != "new")
    if mode == "new":
        assert again.json["error"] == "invalid_grant"
        assert (await refresh_token(ada, brought)).status == 200


async def test_a_consent_ends_six_months_after_it_was_given(ada: ApiCaller) -> None:
    given = datetime.fromtimestamp(ada.spotify.clock(), UTC)
    first: str = (await request_token(ada)).json["refresh_token"]
    ada.spotify.oauth.refresh_token_reply = "new"
    ada.spotify.clock.advance(180 * DAY)
    second = (await refresh_token(ada, first)).json["refresh_token"]
    ada.spotify.clock.advance(5 * DAY)
    ended = await refresh_token(ada, second)
    assert ended.json == {"error": "invalid_grant", "error_description": "Refresh token expired"}
    [consent] = [ada.spotify.state.tokens.find_consent(second)]
    assert consent is not None
    ends = datetime.fromtimestamp(consent.expires_at, UTC)
    assert (ends.year * 12 + ends.month) - (given.year * 12 + given.month) == 6


async def test_a_consent_can_be_withdrawn(ada: ApiCaller) -> None:
    answer = (await request_token(ada)).json
    ada.spotify.tokens.revoke_consents("ada")
    assert (await refresh_token(ada, answer["refresh_token"])).json["error"] == "invalid_grant"
    assert (await ada("GET", "me", token=answer["access_token"])).status == 200
    ada.spotify.tokens.expire_access_tokens()
    assert (await ada("GET", "me", token=answer["access_token"])).status == 401
    assert (await request_token(ada)).status == 200


async def test_bad_refreshes(ada: ApiCaller) -> None:
    good = (await request_token(ada)).json["refresh_token"]
    assert (await refresh_token(ada, "abc")).json["error"] == "invalid_grant"
    assert (await refresh_token(ada, "")).json["error"] == "invalid_request"
    assert (await refresh_token(ada, good, client_id="0" * 32)).json["error"] == "invalid_client"
    assert (await refresh_token(ada, good, client_secret="s")).json["error"] == "invalid_request"
    assert (await refresh_token(ada, good)).status == 200


async def test_access_tokens_expire_as_stated(ada: ApiCaller) -> None:
    ada.spotify.oauth.access_token_lifetime = 60
    answer = (await request_token(ada)).json
    assert answer["expires_in"] == 60
    ada.spotify.clock.advance(60)
    assert (await ada("GET", "me", token=answer["access_token"])).status == 401


@pytest.mark.parametrize(
    ("client_id", "secret", "status"),
    [("{own}", "{own}", 200), ("{own}", "wrong", 400), ("other", "{own}", 400)],
)
async def test_an_app_with_its_secret_gets_a_token_of_its_own(
    ada: ApiCaller, client_id: str, secret: str, status: int
) -> None:
    auth = aiohttp.encode_basic_auth(
        client_id.format(own=ada.spotify.client_id), secret.format(own=ada.spotify.client_secret)
    )
    url, form = f"{ada.spotify.accounts_url}/api/token", {"grant_type": "client_credentials"}
    async with ada.http.post(url, data=form, headers={"Authorization": auth}) as response:
        answer = await response.json()
    assert response.status == status
    if status == 200:
        assert "refresh_token" not in answer
        path = "search?q=lantern&type=track"
        assert (await ada("GET", path, token=answer["access_token"])).status == 200
    else:
        assert answer["error"] == "invalid_client"


async def test_an_app_without_a_secret_gets_none(ada: ApiCaller) -> None:
    ada.spotify.apps[ada.spotify.client_id].client_secret = ""
    url, form = f"{ada.spotify.accounts_url}/api/token", {"grant_type": "client_credentials"}
    for auth in ("", "Basic !", "Bearer abc", aiohttp.encode_basic_auth(ada.spotify.client_id, "")):
        async with ada.http.post(url, data=form, headers={"Authorization": auth}) as response:
            assert (await response.json())["error"] == "invalid_client"
