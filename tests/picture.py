"""`make picture`: takes the README's picture of the sandbox anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import expect

from sandbox.page import Page
from sandbox.stage import stage
from tests.chromium import Chat, chromium

PICTURE = Path(__file__).parent.parent / "docs" / "sandbox.png"


async def take() -> None:
    async with stage() as it, Page(it.discord, it.spotify) as page, chromium() as browser:
        await it.link("ada")
        friend = it.discord.seat("grace", "music")
        friend.say("what was that one about the greenhouse?")
        tab = await browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        await tab.goto(page.url)
        chat = Chat(tab)
        await chat.run("/search query:paper")
        await expect(chat.newest).to_contain_text("Songs for")
        await chat.button("Paper Lantern Season").click()
        await chat.choices.filter(has_text="Greenhouse").click()
        await expect(chat.button("The Paper Greenhouse")).to_be_visible()
        await chat.button("Play").click()
        await expect(chat.newest).to_contain_text("Playing")
        it.clock.advance(74)
        await chat.run("/now")
        await expect(chat.newest).to_contain_text("1:1")
        await tab.screenshot(path=PICTURE)


if __name__ == "__main__":
    asyncio.run(take())
