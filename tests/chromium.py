"""Runs Chromium, and wraps the sandbox's chat page in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, async_playwright, expect
from playwright.async_api import Page as Tab

CHROMIUM_PATH = shutil.which("chromium")
CHROMIUM_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)

needs_chromium = pytest.mark.skipif(CHROMIUM_PATH is None, reason="no chromium on this machine")

# Milliseconds. A machine that stalls is not to fail a test.
expect.set_options(timeout=20_000)


@asynccontextmanager
async def launch_chromium(**environment: str) -> AsyncIterator[Browser]:
    """Launch the browser with these additional environment variables; closes it on exit."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM_PATH,
            args=CHROMIUM_FLAGS.split(),
            env={**os.environ, **environment},
        )
        yield browser
        await browser.close()


@dataclass
class ChatPage:
    """The chat page in a tab: the message box, the newest message and its buttons."""

    tab: Tab

    @property
    def message_box(self) -> Locator:
        return self.tab.get_by_role("combobox", name="Message")

    @property
    def latest_message(self) -> Locator:
        return self.tab.get_by_role("article").last

    @property
    def autocomplete_options(self) -> Locator:
        return self.tab.get_by_role("listbox").get_by_role("option")

    def button(self, name: str) -> Locator:
        return self.tab.get_by_role("log").get_by_role("button", name=name, exact=True)

    async def run_command(self, line: str) -> None:
        """Type a complete command and send it."""
        await self.message_box.fill(f"{line} ")
        await self.tab.keyboard.press("Enter")
