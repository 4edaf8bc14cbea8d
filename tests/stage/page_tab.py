"""The page of the stage in a real Chromium, with a small bot behind it, for tests of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, expect

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.page import Page
from sandbox.spotify import Spotify
from tests.chromium import Chat
from tests.stage.discord_bot import SmallBot, connected


@dataclass
class Open(Chat):
    """The page, open in a tab, and what is behind it."""

    clock: Clock
    discord: Discord
    spotify: Spotify
    bot: SmallBot


@asynccontextmanager
async def opened(browser: Browser) -> AsyncIterator[Open]:
    """Ada looks at #music, where nothing was said yet."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(Discord(clock))
        spotify = await stack.enter_async_context(Spotify(clock))
        bot = await stack.enter_async_context(connected(discord, SmallBot()))
        served = await stack.enter_async_context(Page(discord, spotify))
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        stack.push_async_callback(context.close)
        tab = await context.new_page()
        tab.set_default_timeout(5000)
        await tab.goto(served.url, wait_until="commit")
        await expect(tab.get_by_role("heading", name="#music").first).to_be_visible()
        yield Open(tab, clock, discord, spotify, bot)
