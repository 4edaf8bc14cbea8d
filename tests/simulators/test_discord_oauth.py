"""Signing in with the pretend Discord: the page, and codes for a minute and once."""

from __future__ import annotations

import pytest
from yarl import URL

from sandbox.browser import Browser
from sandbox.oauth import FORM_CONTENT_TYPE, s256_challenge
from tests.simulators.discord_oauth_site import REDIRECT_URI, OAuthSite, ParamChanges, basic_auth

VERIFIER = "v" * 43


# ---- the page


async def test_the_page_says_what_it_is_and_what_is_asked(client: OAuthSite) -> None:
    async with Browser() as browser:
        address = URL(f"{client.discord.base_url}/oauth2/authorize").with_query(
            client.authorize_params()
        )
        page = await browser.open(str(address))
    assert page.status == 200
    assert page.text.splitlines()[:4] == [
        "simulated Discord, for trying things out",
        "Tonearm wants to know who you are on Discord",
        "It asks to:",
        "Know your username and avatar",
    ]
    [form] = page.forms
    assert form.radios == [("user", name) for name in client.discord.state.users]
    assert [button.text for button in form.buttons] == ["Authorize", "Cancel"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": None}, "Unknown Application"),
        ({"client_id": "1"}, "Unknown Application"),
        ({"redirect_uri": None}, "Invalid OAuth2 redirect_uri"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "Invalid OAuth2 redirect_uri"),
        ({"redirect_uri": REDIRECT_URI + "?x=1"}, "Invalid OAuth2 redirect_uri"),
        ({"redirect_uri": REDIRECT_URI.replace("9999", "9998")}, "Invalid OAuth2 redirect_uri"),
        ({"redirect_uri": "https://evil.test/signed-in"}, "Invalid OAuth2 redirect_uri"),
    ],
)
async def test_where_it_is_not_safe_to_go_back_there_is_a_page(
    client: OAuthSite, changed: ParamChanges, said: str
) -> None:
    page = await client.authorize(**changed)
    assert page.status == 400
    assert "Location" not in page.headers
    assert said in page.json


async def test_what_is_said_twice_is_refused_on_a_page(client: OAuthSite) -> None:
    twice = [*client.authorize_params().items(), ("redirect_uri", "https://evil.test/")]
    page = await client.send("GET", f"{client.discord.base_url}/oauth2/authorize", params=twice)
    assert (page.status, "Location" in page.headers) == (400, False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "identify everything"}, "invalid_scope"),
        ({"prompt": "login"}, "invalid_request"),
        ({"code_challenge": s256_challenge(VERIFIER)}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "a" * 42, "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
async def test_other_errors_go_back_to_the_app(
    client: OAuthSite, changed: ParamChanges, error: str
) -> None:
    answer = await client.authorize(**changed)
    back = URL(answer.headers["Location"])
    assert answer.status == 302
    assert str(back.with_query(None)) == REDIRECT_URI
    assert (back.query["error"], back.query["state"]) == (error, "some state&more")


@pytest.mark.parametrize("prompt", [None, "consent", "none"])
async def test_nobody_is_signed_in_beforehand(client: OAuthSite, prompt: str | None) -> None:
    await client.press_button()
    assert (await client.authorize(prompt=prompt)).status == 200


async def test_authorizing_and_cancelling(client: OAuthSite) -> None:
    agreed, cancelled = await client.press_button(), await client.press_button("cancel")
    assert agreed.query.keys() == {"code", "state", "iss"}
    assert cancelled.query.keys() == {"error", "error_description", "state", "iss"}
    assert cancelled.query["error"] == "access_denied"
    assert {one.query["state"] for one in (agreed, cancelled)} == {"some state&more"}
    assert {one.query["iss"] for one in (agreed, cancelled)} == {client.discord.base_url}


async def test_the_form_is_answered_only_from_its_own_page(client: OAuthSite) -> None:
    url = f"{client.discord.base_url}/oauth2/authorize/answer"
    form = {"answer": "authorize", "user": "ada"}
    evil = {"Origin": "https://evil.test"}
    answer = await client.send(
        "POST", url, params=client.authorize_params(), data=form, headers=evil
    )
    assert answer.status == 403
    nobody = {"answer": "authorize", "user": "nobody"}
    assert (
        await client.send("POST", url, params=client.authorize_params(), data=nobody)
    ).status == 400


@pytest.mark.parametrize("uri", ["/back", "back", "tonearm:back", "http:///back", "http://a/#b"])
async def test_addresses_that_cannot_be_registered(client: OAuthSite, uri: str) -> None:
    with pytest.raises(ValueError, match="whole address"):
        client.discord.register_redirect_uri(uri)


# ---- codes


async def test_a_code_becomes_a_token_that_names_its_user(client: OAuthSite) -> None:
    code = (await client.press_button(user="grace")).query["code"]
    answer = await client.token(code=code)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json.keys() == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
    }
    assert (answer.json["token_type"], answer.json["scope"]) == ("Bearer", "identify")
    assert answer.json["expires_in"] == 604_800
    me = (await client.get("/users/@me", answer.json["access_token"])).json
    grace = client.discord.state.users["grace"]
    assert (me["id"], me["username"], me["global_name"]) == (grace.id, "grace", "Grace")
    assert not {"email", "verified", "bot"} & me.keys()
    about = (await client.get("/oauth2/@me", answer.json["access_token"])).json
    assert about["user"]["id"] == grace.id
    assert about["application"]["id"] == client.discord.application_id
    assert about["scopes"] == ["identify"]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_id": "1"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": "wröng"}, 401, "invalid_client"),
        ({"code": None}, 400, "invalid_request"),
        ({"code": "abc"}, 400, "invalid_grant"),
        ({"redirect_uri": None}, 400, "invalid_grant"),
        ({"redirect_uri": REDIRECT_URI + "/"}, 400, "invalid_grant"),
        ({"code_verifier": VERIFIER}, 400, "invalid_grant"),
    ],
)
async def test_bad_exchanges(
    client: OAuthSite, changed: ParamChanges, status: int, error: str
) -> None:
    answer = await client.token(**changed)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert isinstance(answer.json["error_description"], str)


@pytest.mark.parametrize(
    ("verifier", "status", "error"),
    [
        (VERIFIER, 200, None),
        ("w" * 43, 400, "invalid_grant"),
        ("v" * 42, 400, "invalid_request"),
        ("v" * 129, 400, "invalid_request"),
        ("v" * 43 + "+", 400, "invalid_request"),
        (None, 400, "invalid_request"),
    ],
)
async def test_pkce(
    client: OAuthSite, verifier: str | None, status: int, error: str | None
) -> None:
    asked = {"code_challenge": s256_challenge(VERIFIER), "code_challenge_method": "S256"}
    code = (await client.press_button(**asked)).query["code"]
    answer = await client.token(code=code, code_verifier=verifier)
    assert (answer.status, answer.json.get("error")) == (status, error)


async def test_codes_work_once_and_for_a_minute(client: OAuthSite) -> None:
    code = (await client.press_button()).query["code"]
    assert (await client.token(code=code)).status == 200
    assert (await client.token(code=code)).json["error"] == "invalid_grant"
    code = (await client.press_button()).query["code"]
    assert (await client.token(code=code, redirect_uri=REDIRECT_URI + "x")).status == 400
    assert (await client.token(code=code)).json["error"] == "invalid_grant"
    code = (await client.press_button()).query["code"]
    client.discord.clock.advance(60)
    assert (await client.token(code=code)).json["error"] == "invalid_grant"
    code = (await client.press_button()).query["code"]
    assert (await client.token(code=code, client_secret="wrong")).status == 401
    assert (await client.token(code=code)).status == 200


async def test_the_app_proves_itself_in_one_way(client: OAuthSite) -> None:
    app, secret = client.discord.application_id, client.discord.client_secret
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
    for headers, more, status in (
        (basic_auth(app, secret), {}, 200),
        (basic_auth(app, secret), {"client_id": app}, 200),
        (basic_auth(app, secret), {"client_id": "1"}, 401),
        (basic_auth(app, secret), {"client_secret": secret}, 400),
        (basic_auth(app, "wrong"), {}, 401),
        ({"Authorization": "Basic no"}, {}, 401),
        ({"Authorization": "Basic é"}, {}, 401),
        ({"Authorization": f"Bot {client.discord.token}"}, {}, 401),
    ):
        code = (await client.press_button()).query["code"]
        answer = await client.post("token", data={**form, **more, "code": code}, headers=headers)
        assert answer.status == status, (headers, more)


@pytest.mark.parametrize("path", ["token", "token/revoke"])
async def test_only_forms_are_accepted(client: OAuthSite, path: str) -> None:
    app = basic_auth(client.discord.application_id, client.discord.client_secret)
    form = {"grant_type": "authorization_code", "token": "x", "code": "x"}
    broken = app | {"Content-Type": FORM_CONTENT_TYPE}
    for more in (
        {"json": form, "headers": app},
        {"params": form, "headers": broken},
        {"data": b"token=\xff", "headers": broken},
        {"data": [*form.items(), ("token", "y")], "headers": app},
    ):
        answer = await client.post(path, **more)
        assert (answer.status, "error" in answer.json) == (400, True)
