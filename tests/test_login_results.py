"""How a login ends: by its code, by a refusal on page and in Discord, or during failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest

from bot.app import build
from bot.errors.login import WrongCode
from bot.login import confirmation_codes
from sandbox.discord import Reply
from sandbox.discord.visible_text import visible_text
from sandbox.fault_injection import Fault
from sandbox.harness import LoginOffer, find_confirmation_code
from sandbox.spotify import App
from tests.login_client import LoginClient, login_client

DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}
MODES = pytest.mark.parametrize("mode", [{}, DISCORD_MODE], ids=["code", "discord"])
WRONG_CODE = "ZZZZ-ZZZZ"
USER_CLIENT_ID = "0123456789abcdef0123456789abcdef"


async def _login_awaiting_code(
    it: LoginClient, user: str = "ada", account: str = ""
) -> tuple[Reply, LoginOffer, str]:
    """A login that waits for its confirmation code, and the code."""
    reply, offer = await it.request_login(user)
    callback = await it.authorize(await it.start_login(offer), account or user)
    code = find_confirmation_code((await it.result_page(await it.send_callback(callback))).text)
    assert code is not None
    await reply.wait_for("Almost done")
    return reply, offer, code


async def test_code_is_accepted_in_another_spelling() -> None:
    async with login_client() as it:
        reply, offer, code = await _login_awaiting_code(it)
        lookalikes = code.replace("0", "O").replace("1", "l").lower()
        await it.enter_code(offer, f" {lookalikes.replace('-', ' ')} ")
        await reply.wait_for("Linked to **Ada**")


def test_code_matches_in_any_spelling() -> None:
    for typed in (
        "0112-34AB",
        "0112-34ab",
        "0 1 1 2 3 4 a b",
        " 0112–34AB ",
        "oIl2-34AB",
    ):
        assert confirmation_codes.matches(typed, "0112-34AB"), typed
    for typed in ("0112-34AC", "0112-34A", ""):
        assert not confirmation_codes.matches(typed, "0112-34AB"), typed


def test_codes_are_unique_and_have_no_ambiguous_characters() -> None:
    codes = {confirmation_codes.generate() for _ in range(200)}
    assert len(codes) == 200
    assert not set("OILU") & set("".join(codes))


async def test_five_wrong_codes_erase_the_login() -> None:
    async with login_client() as it:
        _, offer, _ = await _login_awaiting_code(it)
        for left in ("4 tries", "3 tries", "2 tries", "one try"):
            assert f"you have {left} left" in (await it.enter_code(offer, WRONG_CODE)).text
        assert "so the login was erased. Use /link" in (await it.enter_code(offer, WRONG_CODE)).text
        assert not it.query_database("SELECT 1 FROM login")
        message = await offer.user_client.wait_for_message("so the login was erased. Use /link")
        assert not message["components"]
        assert not it.query_database("SELECT 1 FROM link")


async def test_fifty_concurrent_codes_count_as_five_attempts() -> None:
    async with login_client() as it:
        _, _, code = await _login_awaiting_code(it)
        bot = it.harness.bot
        assert bot is not None
        user = int(it.harness.discord.state.users["ada"].id)
        typed = [confirmation_codes.generate() for _ in range(50)]
        typed[10] = code
        results = await asyncio.gather(
            *(bot.services.login_flow.linking.confirm_code(user, text) for text in typed),
            return_exceptions=True,
        )
        assert sum(isinstance(result, WrongCode) for result in results) == 4
        assert not it.query_database("SELECT 1 FROM link")
        assert not it.query_database("SELECT 1 FROM login")


async def test_code_works_only_for_requesting_user() -> None:
    async with login_client() as it:
        reply, offer, code = await _login_awaiting_code(it)
        _, other, _ = await _login_awaiting_code(it, "grace")
        assert "not the code in your browser" in (await it.enter_code(other, code)).text
        assert not it.query_database("SELECT 1 FROM link")
        await it.enter_code(offer, code)
        await reply.wait_for("Linked to **Ada**")


async def test_code_and_row_expire_after_ten_minutes() -> None:
    async with login_client() as it:
        _, offer, code = await _login_awaiting_code(it)
        form = await it.open_code_form(offer)
        it.expire_logins()
        assert "/link" in (await form.submit(code=code)).text
        late = await it.open_code_form(offer)
        assert late.modal is None
        assert "no login to finish" in late.text
        assert it.harness.bot is not None
        await it.harness.bot.run_maintenance()
        assert not it.query_database(
            "SELECT 1 FROM login UNION SELECT 1 FROM link UNION SELECT 1 FROM person"
        )


async def test_new_login_link_invalidates_old_code() -> None:
    async with login_client() as it:
        _, offer, code = await _login_awaiting_code(it)
        form = await it.open_code_form(offer)
        await it.request_login(place="general")
        await offer.user_client.wait_for_message("A newer login link replaced this one.")
        assert "Finish the login in your browser" in (await form.submit(code=code)).text
        assert not it.query_database("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_modal_open_during_restart_expires_but_button_works() -> None:
    async with login_client() as it:
        reply, offer, code = await _login_awaiting_code(it)
        form = await it.open_code_form(offer)
        await it.harness.restart()
        assert "That has expired" in (await form.submit(code=code)).text
        offer.user_client.dismiss_modal()
        await it.enter_code(offer, code)
        await reply.wait_for("Linked to **Ada**")


@MODES
@pytest.mark.parametrize("refusal", ["not on the list", "owner without Premium", "daily limit"])
async def test_spotify_refusal_is_reported_on_page_and_in_discord_and_not_stored(
    mode: dict[str, str], refusal: str
) -> None:
    async with login_client(OPERATOR_CONTACT="ask@example.org", **mode) as it:
        spotify = it.harness.spotify
        if refusal == "not on the list":
            message = "Your account isn’t on this bot’s Spotify app"
            spotify.apps[spotify.client_id].allowed_accounts.clear()
        elif refusal == "owner without Premium":
            message = "because its owner has no Premium"
            spotify.apps[spotify.client_id].owner_premium = False
        else:
            message = "This bot has used up its daily limit"
            limit = Fault("/me$", status=429, headers={"Retry-After": "43200"})
            spotify.faults.add(limit)
        reply, offer, callback = await it.prepare_callback("/callback")
        page = await it.result_page(await it.send_callback(callback))
        assert page.status == 400
        texts = [page.text, (await reply.wait_for(message)).text]
        texts.append(visible_text(await offer.user_client.wait_for_message(message)))
        for text in texts:
            assert message in text
            assert refusal == "daily limit" or "this bot’s owner (ask@example.org)" in text
            assert "your own app: /setup" in text
        assert 'href="/setup"' in page.html
        assert "</setup:" in reply.message["content"], "it can be pressed"
        assert not it.query_database("SELECT 1 FROM link")
        stored = "refresh_token NOT NULL OR code NOT NULL OR account_id NOT NULL OR name NOT NULL"
        assert not it.query_database(f"SELECT 1 FROM login WHERE {stored}")


async def test_account_linked_meanwhile_is_refused_and_reported() -> None:
    async with login_client() as it:
        ada, first, code = await _login_awaiting_code(it)
        _, second, second_code = await _login_awaiting_code(it, "grace", account="ada")
        await it.enter_code(first, code)
        await ada.wait_for("Linked to **Ada**")
        linked = it.query_database("SELECT discord_id, refresh_token FROM link")
        refused = await it.enter_code(second, second_code)
        assert "linked to another Discord account" in refused.text
        await it.harness.discord.user_client("ada", "dm").wait_for_message(
            "Someone just tried to link your Spotify"
        )
        assert it.query_database("SELECT discord_id, refresh_token FROM link") == linked
        assert not it.query_database("SELECT 1 FROM login WHERE refresh_token NOT NULL")


async def test_concurrent_logins_to_one_account_link_the_first() -> None:
    async with login_client(**DISCORD_MODE) as it:
        callbacks = []
        for user in ("ada", "grace"):
            _, offer = await it.request_login(user)
            redirect = await it.send_callback(await it.authorize(await it.start_login(offer), user))
            callbacks.append(await it.authorize(redirect, "ada"))
        responses = await asyncio.gather(*map(it.send_callback, callbacks))
        texts = [(await it.result_page(response)).text for response in responses]
        assert sum("Linked to Ada" in text for text in texts) == 1
        assert sum("linked to another Discord account" in text for text in texts) == 1
        assert len(it.query_database("SELECT 1 FROM link")) == 1


async def test_wrong_redirect_uri_of_user_owned_app_is_shown_by_spotify() -> None:
    async with login_client() as it:
        it.harness.spotify.apps[USER_CLIENT_ID] = App(USER_CLIENT_ID, allowed_accounts={"ada"})
        reply = await it.harness.discord.user_client("ada").run(f"/link client_id:{USER_CLIENT_ID}")
        redirect = await it.start_login(it.harness.find_login_offer(reply))
        async with it.http.get(redirect.location) as response:
            assert "INVALID_CLIENT: Invalid redirect URI" in await response.text()
        setup = await it.send("GET", "/setup")
        assert "INVALID_CLIENT: Invalid redirect URI" in setup.text
        assert f"{it.harness.settings.public_url}/callback" in setup.text


@MODES
async def test_late_callback_of_old_login_leaves_new_login_unchanged(
    mode: dict[str, str],
) -> None:
    """The services respond slowly, and meanwhile the same user starts a new login."""
    for path in ("/callback", "/discord") if mode else ("/callback",):
        for code in (None, "refused"):
            async with login_client(**mode) as it:
                *_, old = await it.prepare_callback(path)
                service = it.harness.discord if path == "/discord" else it.harness.spotify
                faults = getattr(service, "accounts_faults", service.faults)
                slow = faults.add(Fault("/token$", delay=0.1, runs_first=True, status=400))
                if code is None:
                    slow.times, faults.latency = 0, 0.1
                late = asyncio.create_task(
                    it.send_callback(old if code is None else old.with_query("code", code))
                )
                _, offer = await it.request_login()
                redirect = await it.start_login(offer)
                assert (await it.result_page(await late)).status in (400, 410)
                faults.clear()
                callback = await it.authorize(redirect)
                if mode:
                    callback = await it.authorize(await it.send_callback(callback))
                assert (await it.result_page(await it.send_callback(callback))).status == 200


@MODES
@pytest.mark.parametrize("action", ["reset", "answer"])
async def test_discord_failure_does_not_block_result_page(
    mode: dict[str, str], action: Literal["reset", "answer"]
) -> None:
    async with login_client(**mode) as it:
        *_, callback = await it.prepare_callback("/callback")
        it.harness.discord.faults.add(Fault("PATCH ", action=action, status=404, times=None))
        page = await it.result_page(await it.send_callback(callback))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


@asynccontextmanager
async def _delay_discord(it: LoginClient) -> AsyncIterator[None]:
    """Restart the bot, and delay Discord's response to its login."""
    await it.harness.stop()
    it.harness.discord.faults.add(Fault("GET .*/users/@me", action="stall", times=None))
    async with build(it.harness.settings, now=it.harness.clock) as bot:
        running = asyncio.create_task(bot.start(it.harness.settings.discord_token))
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    it.harness.discord.faults.clear()


@MODES
async def test_callback_before_discord_response_shows_result(
    mode: dict[str, str],
) -> None:
    async with login_client(**mode) as it:
        *_, callback = await it.prepare_callback("/callback")
        async with _delay_discord(it):
            page = await it.result_page(await it.send_callback(callback))
        assert page.status == 200
        assert ("Linked to Ada" if mode else "One more step") in page.text


async def test_discord_oauth_waits_for_application_id() -> None:
    async with login_client(**DISCORD_MODE) as it:
        _, offer = await it.request_login()
        async with _delay_discord(it):
            early = await it.start_login(offer)
        await it.harness.start()
        redirect = early if early.location else await it.start_login(offer)
        assert (await it.authorize(redirect)).path == "/discord"


async def test_callback_of_discord_waits_for_application_id() -> None:
    async with login_client(**DISCORD_MODE) as it:
        *_, callback = await it.prepare_callback("/discord")
        async with _delay_discord(it):
            early = await it.send_callback(callback)
            assert "still starting" in early.text
        await it.harness.start()
        assert (await it.authorize(await it.send_callback(callback))).path == "/callback"
