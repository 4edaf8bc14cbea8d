"""The page of a download in Chromium: its button works once, in both looks and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from sandbox.harness import Harness, run_harness
from tests.chromium import launch_chromium, needs_chromium

pytestmark = [pytest.mark.slow, needs_chromium]

CONTENT = bytes(range(256)) * 4_000


async def _offer(harness: Harness) -> str:
    """The address of a file of Ada's."""
    assert harness.bot is not None
    path = harness.settings.database.with_name("library.zip")
    path.write_bytes(CONTENT)
    user_id = int(harness.discord.state.users["ada"].id)
    return (await harness.bot.services.downloads.offer(user_id, path)).url


async def _download(context: BrowserContext, url: str, *, scripts: bool) -> None:
    """Download the file with the button, then find that the address is used up."""
    tab, problems = await context.new_page(), list[str]()
    tab.on("console", lambda message: problems.append(message.text))
    for attempt in range(2):
        await tab.goto("about:blank")
        await tab.goto(url)
        field = tab.get_by_role("textbox", name="Code")
        if scripts:
            await expect(field).to_have_count(0)
            assert "#" not in tab.url, "the address bar keeps no code"
        else:
            await field.fill(url.partition("#")[2])
        button = tab.get_by_role("button", name="Download")
        if attempt == 0:
            async with tab.expect_download() as downloading:
                await button.click()
            assert (await downloading.value).suggested_filename == "library.zip"
            assert Path(await (await downloading.value).path()).read_bytes() == CONTENT
            if scripts:
                started = tab.get_by_role("button", name="Download started")
                await expect(started).to_be_disabled()
            assert not problems, "such as a script that the policy of the page forbids"
        else:
            await button.click()
            await expect(tab.get_by_role("heading")).to_have_text("Nothing to download here")


async def _in_look(browser: Browser, harness: Harness, scheme: str, *, scripts: bool) -> None:
    async with await browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        viewport={"width": 390, "height": 700},
    ) as context:
        await _download(context, await _offer(harness), scripts=scripts)


async def test_button_downloads_the_file_once() -> None:
    async with run_harness() as harness, launch_chromium() as browser:
        await harness.link_account("ada")
        for scheme, scripts in (("light", True), ("dark", True), ("dark", False)):
            await _in_look(browser, harness, scheme, scripts=scripts)
