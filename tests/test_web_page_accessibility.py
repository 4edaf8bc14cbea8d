"""Every page can be read: on a phone, enlarged, in the dark, by keyboard and by screen reader."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from playwright.async_api import Page as Tab

from tests.chromium import launch_chromium, needs_chromium
from tests.login_client import LoginClient, login_client

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]

Scheme = Literal["light", "dark"]

# All text of a page with the contrast that it has (WCAG 2.2, "contrast ratio"), and what else
# somebody without eyes, or with a keyboard alone, depends on.
CONTRAST_SCRIPT = """() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(one => one / 255)
      .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = it => {
    const colour = getComputedStyle(it).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' ? ground(it.parentElement) : colour;
  };
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const it = walk.currentNode.parentElement;
    const [a, b] = [getComputedStyle(it).color, ground(it)].map(light);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    texts.push([walk.currentNode.data, contrast]);
  }
  const count = selector => document.querySelectorAll(selector).length;
  return {
    texts, language: document.documentElement.lang, title: document.title,
    heading: document.querySelector('h1').innerText,
    mains: count('main'), headings: count('h1'),
    mislabelled: count('p[aria-label], div[aria-label]:not([role]), span[aria-label]:not([role])'),
    outside: [...document.body.children].filter(it => it.localName !== 'main').length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""
FOCUS_SCRIPT = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.localName, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
LINE_COUNT_SCRIPT = """it => {
  const range = document.createRange();
  range.selectNodeContents(it);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
}"""


@dataclass(frozen=True)
class WebPage:
    """A page: what it is, where, and the cookie that opens it."""

    name: str
    path: str
    cookie: str = ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launch_chromium() as it:
        yield it


async def _web_pages(it: LoginClient) -> list[WebPage]:
    """Every page there is, of the mode in which a code is typed."""
    ends = []
    for user, account, accept in (("linus", "mallory", True), ("grace", "grace", False)):
        _, offer = await it.request_login(user)
        back = await it.authorize(await it.start_login(offer), account, accept=accept)
        ends.append(WebPage(f"{account}'s end", "/done", (await it.send_callback(back)).cookie))
    *_, there = await it.prepare_callback("/callback")
    ends.append(WebPage("code", "/done", (await it.send_callback(there)).cookie))
    _, offer = await it.request_login("mallory")
    return [
        WebPage("login", offer.url.removeprefix(it.harness.settings.public_url)),
        *(WebPage(path, path) for path in ("/setup", "/privacy", "/login/x", "/nothing")),
        *ends,
    ]


async def _open_page(tab: Tab, it: LoginClient, station: WebPage) -> None:
    await tab.context.clear_cookies()
    public = it.harness.settings.public_url
    if station.cookie:
        await tab.context.add_cookies([{"name": "tonearm", "value": station.cookie, "url": public}])
    await tab.goto(f"{public}{station.path}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_are_readable_in_every_size_and_colour_scheme(
    browser: Browser, scheme: Scheme
) -> None:
    async with (
        login_client(OPERATOR_CONTACT=f"{'somebody.with.a.long.name' * 3}@example.org") as it,
        await browser.new_context(color_scheme=scheme) as context,
    ):
        tab = await context.new_page()
        for station in await _web_pages(it):
            await _open_page(tab, it, station)
            for width, enlarged in ((1280, 1), (640, 2), (320, 1)):
                await tab.set_viewport_size({"width": width, "height": 640})
                await tab.evaluate(f"document.documentElement.style.fontSize = '{enlarged}00%'")
                _assert_readable(
                    await tab.evaluate(CONTRAST_SCRIPT), f"{station.name} at {width} px"
                )
            if station.name == "code":
                assert await tab.locator(".code").evaluate(LINE_COUNT_SCRIPT) == 1, (
                    "on one line of a phone"
                )
            await _assert_keyboard_reachable(tab, station.name)


def _assert_readable(page: dict[str, Any], where: str) -> None:
    assert page["wide"] == 0, f"{where} scrolls sideways"
    faint = [text for text, contrast in page["texts"] if text.strip() and contrast < 4.5]
    assert not faint, f"{where}: {faint}"
    assert page["language"] == "en", where
    assert page["title"] == f"{page['heading']} · Tonearm", where
    assert (page["mains"], page["headings"], page["outside"]) == (1, 1, 0), where
    assert page["mislabelled"] == 0, f"{where}: a label there hides what it labels"


async def _assert_keyboard_reachable(tab: Tab, where: str) -> None:
    """By keyboard, and one sees where one is."""
    for _ in range(await tab.locator("a, button").count()):
        await tab.keyboard.press("Tab")
        name, style, width = await tab.evaluate(FOCUS_SCRIPT)
        assert name in ("a", "button"), where
        assert style == "solid", where
        assert width >= 2, where


async def test_error_pages_state_next_step() -> None:
    async with login_client() as it:
        for method, path in (("GET", "/"), ("GET", "/login/x"), ("GET", "/done"), ("PUT", "/done")):
            answer = await it.send(method, path)
            assert answer.status >= 400
            assert "/link in Discord" in answer.text
