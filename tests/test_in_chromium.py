"""The whole bot through the page, in a real browser: from /link to the exported file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect
from playwright.async_api import Page as Tab

from sandbox.page import Page
from sandbox.stage import Stage, stage
from tests.chromium import Chat, chromium, needs_chromium

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@dataclass
class Evening(Chat):
    """Ada at the page, and the stage behind it."""

    context: BrowserContext
    stage: Stage

    async def login_page(self) -> Tab:
        """Press the login button in the direct messages; the tab that it opens."""
        await self.tab.get_by_role("button", name="Tonearm").click()
        async with self.context.expect_page() as opening:
            await self.newest.get_by_role("link", name="Link Spotify").click()
        return await opening.value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def context() -> AsyncIterator[BrowserContext]:
    """One window for all: a new one for each costs more than most of them."""
    async with chromium() as browser:
        yield await browser.new_context(viewport={"width": 1280, "height": 800})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(context: BrowserContext) -> Tab:
    tab = await context.new_page()
    tab.set_default_timeout(5000)
    return tab


@pytest_asyncio.fixture(loop_scope="module")
async def evening(context: BrowserContext, tab: Tab) -> AsyncIterator[Evening]:
    async with stage() as it, Page(it.discord, it.spotify) as page:
        await context.clear_cookies()
        await tab.goto(page.url)
        yield Evening(tab, context, it)
        for other in context.pages:
            if other is not tab:
                await other.close()


async def test_link_search_play_pause_skip_see_save_and_export(evening: Evening) -> None:
    player = evening.stage.spotify.accounts["ada"].player
    await evening.run("/link")
    login = await evening.login_page()
    await expect(login.get_by_role("heading")).to_have_text("Link your Spotify account")
    await expect(login.get_by_text("the Discord account ada")).to_be_visible()
    await login.get_by_role("button", name="Continue to Spotify").press("Enter")
    await login.get_by_role("button", name="Agree").click()
    await expect(login.get_by_role("heading")).to_have_text("One more step, in Discord")
    code = await login.get_by_label("Code").inner_text()
    await evening.button("Enter code").click()
    await evening.tab.get_by_role("textbox", name="Code").fill(code.lower())
    await evening.tab.keyboard.press("Enter")
    await expect(evening.newest).to_contain_text("Linked to Ada. Try /search or /play.")
    await login.reload()
    await expect(login.get_by_role("heading")).to_have_text("Linked to Ada")
    await evening.tab.bring_to_front()  # a tab in the background is drawn once a second
    await evening.tab.get_by_role("button", name="music").click()
    await expect(evening.tab.get_by_role("heading", name="#music").first).to_be_visible()

    await evening.run("/search query:lantern")
    await expect(evening.newest).to_contain_text("Songs for “lantern”")
    await evening.button("Lantern Weather").click()
    await evening.choices.nth(2).click()
    await expect(evening.button("Carry the Lantern Home, Ines")).to_be_visible()
    await evening.button("Play").click()
    await expect(evening.newest).to_contain_text("Playing")
    assert player.is_playing

    await evening.run("/now")
    await expect(evening.newest).to_contain_text("Playing on Ada's Laptop")
    cover = evening.newest.get_by_role("link", name="Picture").locator("img")
    assert await cover.evaluate("it => it.decode().then(() => it.naturalWidth)") > 0
    playing = player.item
    await evening.run("/next")
    await expect(evening.newest).to_contain_text("Skipped · Playing on")
    assert player.item != playing
    await evening.run("/pause")
    await expect(evening.newest).to_contain_text("Paused on")
    assert not evening.stage.spotify.view("ada")["playing"]["is_playing"]
    await evening.run("/save")
    await expect(evening.newest).to_contain_text("Saved to your liked songs")
    assert evening.stage.spotify.accounts["ada"].liked[0][0] == player.item

    await evening.run("/export format:csv")
    await expect(evening.newest).to_contain_text("liked-songs.csv")
    async with evening.tab.expect_download() as downloading:
        await evening.newest.get_by_role("link", name="liked-songs.csv").click()
    assert (await downloading.value).suggested_filename == "liked-songs.csv"


async def test_a_cancelled_login_says_so_in_both_places(evening: Evening) -> None:
    await evening.run("/now")
    await expect(evening.newest).to_contain_text("You have not linked Spotify yet")
    await evening.button("Link Spotify").click()
    await expect(evening.newest).to_contain_text("The login button is in your direct messages")
    login = await evening.login_page()
    await login.get_by_role("button", name="Continue to Spotify").click()
    await login.get_by_role("button", name="Cancel").click()
    await expect(login.get_by_role("heading")).to_have_text("Nothing was changed")
    await expect(evening.newest).to_contain_text("You cancelled the login")


async def test_the_login_pages_fit_a_phone_and_run_no_script(evening: Evening) -> None:
    offer = evening.stage.offer(await evening.stage.discord.seat("ada").run("/link"))
    public = evening.stage.settings.public_url
    assert evening.context.browser is not None
    context = await evening.context.browser.new_context(
        viewport={"width": 360, "height": 640}, color_scheme="dark", java_script_enabled=False
    )
    tab = await context.new_page()
    for url in (offer.url, f"{public}/privacy", f"{public}/setup", f"{public}/nothing"):
        await tab.goto(url)
        width = await tab.locator("main").evaluate("it => it.getBoundingClientRect().right")
        assert width <= 360
        dark = await tab.locator("body").evaluate("it => getComputedStyle(it).backgroundColor")
        assert dark == "rgb(23, 24, 22)"
    await context.close()
