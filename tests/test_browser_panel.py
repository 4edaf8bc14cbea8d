"""The panel, devices, queue and message menus through the chat page in Chromium.

If PICTURES names a folder, the tests save screenshots there.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, ViewportSize, expect

from bot.interactions.icons import read_images
from sandbox.harness import Harness, run_harness
from sandbox.message_text import render_message
from sandbox.page import PageServer
from sandbox.spotify import Device, Player
from tests.chromium import ChatPage, launch_chromium, needs_chromium
from tests.panel_message import wait_for_icons

pytestmark = [pytest.mark.slow, needs_chromium, pytest.mark.asyncio(loop_scope="module")]

SCREENSHOT_DIR = os.environ.get("PICTURES")
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@dataclass
class Session(ChatPage):
    """Ada at the chat page, playing the second track of an album."""

    harness: Harness

    @property
    def player(self) -> Player:
        return self.harness.spotify.accounts["ada"].player

    @property
    def panel(self) -> Locator:
        """The newest message that has the buttons of a panel."""
        devices = self.tab.get_by_role("button", name="Devices", exact=True)
        return self.tab.get_by_role("article").filter(has=devices).last

    async def press(self, name: str) -> None:
        """Press a button of the panel by its label or the name of its emoji.

        The clock advances first, so that the press does not count as a double press.
        """
        self.harness.clock.advance(1)
        await self.panel.get_by_role("button", name=name, exact=True).click()

    async def switch_user(self, name: str) -> None:
        button = self.tab.get_by_label("You are").get_by_role("button", name=name)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")

    async def take_screenshot(self, name: str, target: Locator | None = None) -> None:
        """Take four pictures: light and dark, desktop and phone.

        They show `target`, or the newest message.
        """
        if SCREENSHOT_DIR is None:
            return
        for form_factor, size in (("desktop", DESKTOP), ("phone", PHONE)):
            await self.tab.set_viewport_size(size)
            for scheme in ("light", "dark"):
                await self.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                await (
                    (target or self.latest_message)
                    .get_by_role("button")
                    .last.scroll_into_view_if_needed()
                )
                path = Path(SCREENSHOT_DIR) / f"panel-{name}-{form_factor}-{scheme}.png"
                await self.tab.screenshot(path=path)
        await self.tab.set_viewport_size(DESKTOP)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launch_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def session(browser: Browser) -> AsyncIterator[Session]:
    async with run_harness() as harness, PageServer(harness.discord, harness.spotify) as page:
        await harness.link_account("ada")
        await harness.link_account("grace")
        tab = await browser.new_page(viewport=DESKTOP, reduced_motion="reduce")
        tab.set_default_timeout(20_000)
        await tab.goto(page.url)
        session = Session(tab, harness)
        album = next(iter(harness.spotify.catalogue.albums.values()))
        player = session.player
        player.play(context=album.uri, index=1, position=48_000, device=player.devices[0])
        yield session
        await tab.close()


async def test_panel_buttons_act_and_show_result(session: Session) -> None:
    player = session.player
    await session.run_command("/now")
    await expect(session.panel).to_contain_text("Playing on Ada's Laptop")
    await expect(session.panel).to_contain_text("0:4")
    cover = session.panel.get_by_role("link", name="Picture").locator("img")
    assert await cover.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    title = session.panel.get_by_role("link", name="The Last Lantern in Quillmouth")
    assert (await title.get_attribute("href") or "").startswith("https://open.spotify.com/track/")
    await session.take_screenshot("playing")
    await session.press("pause button")
    await expect(session.panel).to_contain_text("Paused on Ada's Laptop")
    assert not player.is_playing
    await session.press("arrow forward")
    await expect(session.panel).to_contain_text("Playing on Ada's Laptop")
    await session.press("track next")
    await expect(session.panel).to_contain_text("Carry the Lantern Home, Ines")
    await session.press("Like")
    await expect(session.panel.get_by_role("button", name="Liked")).to_be_visible()
    assert session.harness.spotify.accounts["ada"].liked[0][0] == player.item
    await session.press("loud sound")
    await expect(session.panel).to_contain_text("🔊 70%")
    await session.press("twisted rightwards arrows")
    await expect(session.panel).to_contain_text("Shuffled")
    await session.press("repeat")
    await expect(session.panel).to_contain_text("Repeat all")
    await session.take_screenshot("toggled")

    await session.press("Queue")
    await expect(session.latest_message).to_contain_text("Carry the Lantern Home, Ines")
    await session.take_screenshot("queue")
    await session.press("Devices")
    await expect(session.latest_message).to_contain_text("Your devices")
    await session.take_screenshot("devices")
    other = player.devices[1]
    await session.latest_message.get_by_role("button", name="Ada's Laptop").first.click()
    await session.tab.get_by_role("option", name=other.name).click()
    await expect(session.panel).to_contain_text(f"Playing on {other.name}")
    assert player.device is other

    player.interlude = "ad"
    await session.press("arrows counterclockwise")
    await expect(session.panel).to_contain_text("An ad is playing")
    await expect(session.panel.get_by_role("button", name="track next")).to_be_disabled()
    await expect(session.panel.get_by_role("button", name="Like")).to_have_count(0)
    await session.take_screenshot("ad", session.panel)


async def test_played_song_has_icons_that_become_the_panel(browser: Browser) -> None:
    async with (
        run_harness(icons=read_images) as harness,
        PageServer(harness.discord, harness.spotify) as page,
    ):
        await harness.link_account("ada")
        tab = await browser.new_page(viewport=DESKTOP, reduced_motion="reduce")
        await tab.goto(page.url)
        session = Session(tab, harness)
        await wait_for_icons(harness)
        await session.run_command("/play paper greenhouse")
        await expect(session.latest_message).to_contain_text("The Paper Greenhouse")
        await session.take_screenshot("played")
        harness.clock.advance(1)
        await session.button("All controls").click()
        icons = session.panel.get_by_role("button").locator("img")
        await expect(icons).not_to_have_count(0)
        await expect(session.panel.get_by_role("button").locator("span.emoji")).to_have_count(0)
        for icon in await icons.all():
            assert await icon.evaluate("icon => icon.decode().then(() => icon.naturalWidth)") > 0
        await session.press("pause")
        await expect(session.panel).to_contain_text("Paused on Ada's Laptop")
        await session.press("Queue")
        await expect(session.panel).to_contain_text("Next: ")
        await session.take_screenshot("icons", session.panel)
        await tab.close()


async def test_friend_plays_item_of_shared_panel(session: Session) -> None:
    await session.run_command("/now share:true")
    await expect(session.panel).to_contain_text("Ada’s remote")
    await session.switch_user("Grace")
    await session.press("pause button")
    await expect(session.latest_message).to_contain_text("This is someone else’s remote.")
    await expect(session.latest_message).to_contain_text("Only you can see this")
    assert session.player.is_playing
    await session.take_screenshot("friend")
    await session.button("Play").click()
    await expect(session.latest_message).to_contain_text("The Last Lantern in Quillmouth")
    player = session.harness.spotify.accounts["grace"].player
    await session.harness.spotify.changes.wait_until(lambda: player.item == session.player.item)


async def test_link_of_friend_is_played_from_message_menu(session: Session) -> None:
    await session.run_command("/now")
    await expect(session.panel).to_contain_text("Playing on")
    track = session.harness.spotify.catalogue.regular_tracks[40]
    friend = session.harness.discord.user_client("grace", "music")
    friend.send(f"this one: https://open.spotify.com/track/{track.id}")
    await expect(session.latest_message).to_contain_text("this one")
    await session.latest_message.hover()
    await session.latest_message.get_by_role("button", name="Apps for this message").click()
    await session.tab.get_by_text("Play on Spotify").click()
    await expect(session.latest_message).to_contain_text("Playing")
    await expect(session.latest_message).to_contain_text(track.name)
    assert session.player.item == track.uri
    await expect(session.panel).to_contain_text(track.name)
    await session.take_screenshot("menu")


async def test_without_active_device_selected_device_plays(session: Session) -> None:
    session.player.devices.append(Device("7" * 40, "Attic", "Speaker"))
    session.player.device = None
    await session.run_command("/now")
    await expect(session.panel).to_contain_text("Nothing is playing")
    await session.take_screenshot("nothing")
    await session.press("arrow forward")
    await expect(session.latest_message).to_contain_text("Which device should I use")
    await session.take_screenshot("choose")
    await session.button("Choose a device").click()
    await session.tab.get_by_role("option", name="Attic").click()
    await expect(session.panel).to_contain_text("Playing on Attic")
    assert session.player.is_playing
    messages = session.harness.discord.user_client("ada", "music").messages()
    assert not any("bug" in render_message(message) for message in messages)
