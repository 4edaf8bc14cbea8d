"""The page of the sandbox in a real Chromium, with a small bot behind it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from discord import Interaction, app_commands, ui
from playwright.async_api import CDPSession, Locator, ViewportSize, expect
from playwright.async_api import Page as Tab

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.page import PageServer
from sandbox.spotify import Spotify
from tests.chromium import ChatPage, launch_chromium
from tests.simulators.discord_bot import SmallBot, run_bot


class PageBot(SmallBot):
    """A small bot whose slow answers the page shows as pending.

    /find offers choices for a text once `found[text]` is set. The button of /remote sets
    `hanging` and waits for `released`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def setup_hook(self) -> None:
        self.tree.add_command(find)
        self.tree.add_command(remote)
        await super().setup_hook()


@app_commands.command()
async def find(interaction: Interaction, query: str) -> None:
    """Look for a song."""
    await interaction.response.send_message(f"Found {query}")


@find.autocomplete("query")
async def _found(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    assert isinstance(interaction.client, PageBot)
    await interaction.client.found[current].wait()
    return [app_commands.Choice(name=f"{current} {n}", value=f"{current}:{n}") for n in range(25)]


class SkipView(ui.View):
    """A button without a label."""

    @ui.button(emoji="⏭️")
    async def skip(self, interaction: Interaction, button: ui.Button[SkipView]) -> None:
        bot = interaction.client
        assert isinstance(bot, PageBot)
        bot.hanging.set()
        await bot.released.wait()
        await interaction.response.edit_message(content="Skipped")


@app_commands.command()
async def remote(interaction: Interaction) -> None:
    """Show a button."""
    await interaction.response.send_message("Playing", view=SkipView())


@dataclass
class TouchScreen:
    """A finger on a touch screen, on a page without a mouse."""

    chromium: CDPSession

    async def touch(self, on: Locator) -> None:
        """Touch the middle of an element, and hold."""
        await on.scroll_into_view_if_needed()
        box = await on.bounding_box()
        assert box is not None
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        await self._touch("touchStart", [point])

    async def release(self) -> None:
        await self._touch("touchEnd", [])

    async def tap(self, on: Locator) -> None:
        await self.touch(on)
        await self.release()

    async def _touch(self, what: str, points: list[dict[str, float]]) -> None:
        touch = {"type": what, "touchPoints": points}
        await self.chromium.send("Input.dispatchTouchEvent", touch)


@dataclass
class OpenPage(ChatPage):
    """The page in a tab, and the services behind it."""

    clock: Clock
    discord: Discord
    spotify: Spotify
    bot: PageBot

    @asynccontextmanager
    async def as_phone(self) -> AsyncIterator[TouchScreen]:
        """The page at a phone's width of 390 pixels until the end of the block."""
        await self.tab.set_viewport_size(PHONE_SIZE)
        chromium = await self.tab.context.new_cdp_session(self.tab)
        await chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        yield TouchScreen(chromium)
        await chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


DESKTOP_SIZE = ViewportSize(width=1280, height=800)
PHONE_SIZE = ViewportSize(width=390, height=844)


@asynccontextmanager
async def chromium_tab() -> AsyncIterator[Tab]:
    """One tab for all tests of a module: a new one for each costs more than most of them."""
    async with launch_chromium() as browser:
        tab = await browser.new_page()
        tab.set_default_timeout(20_000)
        yield tab


@asynccontextmanager
async def open_page(tab: Tab) -> AsyncIterator[OpenPage]:
    """A new sandbox in the tab: Ada sees #music, which has no messages yet."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(Discord(clock))
        spotify = await stack.enter_async_context(Spotify(clock))
        await stack.enter_async_context(run_bot(discord, bot := PageBot()))
        served = await stack.enter_async_context(PageServer(discord, spotify))
        await tab.set_viewport_size(DESKTOP_SIZE)
        await tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        await tab.goto(served.url, wait_until="commit")
        await expect(tab.get_by_role("heading", name="#music").first).to_be_visible()
        yield OpenPage(tab, clock, discord, spotify, bot)
