"""How a login ends: by its code, by a refusal that both sides hear of, or in spite of trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.app import assemble
from bot.errors import WrongCode
from bot.links import codes
from sandbox.discord import Reply
from sandbox.faults import Fault
from sandbox.spotify import App
from sandbox.stage import Offer, code_on
from tests.steps import Steps, steps

BY_DISCORD = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, BY_DISCORD], ids=["code", "discord"])
WRONG = "ZZZZ-ZZZZ"
OWN = "0123456789abcdef0123456789abcdef"


async def _held(it: Steps, user: str = "ada", account: str = "") -> tuple[Reply, Offer, str]:
    """A login that waits for its code, and the code."""
    reply, offer = await it.offered(user)
    there = await it.agree(await it.press(offer), account or user)
    code = code_on((await it.last_page(await it.bring(there))).text)
    assert code is not None
    await reply.until("Almost linked")
    return reply, offer, code


@pytest.mark.parametrize(
    "typed",
    [
        str,
        str.lower,
        lambda code: " ".join(code.lower().replace("-", "")),
        lambda code: f" {code.replace('-', '–')} ",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
    ids=["as shown", "small", "spaced", "with a typographer's dash", "with letters for digits"],
)
async def test_the_code_is_understood_as_people_type_it(typed: Callable[[str], str]) -> None:
    async with steps() as it:
        reply, offer, code = await _held(it)
        await it.enter(offer, typed(code))
        await reply.until("Linked to **Ada**")


def test_codes_have_no_letters_that_look_like_digits() -> None:
    assert codes.same("oIl2-3456", "0112-3456")
    assert not codes.same("0112-3457", "0112-3456")
    assert not codes.same("", "0112-3456")
    drawn = "".join(codes.fresh() for _ in range(200))
    assert not set("OILU") & set(drawn)
    assert len({codes.fresh() for _ in range(200)}) == 200


async def test_five_wrong_codes_erase_the_login() -> None:
    async with steps() as it:
        _, offer, _ = await _held(it)
        for left in ("4 tries", "3 tries", "2 tries", "one try"):
            assert f"You have {left} left" in (await it.enter(offer, WRONG)).text
        assert "so the login was erased. Use /link" in (await it.enter(offer, WRONG)).text
        assert not it.rows("SELECT 1 FROM login")
        again = await it.form(offer)
        assert again.modal is None
        assert "/link" in again.text, "the way out"
        assert not it.rows("SELECT 1 FROM link")


async def test_fifty_codes_at_once_are_five_tries() -> None:
    async with steps() as it:
        _, _, code = await _held(it)
        bot = it.stage.bot
        assert bot is not None
        user = int(it.stage.discord.world.users["ada"].id)
        typed = [codes.fresh() for _ in range(50)]
        typed[10] = code
        ends = await asyncio.gather(
            *(bot.links.confirm(user, one) for one in typed), return_exceptions=True
        )
        assert sum(isinstance(end, WrongCode) for end in ends) == 4
        assert not it.rows("SELECT 1 FROM link")
        assert not it.rows("SELECT 1 FROM login")


async def test_the_code_works_for_the_discord_user_who_asked_alone() -> None:
    async with steps() as it:
        reply, offer, code = await _held(it)
        _, other, _ = await _held(it, "grace")
        assert "not the code in your browser" in (await it.enter(other, code)).text
        assert not it.rows("SELECT 1 FROM link")
        await it.enter(offer, code)
        await reply.until("Linked to **Ada**")


async def test_after_ten_minutes_neither_code_nor_row_is_left() -> None:
    async with steps() as it:
        _, offer, code = await _held(it)
        form = await it.form(offer)
        it.later()
        assert "/link" in (await form.submit(code=code)).text
        assert (await it.form(offer)).modal is None
        assert it.stage.bot is not None
        await it.stage.bot.go_round()
        assert not it.rows(
            "SELECT 1 FROM login UNION SELECT 1 FROM link UNION SELECT 1 FROM person"
        )


async def test_a_new_link_ends_the_code_of_the_old() -> None:
    async with steps() as it:
        _, offer, code = await _held(it)
        form = await it.form(offer)
        await it.offered()
        assert "Finish the login in your browser" in (await form.submit(code=code)).text
        assert not it.rows("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_a_form_that_was_open_over_a_restart_is_void_and_its_button_is_not() -> None:
    async with steps() as it:
        reply, offer, code = await _held(it)
        form = await it.form(offer)
        await it.stage.restart()
        assert "That has expired" in (await form.submit(code=code)).text
        offer.seat.dismiss()
        await it.enter(offer, code)
        await reply.until("Linked to **Ada**")


@MODES
@pytest.mark.parametrize("trouble", ["not on the list", "owner without Premium"])
async def test_what_spotify_refuses_is_told_on_page_and_in_discord_and_not_stored(
    mode: dict[str, str], trouble: str
) -> None:
    async with steps(OPERATOR_CONTACT="ask@example.org", **mode) as it:
        spotify = it.stage.spotify
        if trouble == "not on the list":
            says = "Spotify does not let your account use this app"
            spotify.apps[spotify.client_id].allow_list.clear()
        else:
            says = "because its owner has no Premium"
            spotify.apps[spotify.client_id].owner_premium = False
        reply, offer, there = await it.before("/callback")
        page = await it.last_page(await it.bring(there))
        assert page.status == 400
        told = [page.text, (await reply.until(says)).text]
        told.append((await offer.seat.until(says))["content"])
        for said in told:
            assert says in said
            assert "whoever runs this bot (ask@example.org)" in said
            assert "an app of your own: /setup shows how" in said
        assert not it.rows("SELECT 1 FROM link")
        left = "refresh_token NOT NULL OR code NOT NULL OR account_id NOT NULL OR name NOT NULL"
        assert not it.rows(f"SELECT 1 FROM login WHERE {left}")


async def test_an_account_that_is_linked_meanwhile_is_refused_and_both_are_told() -> None:
    async with steps() as it:
        ada, first, code = await _held(it)
        _, second, late = await _held(it, "grace", account="ada")
        await it.enter(first, code)
        await ada.until("Linked to **Ada**")
        linked = it.rows("SELECT discord_id, refresh_token FROM link")
        assert "linked to another Discord account" in (await it.enter(second, late)).text
        await it.stage.discord.seat("ada", "dm").until("Somebody just logged in with your Spotify")
        assert it.rows("SELECT discord_id, refresh_token FROM link") == linked
        assert not it.rows("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_two_who_bring_one_account_at_once_are_told_who_was_first() -> None:
    async with steps(**BY_DISCORD) as it:
        backs = []
        for user in ("ada", "grace"):
            _, offer = await it.offered(user)
            sent = await it.bring(await it.agree(await it.press(offer), user))
            backs.append(await it.agree(sent, "ada"))
        pages = await asyncio.gather(*map(it.bring, backs))
        said = [(await it.last_page(page)).text for page in pages]
        assert sum("Linked to Ada" in text for text in said) == 1
        assert sum("linked to another Discord account" in text for text in said) == 1
        assert len(it.rows("SELECT 1 FROM link")) == 1


async def test_a_wrong_redirect_uri_of_ones_own_app_shows_at_spotify() -> None:
    async with steps() as it:
        it.stage.spotify.apps[OWN] = App(OWN, allow_list={"ada"})
        reply = await it.stage.discord.seat("ada").run(f"/link client_id:{OWN}")
        sent = await it.press(it.stage.offer(reply))
        async with it.http.get(sent.location) as answer:
            assert "INVALID_CLIENT: Invalid redirect URI" in await answer.text()
        setup = await it.send("GET", "/setup")
        assert "INVALID_CLIENT: Invalid redirect URI" in setup.text
        assert f"{it.stage.settings.public_url}/callback" in setup.text


@MODES
async def test_an_old_browser_that_comes_late_does_not_touch_the_new_login(
    mode: dict[str, str],
) -> None:
    """Both services take their time, and meanwhile the same person begins anew."""
    for door in ("/callback", "/discord") if mode else ("/callback",):
        for code in (None, "refused"):
            async with steps(**mode) as it:
                *_, old = await it.before(door)
                recorded = it.stage.discord if door == "/discord" else it.stage.spotify
                faults = getattr(recorded, "accounts_faults", recorded.faults)
                slow = faults.add(Fault("/token$", delay=0.1, executed=True, status=400))
                if code is None:
                    slow.times, faults.latency = 0, 0.1
                late = asyncio.create_task(
                    it.bring(old if code is None else old.with_query("code", code))
                )
                _, offer = await it.offered()
                sent = await it.press(offer)
                assert (await it.last_page(await late)).status in (400, 410)
                faults.clear()
                there = await it.agree(sent)
                if mode:
                    there = await it.agree(await it.bring(there))
                assert (await it.last_page(await it.bring(there))).status == 200


@MODES
@pytest.mark.parametrize("act", ["reset", "answer"])
async def test_trouble_at_discord_does_not_keep_the_browser_from_hearing(
    mode: dict[str, str], act: str
) -> None:
    async with steps(**mode) as it:
        *_, there = await it.before("/callback")
        it.stage.discord.faults.add(
            Fault("PATCH ", act="reset" if act == "reset" else "answer", status=404, times=None)
        )
        page = await it.last_page(await it.bring(there))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


@asynccontextmanager
async def _discord_keeps_waiting(it: Steps) -> AsyncIterator[None]:
    """The bot has started anew, and Discord has not let it in yet."""
    await it.stage.stop()
    it.stage.discord.faults.add(Fault("GET .*/users/@me", act="stall", times=None))
    async with assemble(it.stage.settings, clock=it.stage.clock) as bot:
        life = asyncio.create_task(bot.start(it.stage.settings.discord_token))
        yield
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
    it.stage.discord.faults.clear()


@MODES
async def test_a_browser_that_is_back_before_discord_is_hears_how_it_ended(
    mode: dict[str, str],
) -> None:
    async with steps(**mode) as it:
        *_, there = await it.before("/callback")
        async with _discord_keeps_waiting(it):
            page = await it.last_page(await it.bring(there))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


async def test_nobody_is_sent_to_discord_before_it_is_known_for_which_app() -> None:
    async with steps(**BY_DISCORD) as it:
        _, offer = await it.offered()
        async with _discord_keeps_waiting(it):
            early = await it.press(offer)
        await it.stage.start()
        sent = early if early.location else await it.press(offer)
        assert (await it.agree(sent)).door == "/discord"


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://Music.Example.test", "music.example.test"),
        ("https://music.example.test:443", "music.example.test"),
        ("https://music.example.test", "MUSIC.example.test:443"),
    ],
)
async def test_the_host_is_the_same_however_it_is_written(public_url: str, host: str) -> None:
    async with steps(PUBLIC_URL=public_url) as it:
        assert (await it.send("GET", "/privacy", headers={"Host": host})).status == 200
        wrong = await it.send("GET", "/privacy", headers={"Host": "music.example.test:444"})
        assert wrong.status == 421
