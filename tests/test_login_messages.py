"""Messages with a login link are edited when the link stops working, even if some edits fail."""

from __future__ import annotations

import asyncio
from typing import Any

from yarl import URL

from sandbox.fault_injection import Fault
from sandbox.harness import LoginOffer, find_confirmation_code
from tests.login_client import LINK_UNKNOWN, LoginClient, login_client

REPLACED = "A newer login link replaced this one."
EXPIRED = "This login has expired: a link works for ten minutes."
MODES: tuple[dict[str, str], ...] = ({}, {"DISCORD_CLIENT_SECRET": "yes"})


def _message(offer: LoginOffer) -> dict[str, Any]:
    """The current message with the login link."""
    messages = offer.user_client.messages()
    return next(message for message in messages if message["id"] == offer.message["id"])


async def _run_maintenance(it: LoginClient) -> None:
    assert it.harness.bot is not None
    await it.harness.bot.run_maintenance()


async def test_newer_link_edits_the_messages_of_the_older_one() -> None:
    for place in ("music", "dm"):
        async with login_client() as it:
            old_reply, old = await it.request_login(place=place)
            reply, offer = await it.request_login(place=place)
            await old_reply.wait_for(REPLACED)
            message = await old.user_client.wait_for_message(REPLACED)
            assert message["id"] == old.message["id"]
            assert not message["components"]
            assert "Link Spotify" in _message(offer)["content"]
            assert REPLACED not in reply.text


async def test_login_that_is_over_is_not_said_to_be_replaced() -> None:
    for mode in MODES:
        async with login_client(**mode) as it:
            await it.link()
            reply, _ = await it.request_login()
            _, newest = await it.request_login()
            await reply.wait_for(REPLACED)
            await newest.user_client.wait_for_message(REPLACED)
            texts = [message["content"] for message in newest.user_client.messages()]
            assert sum("Linked to **Ada**" in text for text in texts) == 1
            assert sum(REPLACED in text for text in texts) == 1


async def test_expired_link_is_edited_after_a_restart_too() -> None:
    for waits_for_code in (False, True):
        for mode in MODES:
            async with login_client(**mode) as it:
                reply, offer, callback = await it.prepare_callback("/callback")
                if waits_for_code:
                    await it.send_callback(callback)
                await it.harness.restart()
                it.expire_logins()
                await _run_maintenance(it)
                expected = "Linked to **Ada**" if waits_for_code and mode else EXPIRED
                await reply.wait_for(expected)
                await it.harness.discord.changes.wait_until(
                    lambda: expected in _message(offer)["content"]  # edited after the reply
                )
                assert not _message(offer)["components"]
                assert not it.query_database("SELECT 1 FROM login")


async def test_what_discord_refuses_stops_neither_new_links_nor_maintenance() -> None:
    for status, code in ((404, 10008), (403, 50007), (401, 50027)):
        async with login_client() as it:
            await it.request_login()
            body = f'{{"code": {code}, "message": "no"}}'
            refused = Fault("PATCH .*/messages/[0-9]+", status=status, body=body, times=None)
            it.harness.discord.faults.add(refused)
            await it.request_login()
            await it.request_login("grace")
            it.expire_logins()
            await _run_maintenance(it)
            assert refused.hits == 6, "a reply and a direct message for each of three logins"
            assert not it.query_database("SELECT 1 FROM login")


async def test_unlink_takes_the_login_link_away() -> None:
    for mode in MODES:
        for was_linked in (False, True):
            async with login_client(**mode) as it:
                if was_linked:
                    await it.link()
                reply, offer, callback = await it.prepare_callback("/callback")
                answer = await reply.user_client.run("/unlink")
                if was_linked:
                    await answer.press("Unlink and erase")
                else:
                    assert "The login you had started is erased" in answer.text
                await reply.wait_for("You used /unlink")
                assert "this login link no longer works" in _message(offer)["content"]
                assert not _message(offer)["components"]
                assert (
                    "This browser has no login to finish" in (await it.send_callback(callback)).text
                )
                assert not it.query_database("SELECT 1 FROM login")
                again = await reply.user_client.run("/unlink")
                assert "nothing to erase" in again.text


async def test_login_that_a_restart_interrupted_is_over_everywhere() -> None:
    expected = "This login was interrupted before it finished, so nothing was changed."
    for path in ("/callback", "/discord"):
        async with login_client(**MODES[1]) as it:
            reply, offer, callback = await it.prepare_callback(path)
            service = it.harness.discord if path == "/discord" else it.harness.spotify
            faults = getattr(service, "accounts_faults", service.faults)
            stalled = faults.add(Fault("/token$", action="stall", times=1))
            request = asyncio.create_task(it.send_callback(callback))
            async with asyncio.timeout(5):
                while not stalled.hits:
                    await it.send("GET", "/health")
            await it.harness.restart()
            await asyncio.gather(request, return_exceptions=True)
            requests = it.token_requests
            page = await it.result_page(await it.send_callback(callback))
            assert expected in page.text
            await reply.wait_for(expected)
            await offer.user_client.wait_for_message(expected)
            assert not _message(offer)["components"]
            page = await it.result_page(await it.send_callback(callback))
            assert expected in page.text
            elsewhere = await it.send("GET", URL(offer.url).raw_path)
            assert LINK_UNKNOWN in elsewhere.text, "there is nothing to go on with"
            assert it.token_requests == requests


async def test_five_wrong_codes_take_the_button_away() -> None:
    async with login_client() as it:
        reply, offer, callback = await it.prepare_callback("/callback")
        await it.send_callback(callback)
        await reply.wait_for("Almost done")
        for _ in range(5):
            answer = await it.enter_code(offer, "ZZZZ-ZZZZ")
        assert "the login was erased" in answer.text
        await reply.wait_for("the login was erased")
        assert not _message(offer)["components"]


async def test_code_is_confirmed_although_no_message_can_be_edited() -> None:
    async with login_client() as it:
        reply, offer, callback = await it.prepare_callback("/callback")
        page = await it.result_page(await it.send_callback(callback))
        await reply.wait_for("Almost done")
        form = await it.open_code_form(offer)
        refused = Fault(
            "PATCH .*/messages/[0-9]+",
            status=404,
            body='{"code": 10008, "message": "no"}',
            times=None,
        )
        it.harness.discord.faults.add(refused)
        answer = await form.submit(code=find_confirmation_code(page.text))
        assert "Linked to **Ada**" in answer.text
        assert refused.hits
