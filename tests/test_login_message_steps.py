"""The private reply and the direct message with a login link say the same, step by step."""

from __future__ import annotations

import asyncio
from typing import Any

from yarl import URL

from sandbox.browser import Browser
from sandbox.discord import Reply
from sandbox.discord.visible_text import find_buttons
from sandbox.harness import find_confirmation_code
from tests.login_client import LOGIN_REPLACED, LoginClient, login_client
from tests.login_state_machine.held_responses import HeldRequest, HeldResponse, released_at_exit

MODES: tuple[dict[str, str], ...] = ({}, {"DISCORD_CLIENT_SECRET": "yes"})


def _direct_message(it: LoginClient) -> dict[str, Any]:
    """The newest direct message to Ada."""
    return it.harness.discord.user_client("ada", "dm").messages()[-1]


def _content(message: dict[str, Any]) -> tuple[str, list[tuple[str | None, str | None]]]:
    """The text of a message, and the label and URL of each button."""
    found = [(button.get("label"), button.get("url")) for button in find_buttons(message)]
    return message["content"], found


async def test_private_reply_and_direct_message_say_the_same_at_each_step() -> None:
    for mode in MODES:
        async with login_client(**mode) as it:
            reply, offer = await it.request_login()
            shown: list[list[str | None]] = []

            def is_said(text: str, reply: Reply = reply, it: LoginClient = it) -> bool:
                direct_message = _content(_direct_message(it))
                return text in direct_message[0] and direct_message == _content(reply.message)

            async def wait_for(
                text: str, it: LoginClient = it, shown: list[Any] = shown, reply: Reply = reply
            ) -> None:
                await it.harness.discord.changes.wait_until(lambda: is_said(text), text)
                shown.append([label for label, _ in _content(reply.message)[1]])

            assert reply.ephemeral
            await wait_for("Press **Link Spotify**")
            redirect = await it.start_login(offer)
            await wait_for("Opened in your browser.")
            assert offer.url in str(_content(reply.message)), "it can be opened again there"
            callback = await it.authorize(redirect)
            if mode:
                callback = await it.authorize(await it.send_callback(callback))
            page = await it.result_page(await it.send_callback(callback))
            if code := find_confirmation_code(page.text):
                await wait_for("Almost done.")
                form = await reply.user_client.press(reply.message, "Enter code")
                await form.submit(code=code)
            await wait_for("Linked to **Ada**")
            code_button = [] if mode else ["Enter code"]
            almost_done = [] if mode else [["Enter code"]]
            first, opened = ["Link Spotify", *code_button], ["Open again", *code_button]
            assert shown == [first, opened, *almost_done, []]


async def test_link_used_before_its_direct_message_is_sent_is_edited_too() -> None:
    for mode, expected in zip(MODES, ("Almost done.", "Linked to **Ada**"), strict=True):
        async with login_client(**mode) as it:
            held = HeldResponse("POST .*/channels/[0-9]+/messages direct-message$")
            it.harness.discord.faults.add(held)
            async with released_at_exit(held.hold):
                reply = await it.harness.discord.user_client("ada").run("/link")
                await held.hold.response_ready.wait()
                callback = await it.authorize(
                    await it.start_login(it.harness.find_login_offer(reply))
                )
                if mode:
                    callback = await it.authorize(await it.send_callback(callback))
                await it.send_callback(callback)
                assert "Press **Link Spotify**" in reply.text, "its message is not known yet"
            await reply.wait_for(expected)
            await it.harness.discord.user_client("ada", "dm").wait_for_message(expected)


async def test_result_is_said_although_the_messages_were_unknown_when_it_was_asked_for() -> None:
    for case, expected in (("accepted", "Almost done."), ("refused", "Use /link to start over")):
        async with login_client() as it:
            sending = HeldResponse("POST .*/channels/[0-9]+/messages direct-message$")
            it.harness.discord.faults.add(sending)
            exchange = HeldResponse("POST /api/token")
            it.harness.spotify.accounts_faults.add(exchange)
            async with released_at_exit(exchange.hold):
                async with released_at_exit(sending.hold):
                    reply = await it.harness.discord.user_client("ada").run("/link")
                    await sending.hold.response_ready.wait()
                    redirect = await it.start_login(it.harness.find_login_offer(reply))
                    callback = await it.authorize(redirect)
                    if case == "refused":
                        it.harness.spotify.oauth.codes.clear()
                    request = asyncio.create_task(it.send_callback(callback))
                    await exchange.hold.response_ready.wait()
                await reply.wait_for("Opened in your browser.")
            await request
            await reply.wait_for(expected)
            await it.harness.discord.user_client("ada", "dm").wait_for_message(expected)


async def test_link_replaced_or_erased_before_its_direct_message_is_sent_says_so() -> None:
    for command, expected in (
        ("/link", LOGIN_REPLACED),
        ("/unlink", "this login link no longer works"),
    ):
        async with login_client() as it:
            held = HeldResponse("POST .*/channels/[0-9]+/messages direct-message$")
            it.harness.discord.faults.add(held)
            async with released_at_exit(held.hold):
                reply = await it.harness.discord.user_client("ada").run("/link")
                await held.hold.response_ready.wait()
                await it.harness.discord.user_client("ada", "general").run(command)
            await reply.wait_for(expected)
            await it.harness.discord.user_client("ada", "dm").wait_for_message(expected)
            assert not find_buttons(reply.message)


async def test_slow_edit_does_not_replace_a_later_one() -> None:
    async with login_client(**MODES[1]) as it:
        older, _ = await it.request_login()
        reply, offer = await it.request_login()
        await older.wait_for(
            LOGIN_REPLACED
        )  # so discord.py knows that two edits may be in progress
        direct_messages = it.harness.discord.user_client("ada", "dm")
        path = URL(offer.url).raw_path
        cookie = (await it.send("GET", path)).cookie
        held = HeldRequest(f"PATCH .*/messages/{_direct_message(it)['id']}$")
        it.harness.discord.faults.add(held)
        async with released_at_exit(held.hold):
            first = asyncio.create_task(it.send("POST", path, cookie))
            await held.hold.response_ready.wait()
            callback = await it.authorize(await it.send("POST", path, cookie))
            callback = await it.authorize(await it.send_callback(callback))
            # One of them links the account and edits the messages; the other says when it is done.
            last = [asyncio.create_task(it.send_callback(callback)) for _ in range(2)]
            await asyncio.wait(last, return_when=asyncio.FIRST_COMPLETED)
            assert it.query_database("SELECT 1 FROM link")
            for _ in range(20):  # time for an edit that does not wait for the slow one
                await it.send("GET", "/health")
        assert {response.status for response in await asyncio.gather(first, *last)} == {303}
        await reply.wait_for("Linked to **Ada**")
        await direct_messages.wait_for_message("Linked to **Ada**")


async def test_reply_too_old_to_edit_says_it_when_the_code_is_typed_in_it() -> None:
    async with login_client() as it:
        reply, _, callback = await it.prepare_callback("/callback")
        it.harness.clock.advance(9 * 60)
        page = await it.result_page(await it.send_callback(callback))
        await reply.wait_for("Almost done")
        it.harness.clock.advance(9 * 60)  # Discord takes edits of a reply for fifteen minutes
        form = await reply.press("Enter code")
        await form.submit(code=find_confirmation_code(page.text))
        await reply.wait_for("Linked to **Ada**")
        await it.harness.discord.user_client("ada", "dm").wait_for_message("Linked to **Ada**")


async def test_login_button_below_an_error_becomes_the_link_there() -> None:
    for mode in MODES:
        async with login_client(**mode) as it:
            error = await it.harness.discord.user_client("ada").run("/pause")
            reply = await error.press("Link Spotify")
            assert reply.message["id"] == error.message["id"], "no further message"
            assert "Press **Link Spotify** to sign in" in reply.text
            async with Browser() as browser:
                url = it.harness.find_login_offer(reply).url
                page = await browser.log_in(url, account="ada", discord="ada")
            if code := find_confirmation_code(page.text):
                await reply.wait_for("Almost done")
                await (await reply.press("Enter code")).submit(code=code)
            await reply.wait_for("Linked to **Ada**")
            await it.harness.discord.user_client("ada", "dm").wait_for_message("Linked to **Ada**")
