"""Invalid nonces, states, cookies and codes: each is rejected and does not affect the login."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from yarl import URL

from sandbox.harness import find_confirmation_code
from tests.login_client import (
    LINK_UNKNOWN,
    LINK_USED,
    LOGIN_EXPIRED,
    LOGIN_REPLACED,
    OTHER_BROWSER,
    Callback,
    PageResponse,
    login_client,
)

CODE_MODE: dict[str, str] = {}
DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [CODE_MODE, DISCORD_MODE], ids=["code", "discord"])
CALLBACK_PATHS = pytest.mark.parametrize(
    ("mode", "path"),
    [(CODE_MODE, "/callback"), (DISCORD_MODE, "/discord"), (DISCORD_MODE, "/callback")],
    ids=["code-callback", "discord-discord", "discord-callback"],
)
VALID, OF_OTHER_LOGIN, USED = "this login's own", "another login's", "one that was used"
RANDOM = "Zm9yZWlnbiBhbmQgb2YgdGhlIHJpZ2h0IGxlbmd0aCE"


def _assert_rejected(response: PageResponse, case: str, sentence: str = OTHER_BROWSER) -> None:
    assert response.status == 410, case
    assert sentence in response.text, case
    assert not response.cookie, case


def _single_redirect(responses: list[PageResponse]) -> PageResponse:
    """The only redirect among the responses; all others come from other browsers."""
    (redirect,) = [response for response in responses if response.status == 303]
    for response in responses:
        if response is not redirect:
            _assert_rejected(response, "second", LINK_USED)
    return redirect


@MODES
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_invalid_nonce_is_rejected(mode: dict[str, str], method: str) -> None:
    async with login_client(**mode) as it:
        _, expired = await it.request_login("linus")
        it.expire_logins()
        _, used = await it.request_login()
        await it.start_login(used)
        _, replaced = await it.request_login("grace")
        _, good = await it.request_login("grace")
        nonce = URL(good.url).name
        invalid = {
            "missing": "/login",
            "empty": "/login/",
            "twice": f"/login/{nonce}/{nonce}",
            "random": f"/login/{RANDOM}",
            "expired": URL(expired.url).path,
            "used": URL(used.url).path,
            "replaced": URL(replaced.url).path,
            "shortened": f"/login/{nonce[:-1]}",
            "lengthened": f"/login/{nonce}A",
        }
        sentences = {"expired": LOGIN_EXPIRED, "used": LINK_USED, "replaced": LOGIN_REPLACED}
        for case, path in invalid.items():
            sentence = sentences.get(case, LINK_UNKNOWN)
            _assert_rejected(await it.send(method, path), case, sentence)
        assert (await it.start_login(good)).status == 303
        assert it.token_requests == 0


@CALLBACK_PATHS
@pytest.mark.parametrize("part", ["state", "cookie"])
async def test_invalid_state_or_cookie_is_rejected(
    mode: dict[str, str], path: str, part: str
) -> None:
    def with_values(*values: str) -> Callback:
        if part == "cookie":
            return replace(callback, cookies=values)
        return callback.with_query(part, *values)

    def value_of(other: Callback) -> str:
        return other.cookies[0] if part == "cookie" else other.param(part)

    async with login_client(**mode) as it:
        *_, expired = await it.prepare_callback(path, "linus")
        it.expire_logins()
        *_, used = await it.prepare_callback(path, "mallory")
        await it.send_callback(used)
        *_, others = await it.prepare_callback(path, "grace")
        *_, callback = await it.prepare_callback(path)
        requests = it.token_requests
        value = value_of(callback)
        invalid = {
            "missing": with_values(),
            "empty": with_values(""),
            "twice": with_values(value, value),
            "after a random one": with_values(RANDOM, value),
            "before a random one": with_values(value, RANDOM),
            "random": with_values(RANDOM),
            "another user's": with_values(value_of(others)),
            "expired": with_values(value_of(expired)),
            "used": with_values(value_of(used)),
        }
        for case, invalid_callback in invalid.items():
            _assert_rejected(await it.send_callback(invalid_callback), case)
        _assert_rejected(await it.send_callback(expired), "expired callback", LOGIN_EXPIRED)
        assert it.token_requests == requests
        assert (await it.send_callback(callback)).location, "the login still works"


@CALLBACK_PATHS
async def test_invalid_code_links_nothing(mode: dict[str, str], path: str) -> None:
    async with login_client(**mode) as it:
        invalid = {
            "missing": (),
            "empty": ("",),
            "twice": (VALID, VALID),
            "after a random one": (RANDOM, VALID),
            "random": (RANDOM,),
            "another user's": (OF_OTHER_LOGIN,),
            "used": (USED,),
        }
        for case, codes in invalid.items():
            it.expire_logins()
            *_, used = await it.prepare_callback(path, "linus")
            await it.send_callback(used)
            *_, others = await it.prepare_callback(path, "grace")
            *_, callback = await it.prepare_callback(path)
            real = {
                VALID: callback.param("code"),
                OF_OTHER_LOGIN: others.param("code"),
                USED: used.param("code"),
            }
            requests, linked = it.token_requests, it.query_database("SELECT * FROM link")
            values = (real.get(code, code) for code in codes)
            page = await it.result_page(
                await it.send_callback(callback.with_query("code", *values))
            )
            assert page.status in (400, 410), case
            # One code that is not empty is sent to the service, once.
            is_sent = len(codes) == 1 and codes != ("",)
            assert it.token_requests == requests + is_sent, case
            # Discord accepts another user's code; Spotify refuses it without its verifier.
            wrong_user = (path, codes) == ("/discord", (OF_OTHER_LOGIN,))
            refused = "as someone else" if wrong_user else "no longer accepted"
            assert (refused if is_sent else "address of this page is incomplete") in page.text, case
            assert it.query_database("SELECT * FROM link") == linked, case
            assert not it.query_database(
                "SELECT 1 FROM login WHERE outcome NOT NULL AND refresh_token NOT NULL"
            ), case
        *_, callback = await it.prepare_callback(path)
        it.expire_logins()
        requests = it.token_requests
        _assert_rejected(await it.send_callback(callback), "expired", LOGIN_EXPIRED)
        assert it.token_requests == requests


async def test_values_for_one_endpoint_are_rejected_by_others() -> None:
    async with login_client(**DISCORD_MODE) as it:
        for path, other in (("/discord", "/callback"), ("/callback", "/discord")):
            *_, callback = await it.prepare_callback(path)
            requests = it.token_requests
            _assert_rejected(
                await it.send_callback(replace(callback, path=other)), f"{path} at {other}"
            )
            assert it.token_requests == requests
            assert (await it.send_callback(callback)).location
    async with login_client() as it:
        *_, callback = await it.prepare_callback("/callback")
        _assert_rejected(
            await it.send_callback(replace(callback, path="/discord")), "without client secret"
        )
        assert (await it.send_callback(callback)).location == "/done"


@CALLBACK_PATHS
async def test_fifty_concurrent_callbacks_exchange_code_once(
    mode: dict[str, str], path: str
) -> None:
    async with login_client(**mode) as it:
        *_, callback = await it.prepare_callback(path)
        requests = it.token_requests
        responses = await asyncio.gather(*(it.send_callback(callback) for _ in range(50)))
        assert it.token_requests == requests + 1
        assert {response.status for response in responses} == {303}
        assert len({response.location for response in responses}) == 1
        assert len({response.cookie for response in responses}) == 1


async def test_fifty_concurrent_starts_redirect_one_browser() -> None:
    async with login_client() as it:
        _, offer = await it.request_login()
        responses = await asyncio.gather(*(it.start_login(offer) for _ in range(50)))
        callback = await it.authorize(_single_redirect(responses))
        assert (await it.send_callback(callback)).location == "/done"


@MODES
async def test_login_survives_restart_between_any_steps(mode: dict[str, str]) -> None:
    async with login_client(**mode) as it:
        restart = it.harness.restart
        reply, offer = await it.request_login()
        await restart()
        redirect = await it.start_login(offer)
        await restart()
        callback = await it.authorize(redirect)
        await restart()
        if mode is DISCORD_MODE:
            redirect = await it.send_callback(callback)
            await restart()
            callback = await it.authorize(redirect)
            await restart()
        response = await it.send_callback(callback)
        await restart()
        page = await it.result_page(response)
        await restart()
        if mode is CODE_MODE:
            message = await offer.user_client.wait_for_message("Almost done")
            form = await offer.user_client.press(message, "Enter code")
            await form.submit(code=find_confirmation_code(page.text))
        await reply.wait_for("Linked to **Ada**")
        await restart()
        assert "Linked to Ada" in (await it.result_page(response)).text
        assert "Ada's Laptop" in (await reply.user_client.run("/now")).text


@MODES
async def test_result_page_has_clean_url_and_can_be_reloaded(mode: dict[str, str]) -> None:
    async with login_client(**mode) as it:
        *_, callback = await it.prepare_callback("/callback")
        response = await it.send_callback(callback.with_query("echo", "canary"))
        assert response.location == "/done"
        first, again = await it.result_page(response), await it.result_page(response)
        assert first.status == again.status == 200
        assert first.text == again.text
        sent = {value for _, value in callback.query} | {response.cookie, "canary"}
        assert not [value for value in sent if value in first.html + response.html]
        for cookies in ((), (RANDOM,), (response.cookie, response.cookie)):
            _assert_rejected(await it.send("GET", "/done", *cookies), f"{len(cookies)} cookies")
        it.expire_logins()
        late = await it.result_page(response)
        if mode is DISCORD_MODE:
            assert late.text == first.text, "linked is linked"
        else:
            _assert_rejected(late, "expired", LOGIN_EXPIRED)


@pytest.mark.parametrize("site", ["http", "https"])
async def test_cookie_attributes_are_as_strict_as_url_allows(site: str) -> None:
    url = {"PUBLIC_URL": "https://music.example.test"} if site == "https" else {}
    async with login_client(**url) as it:
        _, offer = await it.request_login()
        named, *attributes = (await it.start_login(offer)).set_cookie.split("; ")
        name, _, value = named.partition("=")
        assert len(value) == 43, "256 bits"
        attributes = [attribute.lower() for attribute in attributes]
        expected = {"httponly", "samesite=lax", "path=/", "max-age=600"}
        if site == "https":
            assert name == "__Host-tonearm"
            assert set(attributes) == {*expected, "secure"}
        else:
            assert name == "tonearm"
            assert set(attributes) == expected
