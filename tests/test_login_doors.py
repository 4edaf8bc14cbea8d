"""What is missing, empty, given twice, foreign, expired or used opens no door of a login."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from yarl import URL

from sandbox.stage import code_on
from tests.steps import GONE, Answer, Return, steps

BY_CODE: dict[str, str] = {}
BY_DISCORD = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [BY_CODE, BY_DISCORD], ids=["code", "discord"])
DOORS = pytest.mark.parametrize(
    ("mode", "door"),
    [(BY_CODE, "/callback"), (BY_DISCORD, "/discord"), (BY_DISCORD, "/callback")],
    ids=["code-callback", "discord-discord", "discord-callback"],
)
GOOD, OTHERS, USED = "this login's own", "another login's", "one that was used"
RANDOM = "Zm9yZWlnbiBhbmQgb2YgdGhlIHJpZ2h0IGxlbmd0aCE"


def _turned_away(answer: Answer, why: str) -> None:
    assert answer.status in (400, 410), why
    assert GONE in answer.text, why
    assert not answer.cookie, why


@MODES
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_nonce_that_is_not_good_opens_nothing(mode: dict[str, str], method: str) -> None:
    async with steps(**mode) as it:
        _, expired = await it.offered("linus")
        it.later()
        _, used = await it.offered()
        await it.press(used)
        _, replaced = await it.offered("grace")
        _, good = await it.offered("grace")
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
            _turned_away(await it.send(method, path), why)
        assert (await it.press(good)).status == 303
        assert it.exchanges == it.sign_ins == 0


@DOORS
@pytest.mark.parametrize("part", ["state", "cookie"])
async def test_a_state_or_cookie_that_is_not_good_opens_nothing(
    mode: dict[str, str], door: str, part: str
) -> None:
    def bent(there: Return, *values: str) -> Return:
        if part == "cookie":
            return replace(there, cookies=values)
        return there.with_query(part, *values)

    def of(there: Return) -> str:
        return there.cookies[0] if part == "cookie" else there.of(part)

    async with steps(**mode) as it:
        *_, expired = await it.before(door, "linus")
        it.later()
        *_, used = await it.before(door, "mallory")
        await it.bring(used)
        *_, others = await it.before(door, "grace")
        *_, there = await it.before(door)
        asked = it.exchanges, it.sign_ins
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
            _turned_away(await it.bring(brought), why)
        assert (it.exchanges, it.sign_ins) == asked
        assert (await it.bring(there)).location, "strangers could not spoil the login"
        _turned_away(await it.bring(there), "used")


@DOORS
async def test_a_code_that_is_not_good_links_nothing(mode: dict[str, str], door: str) -> None:
    async with steps(**mode) as it:
        bad = {
            "missing": (),
            "empty": ("",),
            "twice": (GOOD, GOOD),
            "beside a foreign one": (RANDOM, GOOD),
            "foreign": (RANDOM,),
            "of somebody else": (OTHERS,),
            "used": (USED,),
        }
        for why, codes in bad.items():
            it.later()
            *_, used = await it.before(door, "linus")
            await it.bring(used)
            *_, others = await it.before(door, "grace")
            *_, there = await it.before(door)
            real = {GOOD: there.of("code"), OTHERS: others.of("code"), USED: used.of("code")}
            asked, linked = it.exchanges + it.sign_ins, it.rows("SELECT * FROM link")
            brought = there.with_query("code", *(real.get(code, code) for code in codes))
            page = await it.last_page(await it.bring(brought))
            assert page.status in (400, 410), why
            # What looks like a code is Spotify's, or Discord's, to judge: they are asked once.
            judged = len(codes) == 1 and codes != ("",)
            assert it.exchanges + it.sign_ins == asked + judged, why
            # Discord's code says who somebody is; Spotify's is void beside another's verifier.
            said = "as somebody else" if (door, codes) == ("/discord", (OTHERS,)) else GONE
            assert said in page.text, why
            assert it.rows("SELECT * FROM link") == linked, why
            assert not it.rows(
                "SELECT 1 FROM login WHERE outcome NOT NULL AND verifier NOT NULL"
            ), why
        *_, there = await it.before(door)
        it.later()
        asked = it.exchanges + it.sign_ins
        _turned_away(await it.bring(there), "expired")
        assert it.exchanges + it.sign_ins == asked


async def test_what_one_door_is_for_opens_no_other() -> None:
    async with steps(**BY_DISCORD) as it:
        for door, other in (("/discord", "/callback"), ("/callback", "/discord")):
            *_, there = await it.before(door)
            asked = it.exchanges, it.sign_ins
            _turned_away(await it.bring(replace(there, door=other)), f"{door} at {other}")
            assert (it.exchanges, it.sign_ins) == asked
            assert (await it.bring(there)).location
    async with steps() as it:
        *_, there = await it.before("/callback")
        _turned_away(await it.bring(replace(there, door="/discord")), "where nobody signs in")
        assert (await it.bring(there)).location == "/done"


@DOORS
async def test_fifty_callbacks_at_once_ask_once(mode: dict[str, str], door: str) -> None:
    async with steps(**mode) as it:
        *_, there = await it.before(door)
        asked = it.exchanges + it.sign_ins
        answers = await asyncio.gather(*(it.bring(there) for _ in range(50)))
        assert it.exchanges + it.sign_ins == asked + 1
        (through,) = [answer for answer in answers if answer.status == 303]
        for answer in answers:
            if answer is not through:
                _turned_away(answer, "second")


async def test_fifty_presses_at_once_send_one_browser_on() -> None:
    async with steps() as it:
        _, offer = await it.offered()
        answers = await asyncio.gather(*(it.press(offer) for _ in range(50)))
        (through,) = [answer for answer in answers if answer.status == 303]
        for answer in answers:
            if answer is not through:
                _turned_away(answer, "second")
        there = await it.agree(through)
        assert (await it.bring(there)).location == "/done"


@MODES
async def test_a_restart_between_any_two_steps_loses_nothing(mode: dict[str, str]) -> None:
    async with steps(**mode) as it:
        restart = it.stage.restart
        reply, offer = await it.offered()
        await restart()
        sent = await it.press(offer)
        await restart()
        there = await it.agree(sent)
        await restart()
        if mode is BY_DISCORD:
            sent = await it.bring(there)
            await restart()
            there = await it.agree(sent)
            await restart()
        came_back = await it.bring(there)
        await restart()
        page = await it.last_page(came_back)
        await restart()
        if mode is BY_CODE:
            message = await offer.seat.until("Almost linked")
            form = await offer.seat.press(message, "Enter code")
            await form.submit(code=code_on(page.text))
        await reply.until("Linked to **Ada**")
        await restart()
        assert "Linked to Ada" in (await it.last_page(came_back)).text
        assert "Ada's Laptop" in (await reply.seat.run("/now")).text


@MODES
async def test_the_end_is_a_clean_address_that_can_be_loaded_again(mode: dict[str, str]) -> None:
    async with steps(**mode) as it:
        *_, there = await it.before("/callback")
        came_back = await it.bring(there.with_query("echo", "canary"))
        assert came_back.location == "/done"
        first, again = await it.last_page(came_back), await it.last_page(came_back)
        assert first.status == again.status == 200
        assert first.text == again.text
        brought = {value for _, value in there.query} | {came_back.cookie, "canary"}
        assert not [value for value in brought if value in first.html + came_back.html]
        for cookies in ((), (RANDOM,), there.cookies, (came_back.cookie, came_back.cookie)):
            _turned_away(await it.send("GET", "/done", *cookies), f"{len(cookies)} cookies")
        it.later()
        _turned_away(await it.last_page(came_back), "expired")


@pytest.mark.parametrize("site", ["http", "https"])
async def test_the_cookie_is_kept_as_closely_as_the_address_allows(site: str) -> None:
    url = {"PUBLIC_URL": "https://music.example.test"} if site == "https" else {}
    async with steps(**url) as it:
        _, offer = await it.offered()
        named, *attributes = (await it.press(offer)).set_cookie.split("; ")
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
