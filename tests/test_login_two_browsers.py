"""A login link that is passed on to a victim, with two real browsers: its sender gains nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect
from playwright.async_api import Page as Tab

from sandbox.discord import Reply
from sandbox.harness import LoginOffer
from tests.chromium import launch_chromium, needs_chromium
from tests.login_client import LINK_USED, OTHER_BROWSER, LoginClient, login_client

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

DISCORD_MODE = {"DISCORD_CLIENT_SECRET": "yes"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mallory_browser() -> AsyncIterator[Browser]:
    """The browser of Mallory, who asked for the link and passes it on."""
    async with launch_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada_browser() -> AsyncIterator[Browser]:
    """The browser of Ada, who did not ask and follows the link she was sent."""
    async with launch_chromium() as browser:
        yield browser


@dataclass
class LoginLure:
    """Mallory's login link, and a tab in each browser."""

    client: LoginClient
    reply: Reply
    offer: LoginOffer
    mallory: Tab
    ada: Tab

    async def assert_nothing_gained(self) -> None:
        """Mallory is not linked, and cannot use Ada's token, now or after the login expires."""
        assert not self.client.query_database("SELECT 1 FROM link")
        assert "haven’t linked" in (await self.reply.user_client.run("/now")).text
        self.client.expire_logins()
        bot = self.client.harness.bot
        assert bot is not None
        await bot.run_maintenance()
        assert not self.client.query_database("SELECT 1 FROM login UNION SELECT 1 FROM person")
        if not self.client.harness.settings.discord_client_secret:
            message = await self.offer.user_client.wait_for_message("This login has expired")
            assert not message["components"]


async def _open_tab(context: BrowserContext) -> Tab:
    tab = await context.new_page()
    tab.set_default_timeout(20_000)
    return tab


@pytest_asyncio.fixture(loop_scope="module")
async def contexts(
    mallory_browser: Browser, ada_browser: Browser
) -> AsyncIterator[tuple[BrowserContext, BrowserContext]]:
    """A new context in each browser, so that no cookie survives a test."""
    async with await mallory_browser.new_context() as mallory:
        async with await ada_browser.new_context() as ada:
            yield mallory, ada


async def _prepare_lure(
    it: LoginClient, contexts: tuple[BrowserContext, BrowserContext]
) -> LoginLure:
    it.harness.spotify.apps[it.harness.spotify.client_id].allowed_accounts.add("mallory")
    reply, offer = await it.request_login("mallory")
    mallory, ada = contexts
    return LoginLure(it, reply, offer, await _open_tab(mallory), await _open_tab(ada))


async def _authorize(tab: Tab, account: str) -> None:
    await tab.get_by_role("radio", name=account).check()
    await tab.get_by_role("button", name="Agree").click()


async def test_code_is_shown_only_in_browser_that_logged_in(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    async with login_client() as it:
        lure = await _prepare_lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.ada.goto(lure.offer.url)
        await expect(lure.ada.get_by_text("the Discord account mallory")).to_be_visible()
        await expect(lure.ada.get_by_text("Didn’t ask for this in Discord?")).to_be_visible()
        await lure.ada.get_by_role("button", name="Continue").click()
        await _authorize(lure.ada, "Ada")
        await expect(lure.ada.get_by_text("did someone ask you for this code")).to_be_visible()
        code = await lure.ada.locator(".code").inner_text()

        # Mallory has the link, her own browser, and the button in Discord.
        await lure.reply.wait_for("Almost done")
        for path in ("/done", "/callback"):
            await lure.mallory.goto(f"{it.harness.settings.public_url}{path}")
            await expect(lure.mallory.get_by_text(OTHER_BROWSER)).to_be_visible()
        await lure.mallory.goto(lure.offer.url)
        await expect(lure.mallory.get_by_text(LINK_USED)).to_be_visible()
        guess = "7KQ2-M0XA"
        assert guess != code
        assert "not the code in your browser" in (await it.enter_code(lure.offer, guess)).text
        assert it.query_database("SELECT 1 FROM login WHERE refresh_token NOT NULL"), (
            "stored for ten minutes"
        )
        await lure.assert_nothing_gained()
        await expect(lure.ada.get_by_text("it’s over")).to_be_visible()


async def test_discord_oauth_rejects_other_users_browser(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    async with login_client(**DISCORD_MODE) as it:
        lure = await _prepare_lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.ada.goto(lure.offer.url)
        await lure.ada.get_by_role("button", name="Continue").click()
        await lure.ada.get_by_role("radio", name="ada").check()
        await lure.ada.get_by_role("button", name="Authorize").click()
        await expect(lure.ada.get_by_text("signed in to Discord as someone else")).to_be_visible()
        await lure.reply.wait_for("signed in to Discord as someone else")
        assert it.spotify_token_requests == 0, "nothing was sent to Spotify"
        await lure.assert_nothing_gained()


async def test_intermediate_url_is_useless_in_another_browser(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    """Mallory signs in to Discord, and passes on the URL of Spotify's page."""
    async with login_client(**DISCORD_MODE) as it:
        lure = await _prepare_lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.mallory.get_by_role("button", name="Continue").click()
        await lure.mallory.get_by_role("radio", name="mallory").check()
        await lure.mallory.get_by_role("button", name="Authorize").click()
        await expect(lure.mallory.get_by_role("button", name="Agree")).to_be_visible()
        await lure.ada.goto(lure.mallory.url)
        await _authorize(lure.ada, "Ada")
        await expect(lure.ada.get_by_text(OTHER_BROWSER)).to_be_visible()
        assert it.spotify_token_requests == 0
        await lure.assert_nothing_gained()
