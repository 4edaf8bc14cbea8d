"""OAuth with the simulated Spotify: the page, PKCE, and codes that work once."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from yarl import URL

from sandbox.spotify import App
from sandbox.spotify.redirect_uris import redirect_uri_matches, validate_redirect_uri
from tests.simulators.spotify.api_caller import ApiCaller, HttpResponse

REDIRECT_URI = "http://127.0.0.1:9999/callback"
VERIFIER = "v" * 43

ParamChanges = dict[str, str | None]
FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture(name="ada")
def _ada(ada: ApiCaller) -> ApiCaller:
    ada.spotify.register_redirect_uri(REDIRECT_URI)
    return ada


def s256_challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize_params(ada: ApiCaller, **changed: str | None) -> dict[str, str]:
    """The parameters of a valid authorization URL, some of them changed or (None) left out."""
    params: dict[str, str | None] = {
        "client_id": ada.spotify.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "state": "some state&more",
        "scope": "user-library-read user-top-read",
        "code_challenge_method": "S256",
        "code_challenge": s256_challenge(VERIFIER),
    }
    return {name: value for name, value in (params | changed).items() if value is not None}


async def authorize(ada: ApiCaller, **changed: str | None) -> HttpResponse:
    url = f"{ada.spotify.accounts_url}/authorize"
    return await _plain(ada, "GET", url, params=authorize_params(ada, **changed))


async def press_agree(ada: ApiCaller, answer: str = "agree", account: str = "ada") -> URL:
    """The URL to which the form redirects the browser."""
    url = f"{ada.spotify.accounts_url}/authorize/answer"
    form = {"answer": answer, "account": account}
    sent = await _plain(ada, "POST", url, params=authorize_params(ada), data=form)
    assert sent.status == 302
    return URL(sent.headers["Location"])


async def request_token(ada: ApiCaller, **changed: str | None) -> HttpResponse:
    """A token request; by default the exchange of a new code."""
    form: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT_URI,
        "client_id": ada.spotify.client_id,
        "code_verifier": VERIFIER,
    }
    if "code" not in changed:
        form["code"] = (await press_agree(ada)).query["code"]
    sent = {name: value for name, value in (form | changed).items() if value is not None}
    return await _plain(ada, "POST", f"{ada.spotify.accounts_url}/api/token", data=sent)


async def refresh_token(ada: ApiCaller, refresh_token: str, **changed: str) -> HttpResponse:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": ada.spotify.client_id,
    }
    return await _plain(ada, "POST", f"{ada.spotify.accounts_url}/api/token", data=form | changed)


async def _plain(ada: ApiCaller, method: str, url: str, **more: Any) -> HttpResponse:
    async with ada.http.request(method, url, allow_redirects=False, **more) as response:
        return HttpResponse(response.status, response.headers.copy(), await response.read())


# ---- the page


async def test_page_names_the_app_and_the_scopes(ada: ApiCaller) -> None:
    page = await authorize(ada)
    text = page.body.decode()
    assert page.status == 200
    assert "simulated Spotify" in text
    assert "Tonearm" in text
    assert "See your liked songs" in text
    assert "See your private playlists" not in text
    assert all(f'value="{name}"' in text for name in ada.spotify.accounts)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:9999;" in policy


UNSAFE_REDIRECTS: list[tuple[ParamChanges, str]] = [
    ({"client_id": None}, "INVALID_CLIENT: Invalid client"),
    ({"client_id": "0" * 32}, "INVALID_CLIENT: Invalid client"),
    ({"redirect_uri": None}, "INVALID_CLIENT: Invalid redirect URI"),
    ({"redirect_uri": REDIRECT_URI + "/"}, "INVALID_CLIENT: Invalid redirect URI"),
    (
        {"redirect_uri": REDIRECT_URI.replace("9999", "9998")},
        "INVALID_CLIENT: Invalid redirect",
    ),
    ({"redirect_uri": "https://evil.test/callback"}, "INVALID_CLIENT: Invalid redirect URI"),
]


async def test_invalid_clients_and_redirects_show_an_error_page(ada: ApiCaller) -> None:
    for changed, message in UNSAFE_REDIRECTS:
        page = await authorize(ada, **changed)
        assert page.status == 400, changed
        assert "Location" not in page.headers, changed
        assert message in page.body.decode(), changed


REDIRECTED_ERRORS: list[tuple[ParamChanges, str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": "a" * 42}, "invalid_request"),
    ({"code_challenge": "a" * 43 + "="}, "invalid_request"),
    ({"code_challenge": "+" * 43}, "invalid_request"),
    ({"scope": "user-library-read everything"}, "invalid_scope"),
    ({"show_dialog": "yes"}, "invalid_request"),
]


async def test_other_errors_redirect_to_the_app(ada: ApiCaller) -> None:
    for changed, error in REDIRECTED_ERRORS:
        response = await authorize(ada, **changed)
        back = URL(response.headers["Location"])
        assert response.status == 302, changed
        assert str(back.with_query(None)) == REDIRECT_URI, changed
        assert (back.query["error"], back.query["state"]) == (error, "some state&more"), changed


async def test_agreeing_and_cancelling(ada: ApiCaller) -> None:
    agreed, cancelled = await press_agree(ada), await press_agree(ada, "cancel")
    assert agreed.query.keys() == {"code", "state"}
    assert dict(cancelled.query) == {"error": "access_denied", "state": "some state&more"}


async def test_form_is_accepted_only_from_its_own_origin(ada: ApiCaller) -> None:
    url = f"{ada.spotify.accounts_url}/authorize/answer"
    form = {"answer": "agree", "account": "ada"}
    evil = {"Origin": "https://evil.test"}
    response = await _plain(ada, "POST", url, params=authorize_params(ada), data=form, headers=evil)
    assert response.status == 403
    form = {"answer": "agree", "account": "nobody"}
    assert (await _plain(ada, "POST", url, params=authorize_params(ada), data=form)).status == 400


# ---- redirect URIs


INVALID_REDIRECT_URIS = [
    "http://localhost:8080/callback",
    "https://localhost/callback",
    "http://example.test/callback",
    "http://127.0.0.2/callback",
    "http://0.0.0.0/callback",
    "https://example.test/callback#top",
    "https://me@example.test/",
    "https://*.example.test/",
    "/callback",
    "callback",
]


def test_invalid_redirect_uris_cannot_be_registered() -> None:
    for uri in INVALID_REDIRECT_URIS:
        try:
            validate_redirect_uri(uri)
        except ValueError:
            continue
        pytest.fail(f"{uri} is accepted")


REDIRECT_MATCHES = [
    ("http://127.0.0.1/callback", "http://127.0.0.1:5000/callback", True),
    ("http://[::1]/callback", "http://[::1]:5000/callback", True),
    ("http://127.0.0.1/callback", "http://127.0.0.1/callback", True),
    ("http://127.0.0.1/callback", "http://127.0.0.1:5000/other", False),
    ("http://127.0.0.1/callback", "http://[::1]:5000/callback", False),
    ("http://127.0.0.1:80/callback", "http://127.0.0.1:5000/callback", False),
    ("http://127.0.0.1:80/callback", "http://127.0.0.1/callback", False),
    ("https://example.test/callback", "https://example.test:444/callback", False),
    ("https://example.test/callback", "https://example.test/callback?x=1", False),
    ("https://example.test/callback", "https://EXAMPLE.test/callback", False),
]


def test_redirect_uri_must_match_exactly() -> None:
    for registered, given, matches in REDIRECT_MATCHES:
        assert redirect_uri_matches(registered, given) is matches, (registered, given)


# ---- codes


async def test_code_is_exchanged_for_tokens_that_work(ada: ApiCaller) -> None:
    response = await request_token(ada)
    assert response.status == 200
    assert response.json.keys() == {
        "access_token",
        "token_type",
        "scope",
        "expires_in",
        "refresh_token",
    }
    assert response.json["expires_in"] == 3600
    assert response.json["scope"] == "user-library-read user-top-read"
    me = await ada("GET", "me", token=response.json["access_token"])
    assert me.json["display_name"] == "Ada"


async def test_unregistered_user_can_log_in_but_not_call_the_api(ada: ApiCaller) -> None:
    code = (await press_agree(ada, account="mallory")).query["code"]
    response = await request_token(ada, code=code)
    assert response.status == 200
    assert (await ada("GET", "me", token=response.json["access_token"])).status == 403


INVALID_EXCHANGES: list[tuple[ParamChanges, str]] = [
    ({"grant_type": None}, "unsupported_grant_type"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"client_id": None}, "invalid_client"),
    ({"client_id": "0" * 32}, "invalid_client"),
    ({"code": None}, "invalid_grant"),
    ({"code": "abc"}, "invalid_grant"),
    ({"redirect_uri": None}, "invalid_grant"),
    ({"redirect_uri": REDIRECT_URI + "/"}, "invalid_grant"),
    ({"code_verifier": None}, "invalid_request"),
    ({"code_verifier": "v" * 42}, "invalid_request"),
    ({"code_verifier": "v" * 129}, "invalid_request"),
    ({"code_verifier": "v" * 43 + "+"}, "invalid_request"),
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"client_secret": "s"}, "invalid_request"),
]


async def test_invalid_exchanges_are_refused(ada: ApiCaller) -> None:
    for changed, error in INVALID_EXCHANGES:
        response = await request_token(ada, **changed)
        assert (response.status, response.json["error"]) == (400, error), changed
        assert isinstance(response.json["error_description"], str), changed


async def test_codes_work_once_for_ten_minutes_and_for_one_app(ada: ApiCaller) -> None:
    code = (await press_agree(ada)).query["code"]
    assert (await request_token(ada, code=code)).status == 200
    assert (await request_token(ada, code=code)).json["error"] == "invalid_grant"
    code = (await press_agree(ada)).query["code"]
    ada.spotify.clock.advance(600)
    assert (await request_token(ada, code=code)).json[
        "error_description"
    ] == "Authorization code expired"
    ada.spotify.apps["other"] = App("other", [REDIRECT_URI], {"ada"})
    code = (await press_agree(ada)).query["code"]
    assert (await request_token(ada, code=code, client_id="other")).json["error"] == "invalid_grant"


async def test_token_requests_are_forms_without_authorization(ada: ApiCaller) -> None:
    url = f"{ada.spotify.accounts_url}/api/token"
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": ada.spotify.client_id}
    for more in ({"json": form}, {"params": form, "headers": {"Content-Type": FORM_CONTENT_TYPE}}):
        response = await _plain(ada, "POST", url, **more)
        assert response.json["error"] == "unsupported_grant_type"
    header = {"Authorization": "Basic abc"}
    response = await _plain(ada, "POST", url, data=form, headers=header)
    assert response.json["error"] == "invalid_request"
    repeated = [*form.items(), ("client_id", "other")]
    assert (await _plain(ada, "POST", url, data=repeated)).json["error"] == "invalid_request"
    assert (await _plain(ada, "GET", url)).status == 405
