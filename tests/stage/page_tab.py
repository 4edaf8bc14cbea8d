"""The page of the stage in a real Chromium, with a small bot behind it, for tests of the page."""

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
from sandbox.page import Page
from sandbox.spotify import Spotify
from tests.chromium import Chat, chromium
from tests.stage.discord_bot import SmallBot, connected


class PageBot(SmallBot):
    """A small bot that takes its time, to be seen waiting for.

    /find completes what is typed when `found[it]` is set, not before. The button of /remote sets
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


class Remote(ui.View):
    """A button without a label."""

    @ui.button(emoji="⏭️")
    async def skip(self, interaction: Interaction, button: ui.Button[Remote]) -> None:
        bot = interaction.client
        assert isinstance(bot, PageBot)
        bot.hanging.set()
        await bot.released.wait()
        await interaction.response.edit_message(content="Skipped")


@app_commands.command()
async def remote(interaction: Interaction) -> None:
    """Show a button."""
    await interaction.response.send_message("Playing", view=Remote())


@dataclass
class Finger:
    """One finger on the screen, while the page believes that there is no mouse."""

    chromium: CDPSession

    async def down(self, on: Locator) -> None:
        """Touch the middle of something, and stay."""
        await on.scroll_into_view_if_needed()
        box = await on.bounding_box()
        assert box is not None
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        await self._touch("touchStart", [point])

    async def up(self) -> None:
        await self._touch("touchEnd", [])

    async def tap(self, on: Locator) -> None:
        await self.down(on)
        await self.up()

    async def _touch(self, what: str, points: list[dict[str, float]]) -> None:
        touch = {"type": what, "touchPoints": points}
        await self.chromium.send("Input.dispatchTouchEvent", touch)


@dataclass
class Open(Chat):
    """The page, open in a tab, and what is behind it."""

    clock: Clock
    discord: Discord
    spotify: Spotify
    bot: PageBot

    @asynccontextmanager
    async def phone(self) -> AsyncIterator[Finger]:
        """The page on a phone of 390 pixels until the end of the block."""
        await self.tab.set_viewport_size(PHONE)
        chromium = await self.tab.context.new_cdp_session(self.tab)
        await chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        yield Finger(chromium)
        await chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@asynccontextmanager
async def tab_of_chromium() -> AsyncIterator[Tab]:
    """One tab for all tests of a module: a new one for each costs more than most of them."""
    async with chromium() as browser:
        tab = await browser.new_page()
        tab.set_default_timeout(5000)
        yield tab


@asynccontextmanager
async def opened(tab: Tab) -> AsyncIterator[Open]:
    """A stage of its own in the tab: Ada looks at #music, where nothing was said yet."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(Discord(clock))
        spotify = await stack.enter_async_context(Spotify(clock))
        await stack.enter_async_context(connected(discord, bot := PageBot()))
        served = await stack.enter_async_context(Page(discord, spotify))
        await tab.set_viewport_size(DESKTOP)
        await tab.emulate_media(color_scheme="light", reduced_motion="reduce")
        await tab.goto(served.url, wait_until="commit")
        await expect(tab.get_by_role("heading", name="#music").first).to_be_visible()
        yield Open(tab, clock, discord, spotify, bot)
