"""The pretend accounts service: PKCE to the letter, codes once, consents for six months."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from yarl import URL

from sandbox.spotify import App
from tests.simulators.spotify_api_caller import ApiCaller, HttpResponse, api_caller

REDIRECT_URI = "http://127.0.0.1:9999/callback"
VERIFIER = "v" * 43
FORM_CONTENT_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture(name="ada")
async def _ada() -> AsyncIterator[ApiCaller]:
    async with api_caller() as ada:
        ada.spotify.register_redirect_uri(REDIRECT_URI)
        yield ada


def s256_challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def authorize_params(ada: ApiCaller, **changed: str | None) -> dict[str, str]:
    """The parameters of a good authorize address, with some changed or (None) left out."""
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
    """Where the browser is sent after the button."""
    url = f"{ada.spotify.accounts_url}/authorize/answer"
    form = {"answer": answer, "account": account}
    sent = await _plain(ada, "POST", url, params=authorize_params(ada), data=form)
    assert sent.status == 302
    return URL(sent.headers["Location"])


async def request_token(ada: ApiCaller, **changed: str | None) -> HttpResponse:
    """A token request; by default the exchange of a fresh code."""
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


async def test_the_page_says_what_it_is_and_what_is_asked(ada: ApiCaller) -> None:
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


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": None}, "INVALID_CLIENT: Invalid client"),
        ({"client_id": "0" * 32}, "INVALID_CLIENT: Invalid client"),
        ({"redirect_uri": None}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": REDIRECT_URI + "/"}, "INVALID_CLIENT: Invalid redirect URI"),
        (
            {"redirect_uri": REDIRECT_URI.replace("9999", "9998")},
            "INVALID_CLIENT: Invalid redirect",
        ),
        ({"redirect_uri": "https://evil.test/callback"}, "INVALID_CLIENT: Invalid redirect URI"),
    ],
)
async def test_where_it_is_not_safe_to_go_back_there_is_a_page(
    ada: ApiCaller, changed: dict[str, str | None], said: str
) -> None:
    page = await authorize(ada, **changed)
    assert page.status == 400
    assert "Location" not in page.headers
    assert said in page.body.decode()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
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
    ],
)
async def test_other_errors_go_back_to_the_app(
    ada: ApiCaller, changed: dict[str, str | None], error: str
) -> None:
    answer = await authorize(ada, **changed)
    back = URL(answer.headers["Location"])
    assert answer.status == 302
    assert str(back.with_query(None)) == REDIRECT_URI
    assert (back.query["error"], back.query["state"]) == (error, "some state&more")


async def test_agreeing_and_cancelling(ada: ApiCaller) -> None:
    agreed, cancelled = await press_agree(ada), await press_agree(ada, "cancel")
    assert agreed.query.keys() == {"code", "state"}
    assert dict(cancelled.query) == {"error": "access_denied", "state": "some state&more"}


async def test_the_form_is_answered_only_from_its_own_page(ada: ApiCaller) -> None:
    url = f"{ada.spotify.accounts_url}/authorize/answer"
    form = {"answer": "agree", "account": "ada"}
    evil = {"Origin": "https://evil.test"}
    answer = await _plain(ada, "POST", url, params=authorize_params(ada), data=form, headers=evil)
    assert answer.status == 403
    form = {"answer": "agree", "account": "nobody"}
    assert (await _plain(ada, "POST", url, params=authorize_params(ada), data=form)).status == 400


# ---- where an app may send people back to


@pytest.mark.parametrize(
    "uri",
    [
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
    ],
)
async def test_addresses_that_cannot_be_registered(ada: ApiCaller, uri: str) -> None:
    with pytest.raises(ValueError, match=r"redirect URI|URL|secure"):
        ada.spotify.register_redirect_uri(uri)


@pytest.mark.parametrize(
    ("registered", "given", "fits"),
    [
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
    ],
)
async def test_the_way_back_fits_to_the_letter(
    ada: ApiCaller, registered: str, given: str, fits: bool
) -> None:
    ada.spotify.register_redirect_uri(registered)
    page = await authorize(ada, redirect_uri=given)
    assert page.status == (200 if fits else 400)


# ---- codes


async def test_a_code_becomes_tokens_that_work(ada: ApiCaller) -> None:
    answer = await request_token(ada)
    assert answer.status == 200
    assert answer.json.keys() == {
        "access_token",
        "token_type",
        "scope",
        "expires_in",
        "refresh_token",
    }
    assert answer.json["expires_in"] == 3600
    assert answer.json["scope"] == "user-library-read user-top-read"
    me = await ada("GET", "me", token=answer.json["access_token"])
    assert me.json["display_name"] == "Ada"


async def test_who_is_not_on_the_list_can_log_in_and_then_nothing(ada: ApiCaller) -> None:
    code = (await press_agree(ada, account="mallory")).query["code"]
    answer = await request_token(ada, code=code)
    assert answer.status == 200
    assert (await ada("GET", "me", token=answer.json["access_token"])).status == 403


@pytest.mark.parametrize(
    ("changed", "error"),
    [
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
    ],
)
async def test_bad_exchanges(ada: ApiCaller, changed: dict[str, str | None], error: str) -> None:
    answer = await request_token(ada, **changed)
    assert (answer.status, answer.json["error"]) == (400, error)
    assert isinstance(answer.json["error_description"], str)


async def test_codes_work_once_for_ten_minutes_and_for_their_app_alone(ada: ApiCaller) -> None:
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
        answer = await _plain(ada, "POST", url, **more)
        assert answer.json["error"] == "unsupported_grant_type"
    header = {"Authorization": "Basic abc"}
    answer = await _plain(ada, "POST", url, data=form, headers=header)
    assert answer.json["error"] == "invalid_request"
    twice = [*form.items(), ("client_id", "other")]
    assert (await _plain(ada, "POST", url, data=twice)).json["error"] == "invalid_request"
    assert (await _plain(ada, "GET", url)).status == 405
