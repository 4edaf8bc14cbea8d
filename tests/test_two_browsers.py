"""One login link and two real browsers: whoever did not ask for it gains nothing for who did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect
from playwright.async_api import Page as Tab

from sandbox.discord import Reply
from sandbox.stage import Offer
from tests.chromium import chromium, needs_chromium
from tests.steps import Steps, steps

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

BY_DISCORD = {"DISCORD_CLIENT_SECRET": "yes"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asker() -> AsyncIterator[Browser]:
    """The browser of Mallory, who asked for the link and passes it on."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other() -> AsyncIterator[Browser]:
    """The browser of Ada, who did not ask and follows the link she was sent."""
    async with chromium() as browser:
        yield browser


@dataclass
class Lure:
    """Mallory's link, and what both browsers show of it."""

    it: Steps
    reply: Reply
    offer: Offer
    mallory: Tab
    ada: Tab

    async def nothing_is_gained(self) -> None:
        """Mallory is not linked, and no token of Ada's can be used, now or after its time."""
        assert not self.it.rows("SELECT 1 FROM link")
        assert "not linked" in (await self.reply.seat.run("/now")).text
        self.it.later()
        bot = self.it.stage.bot
        assert bot is not None
        await bot.go_round()
        assert not self.it.rows("SELECT 1 FROM login UNION SELECT 1 FROM person")
        if not self.it.stage.settings.discord_client_secret:
            assert "Finish the login in your browser" in (await self.it.form(self.offer)).text


async def _tab(context: BrowserContext) -> Tab:
    tab = await context.new_page()
    tab.set_default_timeout(5000)
    return tab


@pytest_asyncio.fixture(loop_scope="module")
async def contexts(
    asker: Browser, other: Browser
) -> AsyncIterator[tuple[BrowserContext, BrowserContext]]:
    async with await asker.new_context() as mallory, await other.new_context() as ada:
        yield mallory, ada


async def _lure(it: Steps, contexts: tuple[BrowserContext, BrowserContext]) -> Lure:
    it.stage.spotify.apps[it.stage.spotify.client_id].allow_list.add("mallory")
    reply, offer = await it.offered("mallory")
    mallory, ada = contexts
    return Lure(it, reply, offer, await _tab(mallory), await _tab(ada))


async def _agree(tab: Tab, account: str) -> None:
    await tab.get_by_role("radio", name=account).check()
    await tab.get_by_role("button", name="Agree").click()


async def test_where_a_code_is_typed_the_other_browser_alone_sees_it(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    async with steps() as it:
        lure = await _lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.ada.goto(lure.offer.url)
        await expect(lure.ada.get_by_text("the Discord account mallory")).to_be_visible()
        await expect(lure.ada.get_by_text("If you did not ask for this")).to_be_visible()
        await lure.ada.get_by_role("button", name="Continue").click()
        await _agree(lure.ada, "Ada")
        await expect(lure.ada.get_by_text("somebody asks you for this code")).to_be_visible()
        shown = await lure.ada.locator(".code").inner_text()

        # What Mallory has is the link, her own browser, and the button in Discord.
        await lure.reply.until("Almost linked to **Ada**")
        for address in ("/done", "/callback"):
            await lure.mallory.goto(f"{it.stage.settings.public_url}{address}")
            await expect(lure.mallory.get_by_text("used up or too old")).to_be_visible()
        await lure.mallory.goto(lure.offer.url)
        await expect(lure.mallory.get_by_text("used up or too old")).to_be_visible()
        guess = "7KQ2-M0XA"
        assert guess != shown
        assert "not the code in your browser" in (await it.enter(lure.offer, guess)).text
        assert it.rows("SELECT 1 FROM login WHERE refresh_token NOT NULL"), "held for ten minutes"
        await lure.nothing_is_gained()
        await lure.ada.reload()
        await expect(lure.ada.get_by_text("used up or too old")).to_be_visible()


async def test_where_discord_is_asked_the_other_browser_is_somebody_else(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    async with steps(**BY_DISCORD) as it:
        lure = await _lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.ada.goto(lure.offer.url)
        await lure.ada.get_by_role("button", name="Continue").click()
        await lure.ada.get_by_role("radio", name="ada").check()
        await lure.ada.get_by_role("button", name="Authorize").click()
        await expect(lure.ada.get_by_text("signed in to Discord as somebody else")).to_be_visible()
        await lure.reply.until("signed in to Discord as somebody else")
        assert it.exchanges == 0, "Spotify was not asked for anything"
        await lure.nothing_is_gained()


async def test_an_address_on_the_way_is_worth_nothing_in_another_browser(
    contexts: tuple[BrowserContext, BrowserContext],
) -> None:
    """Mallory proves to be Mallory, and passes on where she is sent to then."""
    async with steps(**BY_DISCORD) as it:
        lure = await _lure(it, contexts)
        await lure.mallory.goto(lure.offer.url)
        await lure.mallory.get_by_role("button", name="Continue").click()
        await lure.mallory.get_by_role("radio", name="mallory").check()
        await lure.mallory.get_by_role("button", name="Authorize").click()
        await expect(lure.mallory.get_by_role("button", name="Agree")).to_be_visible()
        await lure.ada.goto(lure.mallory.url)
        await _agree(lure.ada, "Ada")
        await expect(lure.ada.get_by_text("used up or too old")).to_be_visible()
        assert it.exchanges == 0
        await lure.nothing_is_gained()
