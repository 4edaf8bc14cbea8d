"""What is missing, empty, given twice, foreign, expired or used opens no door of a login."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from yarl import URL

from sandbox.harness import find_confirmation_code
from tests.login_client import LINK_EXPIRED, Callback, PageResponse, login_client

CODE_MODE: dict[str, str] = {}
DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [CODE_MODE, DISCORD_MODE], ids=["code", "discord"])
CALLBACK_PATHS = pytest.mark.parametrize(
    ("mode", "door"),
    [(CODE_MODE, "/callback"), (DISCORD_MODE, "/discord"), (DISCORD_MODE, "/callback")],
    ids=["code-callback", "discord-discord", "discord-callback"],
)
VALID, OF_OTHER_LOGIN, USED = "this login's own", "another login's", "one that was used"
RANDOM = "Zm9yZWlnbiBhbmQgb2YgdGhlIHJpZ2h0IGxlbmd0aCE"


def _assert_rejected(answer: PageResponse, why: str) -> None:
    assert answer.status in (400, 410), why
    assert LINK_EXPIRED in answer.text, why
    assert not answer.cookie, why


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
        bad = {
            "missing": "/login",
            "empty": "/login/",
            "twice": f"/login/{nonce}/{nonce}",
            "foreign": f"/login/{RANDOM}",
            "expired": URL(expired.url).path,
            "used": URL(used.url).path,
            "replaced": URL(replaced.url).path,
            "shortened": f"/login/{nonce[:-1]}",
            "lengthened": f"/login/{nonce}A",
        }
        for why, path in bad.items():
            _assert_rejected(await it.send(method, path), why)
        assert (await it.start_login(good)).status == 303
        assert it.spotify_token_requests == it.discord_token_requests == 0


@CALLBACK_PATHS
@pytest.mark.parametrize("part", ["state", "cookie"])
async def test_invalid_state_or_cookie_is_rejected(
    mode: dict[str, str], door: str, part: str
) -> None:
    def bent(there: Callback, *values: str) -> Callback:
        if part == "cookie":
            return replace(there, cookies=values)
        return there.with_query(part, *values)

    def of(there: Callback) -> str:
        return there.cookies[0] if part == "cookie" else there.param(part)

    async with login_client(**mode) as it:
        *_, expired = await it.prepare_callback(door, "linus")
        it.expire_logins()
        *_, used = await it.prepare_callback(door, "mallory")
        await it.send_callback(used)
        *_, others = await it.prepare_callback(door, "grace")
        *_, there = await it.prepare_callback(door)
        asked = it.spotify_token_requests, it.discord_token_requests
        bad = {
            "missing": bent(there),
            "empty": bent(there, ""),
            "twice": bent(there, of(there), of(there)),
            "beside a foreign one": bent(there, RANDOM, of(there)),
            "before a foreign one": bent(there, of(there), RANDOM),
            "foreign": bent(there, RANDOM),
            "of somebody else": bent(there, of(others)),
            "expired": bent(there, of(expired)),
            "used": bent(there, of(used)),
            "all of it used": used,
            "all of it expired": expired,
        }
        for why, brought in bad.items():
            _assert_rejected(await it.send_callback(brought), why)
        assert (it.spotify_token_requests, it.discord_token_requests) == asked
        assert (await it.send_callback(there)).location, "strangers could not spoil the login"
        _assert_rejected(await it.send_callback(there), "used")


@CALLBACK_PATHS
async def test_invalid_code_links_nothing(mode: dict[str, str], door: str) -> None:
    async with login_client(**mode) as it:
        bad = {
            "missing": (),
            "empty": ("",),
            "twice": (VALID, VALID),
            "beside a foreign one": (RANDOM, VALID),
            "foreign": (RANDOM,),
            "of somebody else": (OF_OTHER_LOGIN,),
            "used": (USED,),
        }
        for why, codes in bad.items():
            it.expire_logins()
            *_, used = await it.prepare_callback(door, "linus")
            await it.send_callback(used)
            *_, others = await it.prepare_callback(door, "grace")
            *_, there = await it.prepare_callback(door)
            real = {
                VALID: there.param("code"),
                OF_OTHER_LOGIN: others.param("code"),
                USED: used.param("code"),
            }
            asked, linked = (
                it.spotify_token_requests + it.discord_token_requests,
                it.query_database("SELECT * FROM link"),
            )
            brought = there.with_query("code", *(real.get(code, code) for code in codes))
            page = await it.result_page(await it.send_callback(brought))
            assert page.status in (400, 410), why
            # What looks like a code is Spotify's, or Discord's, to judge: they are asked once.
            judged = len(codes) == 1 and codes != ("",)
            assert it.spotify_token_requests + it.discord_token_requests == asked + judged, why
            # Discord's code says who somebody is; Spotify's is void beside another's verifier.
            said = (
                "as somebody else"
                if (door, codes) == ("/discord", (OF_OTHER_LOGIN,))
                else LINK_EXPIRED
            )
            assert said in page.text, why
            assert it.query_database("SELECT * FROM link") == linked, why
            assert not it.query_database(
                "SELECT 1 FROM login WHERE outcome NOT NULL AND verifier NOT NULL"
            ), why
        *_, there = await it.prepare_callback(door)
        it.expire_logins()
        asked = it.spotify_token_requests + it.discord_token_requests
        _assert_rejected(await it.send_callback(there), "expired")
        assert it.spotify_token_requests + it.discord_token_requests == asked


async def test_values_for_one_endpoint_are_rejected_by_others() -> None:
    async with login_client(**DISCORD_MODE) as it:
        for door, other in (("/discord", "/callback"), ("/callback", "/discord")):
            *_, there = await it.prepare_callback(door)
            asked = it.spotify_token_requests, it.discord_token_requests
            _assert_rejected(
                await it.send_callback(replace(there, path=other)), f"{door} at {other}"
            )
            assert (it.spotify_token_requests, it.discord_token_requests) == asked
            assert (await it.send_callback(there)).location
    async with login_client() as it:
        *_, there = await it.prepare_callback("/callback")
        _assert_rejected(
            await it.send_callback(replace(there, path="/discord")), "where nobody signs in"
        )
        assert (await it.send_callback(there)).location == "/done"


@CALLBACK_PATHS
async def test_fifty_concurrent_callbacks_exchange_code_once(
    mode: dict[str, str], door: str
) -> None:
    async with login_client(**mode) as it:
        *_, there = await it.prepare_callback(door)
        asked = it.spotify_token_requests + it.discord_token_requests
        answers = await asyncio.gather(*(it.send_callback(there) for _ in range(50)))
        assert it.spotify_token_requests + it.discord_token_requests == asked + 1
        (through,) = [answer for answer in answers if answer.status == 303]
        for answer in answers:
            if answer is not through:
                _assert_rejected(answer, "second")


async def test_fifty_concurrent_starts_redirect_one_browser() -> None:
    async with login_client() as it:
        _, offer = await it.request_login()
        answers = await asyncio.gather(*(it.start_login(offer) for _ in range(50)))
        (through,) = [answer for answer in answers if answer.status == 303]
        for answer in answers:
            if answer is not through:
                _assert_rejected(answer, "second")
        there = await it.authorize(through)
        assert (await it.send_callback(there)).location == "/done"


@MODES
async def test_login_survives_restart_between_any_steps(mode: dict[str, str]) -> None:
    async with login_client(**mode) as it:
        restart = it.harness.restart
        reply, offer = await it.request_login()
        await restart()
        sent = await it.start_login(offer)
        await restart()
        there = await it.authorize(sent)
        await restart()
        if mode is DISCORD_MODE:
            sent = await it.send_callback(there)
            await restart()
            there = await it.authorize(sent)
            await restart()
        came_back = await it.send_callback(there)
        await restart()
        page = await it.result_page(came_back)
        await restart()
        if mode is CODE_MODE:
            message = await offer.user_client.wait_for_message("Almost linked")
            form = await offer.user_client.press(message, "Enter code")
            await form.submit(code=find_confirmation_code(page.text))
        await reply.wait_for("Linked to **Ada**")
        await restart()
        assert "Linked to Ada" in (await it.result_page(came_back)).text
        assert "Ada's Laptop" in (await reply.user_client.run("/now")).text


@MODES
async def test_result_page_has_clean_url_and_can_be_reloaded(mode: dict[str, str]) -> None:
    async with login_client(**mode) as it:
        *_, there = await it.prepare_callback("/callback")
        came_back = await it.send_callback(there.with_query("echo", "canary"))
        assert came_back.location == "/done"
        first, again = await it.result_page(came_back), await it.result_page(came_back)
        assert first.status == again.status == 200
        assert first.text == again.text
        brought = {value for _, value in there.query} | {came_back.cookie, "canary"}
        assert not [value for value in brought if value in first.html + came_back.html]
        for cookies in ((), (RANDOM,), there.cookies, (came_back.cookie, came_back.cookie)):
            _assert_rejected(await it.send("GET", "/done", *cookies), f"{len(cookies)} cookies")
        it.expire_logins()
        _assert_rejected(await it.result_page(came_back), "expired")


@pytest.mark.parametrize("site", ["http", "https"])
async def test_cookie_attributes_are_as_strict_as_url_allows(site: str) -> None:
    url = {"PUBLIC_URL": "https://music.example.test"} if site == "https" else {}
    async with login_client(**url) as it:
        _, offer = await it.request_login()
        named, *attributes = (await it.start_login(offer)).set_cookie.split("; ")
        name, _, value = named.partition("=")
        assert len(value) == 43, "256 bits"
        attributes = [attribute.lower() for attribute in attributes]
        always = {"httponly", "samesite=lax", "path=/", "max-age=600"}
        if site == "https":
            assert name == "__Host-tonearm"
            assert set(attributes) == {*always, "secure"}
        else:
            assert name == "tonearm"
            assert set(attributes) == always
