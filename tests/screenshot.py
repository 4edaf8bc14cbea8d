"""`make picture`: takes the README's pictures, docs/sandbox.png and docs/phone.png."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from playwright.async_api import expect

from bot.interactions.icons import read_images
from sandbox.clock import Clock
from sandbox.harness import run_harness
from sandbox.page import PageServer
from tests.chromium import ChatPage, launch_chromium

DOCS = Path(__file__).parent.parent / "docs"
DESKTOP, PHONE = DOCS / "sandbox.png", DOCS / "phone.png"

# The position in the song, in seconds.
ELAPSED_S = 74


async def take_screenshots() -> None:
    # The browser has the real time. The sandbox's clock reaches it when it advances below.
    clock = Clock(time.time() - ELAPSED_S)
    async with (
        run_harness(clock=clock, icons=read_images) as it,
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
        await tab.screenshot(path=DESKTOP)
        phone = await browser.new_page(
            viewport={"width": 390, "height": 844}, color_scheme="dark", device_scale_factor=2
        )
        await phone.goto(page.url)
        chat = ChatPage(phone)
        await chat.run_command("/now share:false")
        await expect(chat.latest_message).to_contain_text("Only you can see this")
        await expect(chat.button("Queue").last).to_be_visible()
        await phone.screenshot(path=PHONE)


if __name__ == "__main__":
    asyncio.run(take_screenshots())
