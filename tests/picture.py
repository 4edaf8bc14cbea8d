"""`make picture`: takes the README's picture of the sandbox anew."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from playwright.async_api import expect

from sandbox.clock import Clock
from sandbox.page import Page
from sandbox.stage import stage
from tests.chromium import Chat, chromium

PICTURE = Path(__file__).parent.parent / "docs" / "sandbox.png"


# Seconds of the song.
LISTENED = 74


async def take() -> None:
    # The browser's clock is the real one, which the stage's comes up to.
    clock = Clock(time.time() - LISTENED)
    async with (
        stage(clock=clock) as it,
        Page(it.discord, it.spotify) as page,
        chromium() as browser,
    ):
        await it.link("ada")
        friend = it.discord.seat("grace", "music")
        friend.say("what was that one about the greenhouse?")
        tab = await browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        await tab.goto(page.url)
        chat = Chat(tab)
        await chat.run("/play what:paper greenhouse")
        await expect(chat.newest).to_contain_text("The Paper Greenhouse")
        it.clock.advance(LISTENED)
        await chat.run("/now share:true")
        await expect(chat.newest).to_contain_text("1:1")
        await chat.button("repeat").click()
        await expect(chat.newest).to_contain_text("Repeating")
        friend.say("that one! putting it on as well")
        await expect(chat.newest).to_contain_text("that one")
        await tab.mouse.move(1, 1)  # nothing stands out because it is pointed at
        await tab.screenshot(path=PICTURE)


if __name__ == "__main__":
    asyncio.run(take())
