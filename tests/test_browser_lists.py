"""Lists and the *What if…* menu, with the whole bot, through the demo page in Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, ViewportSize, expect

from sandbox.harness import Harness, run_harness
from sandbox.page import PageServer
from sandbox.spotify import Account
from tests.chromium import ChatPage, launch_chromium, needs_chromium
from tests.list_components import unsave_all

pytestmark = [pytest.mark.slow, needs_chromium, pytest.mark.asyncio(loop_scope="module")]

PHONE = ViewportSize(width=390, height=844)

# Each scenario of the menu, a command while it is on, and what the bot says then.
WHAT_IFS = {
    "an ad": ("/now", "An ad is playing"),
    "private session": ("/now share:true", "In a private session"),
    "no Premium": ("/pause", "Playing needs Spotify Premium"),
    "too many requests": ("/top", "Too many requests to Spotify"),
    "quota used up": ("/recent", "daily limit"),
    "Spotify down": ("/queue show", "Spotify isn’t responding"),
    "8,000 liked songs": ("/play liked", "200 newest liked songs"),
}
NO_EMOJI_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <selectfont><rejectfont>
    <glob>*Emoji*</glob><glob>*emoji*</glob>
  </rejectfont></selectfont>
</fontconfig>"""
# The relation of width to height of each picture, as it is and as it is shown.
SHAPES_JS = """async (images) => {
    await Promise.all(images.map((it) => it.decode()));
    return images.map((it) => [it.naturalWidth / it.naturalHeight, it.width / it.height]);
}"""


@dataclass
class Session(ChatPage):
    """Ada, who is linked, at the demo page."""

    harness: Harness

    @property
    def account(self) -> Account:
        return self.harness.spotify.accounts["ada"]

    def in_list(self, label: str) -> Locator:
        return self.latest_message.get_by_role("button", name=label, exact=True)

    async def press(self, label: str) -> None:
        """Press by key. The clock advances, so that it does not count as a double press."""
        self.harness.clock.advance(1)
        await self.in_list(label).press("Enter")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launch_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def session(browser: Browser) -> AsyncIterator[Session]:
    async with run_harness() as harness, PageServer(harness.discord, harness.spotify) as page:
        await harness.link_account("ada")
        tab = await browser.new_page(reduced_motion="reduce")
        tab.set_default_timeout(20_000)
        await tab.goto(page.url)
        session = Session(tab, harness)
        player, album = session.account.player, next(iter(harness.spotify.catalogue.albums))
        player.play(context=f"spotify:album:{album}", device=player.devices[0])
        yield session
        await tab.close()


async def test_new_user_presses_what_the_page_says_to_try(session: Session) -> None:
    tries = session.tab.get_by_role("log").get_by_role("listitem").get_by_role("button")
    await expect(tries.filter(has_text="/link")).to_be_visible()
    await session.tab.get_by_role("button", name="/search lantern").click()
    await expect(session.latest_message).to_contain_text("Songs for “lantern”")


async def test_list_is_used_by_keys_and_keeps_the_focus(session: Session) -> None:
    unsave_all(session.account)
    await session.run_command("/search a")
    await expect(session.latest_message).to_contain_text("1–10 of")
    await session.press("Save")
    await expect(session.latest_message).to_contain_text("Added to your Liked Songs")
    await expect(session.in_list("Unsave")).to_be_focused()
    await session.press("Unsave")
    await expect(session.in_list("Save")).to_be_focused()
    await session.press("Page 2 ▶")
    await expect(session.latest_message).to_contain_text("11–20 of")
    await session.press("Albums")
    await expect(session.latest_message).to_contain_text("Albums for “a”")
    await expect(session.latest_message.locator(":focus")).to_have_count(1)
    await session.press("Add to playlist")
    await session.press("Choose a playlist")
    await session.tab.get_by_role("option", name="Harbour Evenings").click()
    await expect(session.latest_message).to_contain_text("added to Harbour Evenings")
    await expect(session.latest_message).to_contain_text("Albums for “a”")
    await expect(session.tab.get_by_role("article")).to_have_count(1)


async def test_covers_are_shown_whole_and_nothing_is_cut(session: Session) -> None:
    await session.run_command("/top")
    pictures = session.latest_message.locator(".gallery img")
    await expect(pictures.first).to_be_visible()
    for size in (None, PHONE):
        if size is not None:
            await session.tab.set_viewport_size(size)
        for natural, shown in await pictures.evaluate_all(SHAPES_JS):
            assert shown == pytest.approx(natural, abs=0.02)
        assert await session.tab.evaluate("document.body.scrollWidth <= innerWidth")


async def test_every_what_if_has_its_sentence(session: Session) -> None:
    menu = session.tab.get_by_role("region", name="What if…")
    await expect(menu.get_by_role("button")).to_have_count(len(WHAT_IFS))
    for label in await menu.get_by_role("button").all_text_contents():
        command, sentence = WHAT_IFS[label]
        scenario = menu.get_by_role("button", name=label)
        await scenario.click()
        await session.run_command(command)
        await expect(session.latest_message).to_contain_text(sentence)
        # A rate limit ends by itself after one request.
        if await scenario.get_attribute("aria-pressed") == "true":
            await scenario.click()
        await expect(scenario).to_have_attribute("aria-pressed", "false")
        session.harness.clock.advance(60)


async def test_symbols_without_a_font_are_drawn(tmp_path: Path, session: Session) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(NO_EMOJI_FONTS)
    async with (
        launch_chromium(FONTCONFIG_FILE=str(fonts)) as browser,
        PageServer(session.harness.discord, session.harness.spotify) as page,
    ):
        tab = await browser.new_page()
        await tab.goto(page.url)
        await ChatPage(tab).run_command("/top")
        lines = tab.get_by_role("article").last.get_by_role("listitem")
        await expect(lines.locator(".sign-for").first).to_be_visible()
        await expect(lines.first).not_to_contain_text("💚")
