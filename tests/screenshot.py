"""`make picture`: takes the README's picture, docs/sandbox.png."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from playwright.async_api import expect

from sandbox.clock import Clock
from sandbox.harness import run_harness
from sandbox.page import PageServer
from tests.chromium import ChatPage, launch_chromium

SCREENSHOT = Path(__file__).parent.parent / "docs" / "sandbox.png"

# The position in the song, in seconds.
ELAPSED_S = 74


async def take_screenshot() -> None:
    # The browser has the real time. The sandbox's clock reaches it when it advances below.
    clock = Clock(time.time() - ELAPSED_S)
    async with (
        run_harness(clock=clock) as it,
        PageServer(it.discord, it.spotify) as page,
        launch_chromium() as browser,
    ):
        await it.link_account("ada")
        friend = it.discord.user_client("grace", "music")
        friend.send("what was that one about the greenhouse?")
        tab = await browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="dark")
        await tab.goto(page.url)
        chat = ChatPage(tab)
        await chat.run_command("/play what:paper greenhouse")
        await expect(chat.latest_message).to_contain_text("The Paper Greenhouse")
        it.clock.advance(ELAPSED_S)
        await chat.run_command("/now share:true")
        await expect(chat.latest_message).to_contain_text("1:1")
        await chat.button("repeat").click()
        await expect(chat.latest_message).to_contain_text("Repeat all")
        friend.send("that one! putting it on as well")
        await expect(chat.latest_message).to_contain_text("that one")
        await tab.mouse.move(1, 1)  # so that the pointer highlights nothing
        await tab.screenshot(path=SCREENSHOT)


if __name__ == "__main__":
    asyncio.run(take_screenshot())
