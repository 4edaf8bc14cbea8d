"""The whole bot through the chat page in Chromium, from /link to the exported file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect
from playwright.async_api import Page as Tab

from sandbox.harness import Harness, run_harness
from sandbox.page import PageServer
from tests.chromium import ChatPage, launch_chromium, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@dataclass
class ChatSession(ChatPage):
    """Ada at the chat page, and the harness that serves it."""

    context: BrowserContext
    harness: Harness

    async def login_page(self) -> Tab:
        """Press the login button of the newest message; returns the tab that it opens."""
        async with self.context.expect_page() as opening:
            await self.latest_message.get_by_role("link", name="Link Spotify").click()
        return await opening.value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def context() -> AsyncIterator[BrowserContext]:
    """One browser window for all tests: a new one takes longer than most of them."""
    async with launch_chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(context: BrowserContext) -> Tab:
    tab = await context.new_page()
    tab.set_default_timeout(20_000)
    return tab


@pytest_asyncio.fixture(loop_scope="module")
async def session(context: BrowserContext, tab: Tab) -> AsyncIterator[ChatSession]:
    async with run_harness() as harness, PageServer(harness.discord, harness.spotify) as page:
        await context.clear_cookies()
        await tab.goto(page.url)
        yield ChatSession(tab, context, harness)
        for extra in context.pages:
            if extra is not tab:
                await extra.close()


async def _link(session: ChatSession) -> Tab:
    """/link, the login page, and the consent of each service; the tab, at its last page."""
    await session.run_command("/link")
    login = await session.login_page()
    await expect(login.get_by_role("heading")).to_have_text("Link your Spotify account")
    await expect(login.get_by_text("the Discord account ada")).to_be_visible()
    await login.get_by_role("button", name="Continue to").press("Enter")
    if session.harness.settings.discord_client_secret:
        await login.get_by_role("button", name="Authorize").click()
    await login.get_by_role("button", name="Agree").click()
    return login


async def test_link_search_play_pause_skip_now_save_and_export(session: ChatSession) -> None:
    player = session.harness.spotify.accounts["ada"].player
    login = await _link(session)
    await expect(login.get_by_role("heading")).to_have_text("One more step, in Discord")
    await login.get_by_role("button", name="Copy code").press("Enter")
    await expect(login.get_by_role("button", name="Copied")).to_be_visible()
    await session.tab.bring_to_front()  # Chromium renders background tabs once a second
    await session.button("Enter code").click()
    await session.tab.get_by_role("textbox", name="Code").press("Control+V")
    await session.tab.keyboard.press("Enter")
    await expect(session.latest_message).to_contain_text("Linked to Ada")
    await expect(login.get_by_role("heading")).to_have_text("Linked to Ada")
    await session.tab.bring_to_front()
    await session.run_command("/search query:lantern")
    await expect(session.latest_message).to_contain_text("Songs for “lantern”")
    await session.button("Choose another").click()
    await session.autocomplete_options.nth(2).click()
    await expect(session.latest_message).to_contain_text("▸ Carry the Lantern Home, Ines")
    await session.button("Play").click()
    await expect(session.latest_message).to_contain_text("Playing")
    assert player.is_playing

    await session.run_command("/now")
    await expect(session.latest_message).to_contain_text("Playing on Ada's Laptop")
    cover = session.latest_message.get_by_role("link", name="Picture").locator("img")
    assert await cover.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    previous = player.item
    await session.run_command("/next")
    await expect(session.latest_message).to_contain_text("Skipped · Playing on")
    assert player.item != previous
    await session.run_command("/pause")
    await expect(session.latest_message).to_contain_text("Paused on")
    assert not session.harness.spotify.page_view("ada")["playing"]["is_playing"]
    await session.run_command("/save")
    await expect(session.latest_message).to_contain_text("Added to your Liked Songs")
    assert session.harness.spotify.accounts["ada"].liked[0][0] == player.item

    await session.run_command("/export what:liked-songs format:csv")
    await expect(session.latest_message).to_contain_text("liked-songs.csv")
    async with session.tab.expect_download() as downloading:
        await session.latest_message.get_by_role("link", name="liked-songs.csv").click()
    assert (await downloading.value).suggested_filename == "liked-songs.csv"


async def test_with_the_client_secret_nobody_types_a_code(
    context: BrowserContext, tab: Tab
) -> None:
    async with (
        run_harness(DISCORD_CLIENT_SECRET="yes") as harness,
        PageServer(harness.discord, harness.spotify) as page,
    ):
        await context.clear_cookies()
        await tab.goto(page.url)
        login = await _link(ChatSession(tab, context, harness))
        await expect(login.get_by_role("heading")).to_have_text("Linked to Ada")
        await login.close()
        for place in ("music", "Tonearm"):  # the reply, and the direct message
            await tab.get_by_role("button", name=place).click()
            message = tab.get_by_role("article").last
            await expect(message).to_contain_text("Linked to Ada")
            await expect(message.get_by_role("link", name="Link Spotify")).to_have_count(0)


async def test_cancelled_login_is_reported_on_page_and_in_discord(session: ChatSession) -> None:
    await session.run_command("/now")
    await expect(session.latest_message).to_contain_text("You haven’t linked Spotify yet")
    await session.button("Link Spotify").click()
    await expect(session.latest_message).to_contain_text("Press Link Spotify to sign in")
    login = await session.login_page()
    await login.get_by_role("button", name="Continue to Spotify").click()
    await login.get_by_role("button", name="Cancel").click()
    await expect(login.get_by_role("heading")).to_have_text("Nothing was changed")
    await expect(session.latest_message).to_contain_text("You cancelled the login")


async def test_login_pages_fit_a_phone_without_javascript(session: ChatSession) -> None:
    offer = session.harness.find_login_offer(
        await session.harness.discord.user_client("ada").run("/link")
    )
    public_url = session.harness.settings.public_url
    assert session.context.browser is not None
    context = await session.context.browser.new_context(
        viewport={"width": 360, "height": 640}, color_scheme="dark", java_script_enabled=False
    )
    tab = await context.new_page()
    for url in (offer.url, f"{public_url}/privacy", f"{public_url}/setup", f"{public_url}/nothing"):
        await tab.goto(url)
        right_edge = await tab.locator("main").evaluate(
            "element => element.getBoundingClientRect().right"
        )
        assert right_edge <= 360
        background = await tab.locator("body").evaluate(
            "element => getComputedStyle(element).backgroundColor"
        )
        assert background == "rgb(23, 24, 22)"
    await context.close()
