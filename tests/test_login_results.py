"""How a login ends: by its code, by a refusal that both sides hear of, or in spite of trouble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.app import build
from bot.errors.login import WrongCode
from bot.login import confirmation_codes
from sandbox.discord import Reply
from sandbox.fault_injection import Fault
from sandbox.harness import LoginOffer, find_confirmation_code
from sandbox.spotify import App
from tests.login_client import LoginClient, login_client

DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, DISCORD_MODE], ids=["code", "discord"])
WRONG_CODE = "ZZZZ-ZZZZ"
USER_CLIENT_ID = "0123456789abcdef0123456789abcdef"


async def _has_pending_code(
    it: LoginClient, user: str = "ada", account: str = ""
) -> tuple[Reply, LoginOffer, str]:
    """A login that waits for its code, and the code."""
    reply, offer = await it.request_login(user)
    there = await it.authorize(await it.start_login(offer), account or user)
    code = find_confirmation_code((await it.result_page(await it.send_callback(there))).text)
    assert code is not None
    await reply.wait_for("Almost linked")
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
async def test_code_is_accepted_in_any_spelling(typed: Callable[[str], str]) -> None:
    async with login_client() as it:
        reply, offer, code = await _has_pending_code(it)
        await it.enter_code(offer, typed(code))
        await reply.wait_for("Linked to **Ada**")


def test_codes_have_no_ambiguous_characters() -> None:
    assert confirmation_codes.matches("oIl2-3456", "0112-3456")
    assert not confirmation_codes.matches("0112-3457", "0112-3456")
    assert not confirmation_codes.matches("", "0112-3456")
    drawn = "".join(confirmation_codes.generate() for _ in range(200))
    assert not set("OILU") & set(drawn)
    assert len({confirmation_codes.generate() for _ in range(200)}) == 200


async def test_five_wrong_codes_erase_the_login() -> None:
    async with login_client() as it:
        _, offer, _ = await _has_pending_code(it)
        for left in ("4 tries", "3 tries", "2 tries", "one try"):
            assert f"You have {left} left" in (await it.enter_code(offer, WRONG_CODE)).text
        assert "so the login was erased. Use /link" in (await it.enter_code(offer, WRONG_CODE)).text
        assert not it.query_database("SELECT 1 FROM login")
        again = await it.open_code_form(offer)
        assert again.modal is None
        assert "/link" in again.text, "the way out"
        assert not it.query_database("SELECT 1 FROM link")


async def test_fifty_concurrent_codes_count_as_five_attempts() -> None:
    async with login_client() as it:
        _, _, code = await _has_pending_code(it)
        bot = it.harness.bot
        assert bot is not None
        user = int(it.harness.discord.state.users["ada"].id)
        typed = [confirmation_codes.generate() for _ in range(50)]
        typed[10] = code
        ends = await asyncio.gather(
            *(bot.services.login_flow.confirm_code(user, one) for one in typed),
            return_exceptions=True,
        )
        assert sum(isinstance(end, WrongCode) for end in ends) == 4
        assert not it.query_database("SELECT 1 FROM link")
        assert not it.query_database("SELECT 1 FROM login")


async def test_code_works_only_for_requesting_user() -> None:
    async with login_client() as it:
        reply, offer, code = await _has_pending_code(it)
        _, other, _ = await _has_pending_code(it, "grace")
        assert "not the code in your browser" in (await it.enter_code(other, code)).text
        assert not it.query_database("SELECT 1 FROM link")
        await it.enter_code(offer, code)
        await reply.wait_for("Linked to **Ada**")


async def test_code_and_row_expire_after_ten_minutes() -> None:
    async with login_client() as it:
        _, offer, code = await _has_pending_code(it)
        form = await it.open_code_form(offer)
        it.expire_logins()
        assert "/link" in (await form.submit(code=code)).text
        assert (await it.open_code_form(offer)).modal is None
        assert it.harness.bot is not None
        await it.harness.bot.run_maintenance()
        assert not it.query_database(
            "SELECT 1 FROM login UNION SELECT 1 FROM link UNION SELECT 1 FROM person"
        )


async def test_new_login_link_invalidates_old_code() -> None:
    async with login_client() as it:
        _, offer, code = await _has_pending_code(it)
        form = await it.open_code_form(offer)
        await it.request_login()
        assert "Finish the login in your browser" in (await form.submit(code=code)).text
        assert not it.query_database("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_modal_open_during_restart_expires_but_button_works() -> None:
    async with login_client() as it:
        reply, offer, code = await _has_pending_code(it)
        form = await it.open_code_form(offer)
        await it.harness.restart()
        assert "That has expired" in (await form.submit(code=code)).text
        offer.user_client.dismiss_modal()
        await it.enter_code(offer, code)
        await reply.wait_for("Linked to **Ada**")


@MODES
@pytest.mark.parametrize("trouble", ["not on the list", "owner without Premium"])
async def test_spotify_refusal_is_reported_on_page_and_in_discord_and_not_stored(
    mode: dict[str, str], trouble: str
) -> None:
    async with login_client(OPERATOR_CONTACT="ask@example.org", **mode) as it:
        spotify = it.harness.spotify
        if trouble == "not on the list":
            says = "Spotify does not let your account use this app"
            spotify.apps[spotify.client_id].allowed_accounts.clear()
        else:
            says = "because its owner has no Premium"
            spotify.apps[spotify.client_id].owner_premium = False
        reply, offer, there = await it.prepare_callback("/callback")
        page = await it.result_page(await it.send_callback(there))
        assert page.status == 400
        told = [page.text, (await reply.wait_for(says)).text]
        told.append((await offer.user_client.wait_for_message(says))["content"])
        for said in told:
            assert says in said
            assert "whoever runs this bot (ask@example.org)" in said
            assert "an app of your own: /setup shows how" in said
        assert not it.query_database("SELECT 1 FROM link")
        left = "refresh_token NOT NULL OR code NOT NULL OR account_id NOT NULL OR name NOT NULL"
        assert not it.query_database(f"SELECT 1 FROM login WHERE {left}")


async def test_account_linked_meanwhile_is_refused_and_reported() -> None:
    async with login_client() as it:
        ada, first, code = await _has_pending_code(it)
        _, second, late = await _has_pending_code(it, "grace", account="ada")
        await it.enter_code(first, code)
        await ada.wait_for("Linked to **Ada**")
        linked = it.query_database("SELECT discord_id, refresh_token FROM link")
        assert "linked to another Discord account" in (await it.enter_code(second, late)).text
        await it.harness.discord.user_client("ada", "dm").wait_for_message(
            "Somebody just logged in with your Spotify"
        )
        assert it.query_database("SELECT discord_id, refresh_token FROM link") == linked
        assert not it.query_database("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_concurrent_logins_to_one_account_link_the_first() -> None:
    async with login_client(**DISCORD_MODE) as it:
        backs = []
        for user in ("ada", "grace"):
            _, offer = await it.request_login(user)
            sent = await it.send_callback(await it.authorize(await it.start_login(offer), user))
            backs.append(await it.authorize(sent, "ada"))
        pages = await asyncio.gather(*map(it.send_callback, backs))
        said = [(await it.result_page(page)).text for page in pages]
        assert sum("Linked to Ada" in text for text in said) == 1
        assert sum("linked to another Discord account" in text for text in said) == 1
        assert len(it.query_database("SELECT 1 FROM link")) == 1


async def test_wrong_redirect_uri_of_user_owned_app_is_shown_by_spotify() -> None:
    async with login_client() as it:
        it.harness.spotify.apps[USER_CLIENT_ID] = App(USER_CLIENT_ID, allowed_accounts={"ada"})
        reply = await it.harness.discord.user_client("ada").run(f"/link client_id:{USER_CLIENT_ID}")
        sent = await it.start_login(it.harness.find_login_offer(reply))
        async with it.http.get(sent.location) as answer:
            assert "INVALID_CLIENT: Invalid redirect URI" in await answer.text()
        setup = await it.send("GET", "/setup")
        assert "INVALID_CLIENT: Invalid redirect URI" in setup.text
        assert f"{it.harness.settings.public_url}/callback" in setup.text


@MODES
async def test_late_callback_of_old_login_leaves_new_login_unchanged(
    mode: dict[str, str],
) -> None:
    """Both services take their time, and meanwhile the same person begins anew."""
    for door in ("/callback", "/discord") if mode else ("/callback",):
        for code in (None, "refused"):
            async with login_client(**mode) as it:
                *_, old = await it.prepare_callback(door)
                recorded = it.harness.discord if door == "/discord" else it.harness.spotify
                faults = getattr(recorded, "accounts_faults", recorded.faults)
                slow = faults.add(Fault("/token$", delay=0.1, runs_first=True, status=400))
                if code is None:
                    slow.times, faults.latency = 0, 0.1
                late = asyncio.create_task(
                    it.send_callback(old if code is None else old.with_query("code", code))
                )
                _, offer = await it.request_login()
                sent = await it.start_login(offer)
                assert (await it.result_page(await late)).status in (400, 410)
                faults.clear()
                there = await it.authorize(sent)
                if mode:
                    there = await it.authorize(await it.send_callback(there))
                assert (await it.result_page(await it.send_callback(there))).status == 200


@MODES
@pytest.mark.parametrize("act", ["reset", "answer"])
async def test_discord_failure_does_not_block_result_page(mode: dict[str, str], act: str) -> None:
    async with login_client(**mode) as it:
        *_, there = await it.prepare_callback("/callback")
        it.harness.discord.faults.add(
            Fault("PATCH ", action="reset" if act == "reset" else "answer", status=404, times=None)
        )
        page = await it.result_page(await it.send_callback(there))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


@asynccontextmanager
async def _delay_discord(it: LoginClient) -> AsyncIterator[None]:
    """The bot has started anew, and Discord has not let it in yet."""
    await it.harness.stop()
    it.harness.discord.faults.add(Fault("GET .*/users/@me", action="stall", times=None))
    async with build(it.harness.settings, clock=it.harness.clock) as bot:
        life = asyncio.create_task(bot.start(it.harness.settings.discord_token))
        yield
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
    it.harness.discord.faults.clear()


@MODES
async def test_callback_before_discord_response_shows_result(
    mode: dict[str, str],
) -> None:
    async with login_client(**mode) as it:
        *_, there = await it.prepare_callback("/callback")
        async with _delay_discord(it):
            page = await it.result_page(await it.send_callback(there))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


async def test_discord_oauth_waits_for_application_id() -> None:
    async with login_client(**DISCORD_MODE) as it:
        _, offer = await it.request_login()
        async with _delay_discord(it):
            early = await it.start_login(offer)
        await it.harness.start()
        sent = early if early.location else await it.start_login(offer)
        assert (await it.authorize(sent)).path == "/discord"


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://Music.Example.test", "music.example.test"),
        ("https://music.example.test:443", "music.example.test"),
        ("https://music.example.test", "MUSIC.example.test:443"),
    ],
)
async def test_host_spelling_variants_are_equivalent(public_url: str, host: str) -> None:
    async with login_client(PUBLIC_URL=public_url) as it:
        assert (await it.send("GET", "/privacy", headers={"Host": host})).status == 200
        wrong = await it.send("GET", "/privacy", headers={"Host": "music.example.test:444"})
        assert wrong.status == 421
