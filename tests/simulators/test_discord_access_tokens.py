"""What the access tokens of the simulated Discord's OAuth permit, and until when."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from sandbox.discord import too_many_requests
from sandbox.fault_injection import Fault
from tests.simulators.discord_oauth_site import OAuthSite, ParamChanges, basic_auth

UNAUTHORIZED = {"message": "401: Unauthorized", "code": 0}
WEEK_SECONDS = 604_800


async def _sign_in(client: OAuthSite, user: str = "ada") -> tuple[str, str]:
    """An access token and a refresh token."""
    answer = await client.token(code=(await client.press_button(user=user)).query["code"])
    return answer.json["access_token"], answer.json["refresh_token"]


async def test_bot_token_keeps_working(client: OAuthSite) -> None:
    bot = client.discord.token
    token, _ = await _sign_in(client)
    me = (await client.get("/users/@me", bot, "Bot")).json
    assert (me["id"], me["bot"]) == (client.discord.application_id, True)
    assert (await client.get("/users/@me", token)).json["username"] == "ada"
    assert (await client.get("/oauth2/@me", bot, "Bot")).status == 401


@pytest.mark.parametrize("path", ["/users/@me", "/oauth2/@me"])
async def test_other_tokens_are_refused(client: OAuthSite, path: str) -> None:
    token, refresh_token = await _sign_in(client)
    for scheme, wrong in (
        ("Bearer", "unknown"),
        ("Bearer", ""),
        ("Bearer", refresh_token),
        ("Bearer", client.discord.token),
        ("Bot", token),
        ("Basic", token),
    ):
        answer = await client.get(path, wrong, scheme)
        assert (answer.status, answer.json) == (401, UNAUTHORIZED), (scheme, wrong)
    assert (await client.get(path, token)).status == 200


@pytest.mark.parametrize(
    "path", ["/gateway/bot", "/oauth2/applications/@me", "/applications/@me", "/guilds/1"]
)
async def test_identify_permits_nothing_else(client: OAuthSite, path: str) -> None:
    token, _ = await _sign_in(client)
    assert (await client.get(path, token)).json == UNAUTHORIZED


async def test_a_token_lasts_a_week(client: OAuthSite) -> None:
    token, _ = await _sign_in(client)
    ends = datetime.fromisoformat((await client.get("/oauth2/@me", token)).json["expires"])
    assert 0 <= client.discord.clock() + WEEK_SECONDS - ends.timestamp() < 60
    client.discord.clock.advance(WEEK_SECONDS - 60)
    assert (await client.get("/users/@me", token)).status == 200
    client.discord.clock.advance(60)
    assert (await client.get("/users/@me", token)).json == UNAUTHORIZED


@pytest.mark.parametrize("by_basic", [True, False])
@pytest.mark.parametrize("which", [0, 1])
async def test_revoking_either_token_ends_all_of_this_person(
    client: OAuthSite, which: int, by_basic: bool
) -> None:
    app = client.discord.application_id, client.discord.client_secret
    first, again, other = [await _sign_in(client, user) for user in ("ada", "ada", "grace")]
    form = {"token": first[which]}
    if not by_basic:
        form |= {"client_id": app[0], "client_secret": app[1]}
    headers = basic_auth(*app) if by_basic else {}
    answer = await client.post("token/revoke", data=form, headers=headers)
    assert (answer.status, answer.json) == (200, {})
    assert [
        (await client.get("/users/@me", tokens[0])).status for tokens in (first, again, other)
    ] == [
        401,
        401,
        200,
    ]
    # the response does not show whether a token was valid (RFC 7009, 2.2)
    assert (await client.post("token/revoke", data=form, headers=headers)).json == {}


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"token": None}, 400, "invalid_request"),
        ({"token_type_hint": "code"}, 400, "unsupported_token_type"),
    ],
)
async def test_bad_revocations(
    client: OAuthSite, changed: ParamChanges, status: int, error: str
) -> None:
    token, _ = await _sign_in(client)
    form: ParamChanges = {
        "token": token,
        "client_id": client.discord.application_id,
        "client_secret": client.discord.client_secret,
    }
    sent = {name: value for name, value in (form | changed).items() if value is not None}
    answer = await client.post("token/revoke", data=sent)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert (await client.get("/users/@me", token)).status == 200


# ---- faults and records


async def test_faults_apply_to_sign_ins(client: OAuthSite) -> None:
    faults = client.discord.faults
    faults.add(Fault("GET /oauth2/authorize", status=503))
    assert (await client.authorize()).status == 503
    faults.add(Fault("POST /api/v10/oauth2/token$", status=502, runs_first=True))
    code = (await client.press_button()).query["code"]
    assert (await client.token(code=code)).status == 502
    assert (await client.token(code=code)).json["error"] == "invalid_grant"
    token, _ = await _sign_in(client)
    faults.add(too_many_requests(1.5, "GET /api/v10/users/@me"))
    assert (await client.get("/users/@me", token)).json["retry_after"] == 1.5


async def test_a_sign_in_is_recorded(client: OAuthSite) -> None:
    await client.authorize()
    await client.get("/users/@me", (await _sign_in(client))[0])
    said = client.discord.traffic.exchanges
    assert [(exchange.method, exchange.path, exchange.status) for exchange in said] == [
        ("GET", "/oauth2/authorize", 200),
        ("POST", "/oauth2/authorize/answer", 302),
        ("POST", "/api/v10/oauth2/token", 200),
        ("GET", "/api/v10/users/@me", 200),
    ]
    assert json.loads(said[2].response_body)["token_type"] == "Bearer"


async def test_secrets_are_not_in_reprs(client: OAuthSite) -> None:
    tokens = await _sign_in(client)
    [sign_in] = client.discord.tokens.grants
    shown = f"{client.discord!r} {client.discord.tokens!r} {sign_in!r}"
    assert not [secret for secret in (*tokens, client.discord.client_secret) if secret in shown]
