"""OAuth with the simulated Discord: the page, and codes that work once, for a minute."""

from __future__ import annotations

import pytest
from yarl import URL

from sandbox.browser import Browser
from sandbox.oauth import FORM_CONTENT_TYPE, s256_challenge
from tests.simulators.discord_oauth_site import REDIRECT_URI, OAuthSite, ParamChanges, basic_auth

VERIFIER = "v" * 43


# ---- the page


async def test_page_names_the_app_and_the_scopes(client: OAuthSite) -> None:
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


UNSAFE_REDIRECTS: list[tuple[ParamChanges, str]] = [
    ({"client_id": None}, "Unknown Application"),
    ({"client_id": "1"}, "Unknown Application"),
    ({"redirect_uri": None}, "Invalid OAuth2 redirect_uri"),
    ({"redirect_uri": REDIRECT_URI + "/"}, "Invalid OAuth2 redirect_uri"),
    ({"redirect_uri": REDIRECT_URI + "?x=1"}, "Invalid OAuth2 redirect_uri"),
    ({"redirect_uri": REDIRECT_URI.replace("9999", "9998")}, "Invalid OAuth2 redirect_uri"),
    ({"redirect_uri": "https://evil.test/signed-in"}, "Invalid OAuth2 redirect_uri"),
]


async def test_invalid_clients_and_redirects_show_an_error_page(client: OAuthSite) -> None:
    for changed, message in UNSAFE_REDIRECTS:
        page = await client.authorize(**changed)
        assert page.status == 400, changed
        assert "Location" not in page.headers, changed
        assert message in page.json, changed


async def test_repeated_parameter_shows_an_error_page(client: OAuthSite) -> None:
    repeated = [*client.authorize_params().items(), ("redirect_uri", "https://evil.test/")]
    page = await client.send("GET", f"{client.discord.base_url}/oauth2/authorize", params=repeated)
    assert (page.status, "Location" in page.headers) == (400, False)


REDIRECTED_ERRORS: list[tuple[ParamChanges, str]] = [
    ({"response_type": None}, "unsupported_response_type"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"scope": None}, "invalid_scope"),
    ({"scope": "identify everything"}, "invalid_scope"),
    ({"prompt": "login"}, "invalid_request"),
    ({"code_challenge": s256_challenge(VERIFIER)}, "invalid_request"),
    ({"code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "a" * 42, "code_challenge_method": "S256"}, "invalid_request"),
]


async def test_other_errors_redirect_to_the_app(client: OAuthSite) -> None:
    for changed, error in REDIRECTED_ERRORS:
        response = await client.authorize(**changed)
        back = URL(response.headers["Location"])
        assert response.status == 302, changed
        assert str(back.with_query(None)) == REDIRECT_URI, changed
        assert (back.query["error"], back.query["state"]) == (error, "some state&more"), changed


async def test_page_never_assumes_a_signed_in_user(client: OAuthSite) -> None:
    for prompt in (None, "consent", "none"):
        await client.press_button()
        assert (await client.authorize(prompt=prompt)).status == 200, prompt


async def test_authorizing_and_cancelling(client: OAuthSite) -> None:
    agreed, cancelled = await client.press_button(), await client.press_button("cancel")
    assert agreed.query.keys() == {"code", "state", "iss"}
    assert cancelled.query.keys() == {"error", "error_description", "state", "iss"}
    assert cancelled.query["error"] == "access_denied"
    assert {url.query["state"] for url in (agreed, cancelled)} == {"some state&more"}
    assert {url.query["iss"] for url in (agreed, cancelled)} == {client.discord.base_url}


async def test_form_is_accepted_only_from_its_own_origin(client: OAuthSite) -> None:
    url = f"{client.discord.base_url}/oauth2/authorize/answer"
    form = {"answer": "authorize", "user": "ada"}
    evil = {"Origin": "https://evil.test"}
    response = await client.send(
        "POST", url, params=client.authorize_params(), data=form, headers=evil
    )
    assert response.status == 403
    nobody = {"answer": "authorize", "user": "nobody"}
    assert (
        await client.send("POST", url, params=client.authorize_params(), data=nobody)
    ).status == 400


async def test_invalid_redirect_uris_cannot_be_registered(client: OAuthSite) -> None:
    for uri in ("/back", "back", "tonearm:back", "http:///back", "http://a/#b"):
        with pytest.raises(ValueError, match="whole address"):
            client.discord.register_redirect_uri(uri)


# ---- codes


async def test_code_is_exchanged_for_a_token_of_its_user(client: OAuthSite) -> None:
    code = (await client.press_button(user="grace")).query["code"]
    response = await client.token(code=code)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json.keys() == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "scope",
    }
    assert (response.json["token_type"], response.json["scope"]) == ("Bearer", "identify")
    assert response.json["expires_in"] == 604_800
    me = (await client.get("/users/@me", response.json["access_token"])).json
    grace = client.discord.state.users["grace"]
    assert (me["id"], me["username"], me["global_name"]) == (grace.id, "grace", "Grace")
    assert not {"email", "verified", "bot"} & me.keys()
    authorization = (await client.get("/oauth2/@me", response.json["access_token"])).json
    assert authorization["user"]["id"] == grace.id
    assert authorization["application"]["id"] == client.discord.application_id
    assert authorization["scopes"] == ["identify"]


INVALID_EXCHANGES: list[tuple[ParamChanges, int, str]] = [
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
]


async def test_invalid_exchanges_are_refused(client: OAuthSite) -> None:
    for changed, status, error in INVALID_EXCHANGES:
        response = await client.token(**changed)
        assert (response.status, response.json["error"]) == (status, error), changed
        assert isinstance(response.json["error_description"], str), changed


VERIFIERS = [
    (VERIFIER, 200, None),
    ("w" * 43, 400, "invalid_grant"),
    ("v" * 42, 400, "invalid_request"),
    ("v" * 129, 400, "invalid_request"),
    ("v" * 43 + "+", 400, "invalid_request"),
    (None, 400, "invalid_request"),
]


async def test_pkce(client: OAuthSite) -> None:
    for verifier, status, error in VERIFIERS:
        asked = {"code_challenge": s256_challenge(VERIFIER), "code_challenge_method": "S256"}
        code = (await client.press_button(**asked)).query["code"]
        response = await client.token(code=code, code_verifier=verifier)
        assert (response.status, response.json.get("error")) == (status, error), (
            verifier,
            status,
            error,
        )


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


async def test_app_authenticates_by_form_or_by_header(client: OAuthSite) -> None:
    app, secret = client.discord.application_id, client.discord.client_secret
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
    for headers, fields, status in (
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
        response = await client.post(
            "token", data={**form, **fields, "code": code}, headers=headers
        )
        assert response.status == status, (headers, fields)


async def test_only_forms_are_accepted(client: OAuthSite) -> None:
    for path in ("token", "token/revoke"):
        app = basic_auth(client.discord.application_id, client.discord.client_secret)
        form = {"grant_type": "authorization_code", "token": "x", "code": "x"}
        broken = app | {"Content-Type": FORM_CONTENT_TYPE}
        for request in (
            {"json": form, "headers": app},
            {"params": form, "headers": broken},
            {"data": b"token=\xff", "headers": broken},
            {"data": [*form.items(), ("token", "y")], "headers": app},
        ):
            response = await client.post(path, **request)
            assert (response.status, "error" in response.json) == (400, True), path
