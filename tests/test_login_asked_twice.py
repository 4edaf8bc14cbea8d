"""Every URL of a login may be requested twice, and by another browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import get_args

from yarl import URL

from sandbox.browser import Browser, Prefetch, preview
from sandbox.discord import Reply
from sandbox.harness import LoginOffer, find_confirmation_code
from sandbox.html_reader import HtmlPage
from tests.login_client import (
    LINK_USED,
    LOGIN_EXPIRED,
    LOGIN_REPLACED,
    OTHER_BROWSER,
    Callback,
    LoginClient,
    PageResponse,
    login_client,
)

MODES: tuple[dict[str, str], ...] = ({}, {"DISCORD_CLIENT_SECRET": "yes"})


@asynccontextmanager
async def _login(
    mode: dict[str, str], prefetch: Prefetch | None = None
) -> AsyncIterator[tuple[LoginClient, Reply, LoginOffer, Browser]]:
    """Ada's login link, and a browser that has not opened it."""
    async with login_client(**mode) as it, Browser(prefetch=prefetch) as browser:
        reply, offer = await it.request_login()
        yield it, reply, offer, browser


async def _finish(it: LoginClient, reply: Reply, offer: LoginOffer, page: HtmlPage) -> None:
    """Type the code that the page shows, if there is one; the account is linked."""
    if code := find_confirmation_code(page.text):
        await reply.wait_for("Almost done")
        await it.enter_code(offer, code)
    await reply.wait_for("Linked to **Ada**")


async def test_prefetching_browser_sees_the_result_of_one_exchange() -> None:
    for mode in MODES:
        for prefetch in get_args(Prefetch):
            async with _login(mode, prefetch) as (it, reply, offer, browser):
                page = await browser.log_in(offer.url)
                expected = "Linked to Ada" if mode else "Signed in to Spotify as Ada"
                assert expected in page.text, (mode, prefetch)
                await _finish(it, reply, offer, page)
                assert it.spotify_token_requests == 1
                assert it.discord_token_requests == (1 if mode else 0)


async def test_double_click_on_the_login_page_starts_one_login() -> None:
    for mode in MODES:
        async with _login(mode) as (it, reply, offer, browser):
            await browser.open(offer.url)
            page = await browser.submit("Continue", double_click=True)
            if mode:
                page = await browser.submit("Authorize", double_click=True, user="ada")
            assert page.find_form("Agree")
            await _finish(it, reply, offer, await browser.submit("Agree", account="ada"))


async def test_two_tabs_end_at_the_same_code() -> None:
    async with _login({}) as (it, reply, offer, browser):
        tabs = []
        for _ in range(2):
            await browser.open(offer.url)
            tabs.append(await browser.submit("Continue"))
        codes = []
        for tab in tabs:
            browser.page = tab
            page = await browser.submit("Agree", account="ada")
            codes.append(find_confirmation_code(page.text))
        assert codes[0] == codes[1] is not None
        assert it.spotify_token_requests == 1
        await _finish(it, reply, offer, page)


async def test_page_of_each_earlier_address_agrees_with_the_login() -> None:
    """A browser that returns by reload, Back or its history sees the login's current page."""
    for mode in MODES:
        for outcome in ("code", "linked", "cancelled", "replaced", "expired", "unlinked"):
            async with login_client(**mode) as it:
                reply, offer, callback = await it.prepare_callback("/callback")
                if outcome == "cancelled":
                    callback = callback.with_query("code").with_query("error", "access_denied")
                response = await it.send_callback(callback)
                page = await it.result_page(response)
                expected = {
                    "cancelled": "You cancelled the login",
                    "replaced": LOGIN_REPLACED,
                    "expired": LOGIN_EXPIRED,
                    "unlinked": "it’s over",
                }.get(outcome, "Linked to Ada")
                if outcome == "code" and not mode:
                    expected = find_confirmation_code(page.text) or "a code"
                if outcome not in ("code", "cancelled") and not mode:
                    await _change(it, outcome, reply, offer, page)
                elif outcome in ("replaced", "expired", "unlinked"):
                    expected = "Linked to Ada"
                requests = it.token_requests
                for again in it.callbacks:
                    seen = await _follow(it, await it.send_callback(again), response.cookie)
                    assert expected in seen.text, (mode, outcome, again.path)
                path = URL(offer.url).raw_path
                for method in ("GET", "POST"):
                    sent = await it.send(method, path, response.cookie)
                    seen = await _follow(it, sent, response.cookie)
                    unlinked = outcome == "unlinked" and not mode
                    assert ("used up" if unlinked else expected) in seen.text, (mode, outcome)
                assert it.token_requests == requests


async def _change(
    it: LoginClient, outcome: str, reply: Reply, offer: LoginOffer, page: PageResponse
) -> None:
    match outcome:
        case "linked":
            await _finish(it, reply, offer, page)
        case "replaced":
            await it.request_login()
        case "expired":
            it.expire_logins()
        case "unlinked":
            await reply.user_client.run("/unlink")


async def _follow(it: LoginClient, response: PageResponse, cookie: str) -> PageResponse:
    if not response.location:
        return response
    assert response.location == "/done"
    assert response.cookie == cookie
    return await it.result_page(response)


async def test_login_that_waits_for_the_browser_continues_where_it_was() -> None:
    async with login_client(**MODES[1]) as it:
        _, offer = await it.request_login()
        at_discord = await it.start_login(offer)
        path = URL(offer.url).raw_path
        again = await it.send("POST", path, at_discord.cookie)
        assert (again.location, again.cookie) == (at_discord.location, at_discord.cookie)
        unfinished = await it.send("GET", "/done", at_discord.cookie)
        assert "Discord is still waiting for you to agree" in unfinished.text
        callback = await it.authorize(at_discord)
        at_spotify = await it.send_callback(callback)
        unfinished = await it.send("GET", "/done", at_spotify.cookie)
        assert "Spotify is still waiting for you to agree" in unfinished.text
        again = await it.send_callback(callback)
        assert (again.location, again.cookie) == (at_spotify.location, at_spotify.cookie)
        page = await it.send("GET", path, at_discord.cookie)
        assert "Continue to Spotify" in page.text
        again = await it.send("POST", path, at_discord.cookie)
        assert again.location == at_spotify.location
        assert (await it.send_callback(await it.authorize(again))).location == "/done"
        assert it.discord_token_requests == 1


async def test_callback_in_another_browser_names_the_way_and_uses_up_nothing() -> None:
    for mode in MODES:
        async with _login(mode) as (it, reply, offer, in_app), Browser() as other:
            await in_app.open(offer.url)
            page = await in_app.submit("Continue")
            if mode:
                page = await in_app.submit("Authorize", user="ada", continue_in=other)
                assert OTHER_BROWSER in page.text
                assert it.discord_token_requests == 0
                await in_app.open(offer.url)
                await in_app.submit("Continue")
                await in_app.submit("Authorize", user="ada")
            page = await in_app.submit("Agree", account="ada", continue_in=other)
            assert OTHER_BROWSER in page.text
            assert "Ada" not in page.text
            assert "ada" not in page.text
            assert it.spotify_token_requests == 0
            assert LINK_USED in (await other.open(offer.url)).text
            # The first browser still finishes it, and so would a new link in the other one.
            await in_app.open(offer.url)
            await in_app.submit("Continue")
            await _finish(it, reply, offer, await in_app.submit("Agree", account="ada"))


async def test_link_previews_use_up_nothing_and_see_nothing() -> None:
    for mode in MODES:
        async with login_client(**mode) as it:
            reply, offer = await it.request_login()
            base = it.harness.settings.public_url
            addresses = [offer.url, f"{base}/done"]
            step = await it.start_login(offer)
            while step.location != "/done":
                callback = await it.authorize(step)
                query = URL.build(query=callback.query).raw_query_string
                addresses.append(f"{base}{callback.path}?{query}")
                for address in addresses:
                    for seen in await preview(address):
                        assert "Ada" not in seen.text
                        assert not find_confirmation_code(seen.text)
                step = await it.send_callback(callback)
            await _finish(it, reply, offer, await it.result_page(step))
            assert it.spotify_token_requests == 1


async def test_head_request_with_the_cookie_sends_no_code() -> None:
    async with login_client() as it:
        *_, callback = await it.prepare_callback("/callback")
        query = URL.build(query=callback.query).raw_query_string
        head = await it.send("HEAD", f"{callback.path}?{query}", *callback.cookies)
        assert head.status == 405
        assert it.token_requests == 0
        assert (await it.send_callback(callback)).location == "/done"


async def test_two_logins_in_one_browser_keep_their_own_results() -> None:
    async with login_client() as it:
        _, offer = await it.request_login()
        _, other = await it.request_login("grace")
        first = await it.start_login(offer)
        second = await it.send("POST", URL(other.url).raw_path, first.cookie)
        assert second.cookie == first.cookie
        pages: dict[str, str] = {}
        for redirect, account in ((first, "ada"), (second, "grace"), (first, "ada")):
            callback: Callback = await it.authorize(redirect, account)
            response = await it.send_callback(callback)
            text = (await it.result_page(response)).text
            assert f"Signed in to Spotify as {account.title()}" in text
            assert pages.setdefault(account, text) == text
        swapped = replace(await it.authorize(first), cookies=("x" * 43,))
        assert OTHER_BROWSER in (await it.send_callback(swapped)).text
        assert it.spotify_token_requests == 2
