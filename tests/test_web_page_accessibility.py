"""Every web page is readable on a phone, enlarged, in dark mode, by keyboard and screen reader."""

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

# Each text of a page with its contrast ratio (WCAG 2.2), and the properties that screen readers and
# keyboard users depend on.
CONTRAST_SCRIPT = """() => {
  const luminance = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(value => value / 255)
      .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = element => {
    const colour = getComputedStyle(element).backgroundColor;
    return colour === 'rgba(0, 0, 0, 0)' ? background(element.parentElement) : colour;
  };
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const [a, b] = [getComputedStyle(element).color, background(element)].map(luminance);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    texts.push([walk.currentNode.data, contrast]);
  }
  const count = selector => document.querySelectorAll(selector).length;
  return {
    texts, language: document.documentElement.lang, title: document.title,
    heading: document.querySelector('h1').innerText,
    mains: count('main'), headings: count('h1'),
    mislabelled: count('p[aria-label], div[aria-label]:not([role]), span[aria-label]:not([role])'),
    outside: [...document.body.children].filter(element => element.localName !== 'main').length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
}"""
FOCUS_SCRIPT = """() => {
  const style = getComputedStyle(document.activeElement);
  return [document.activeElement.localName, style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
LINE_COUNT_SCRIPT = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
}"""


@dataclass(frozen=True)
class WebPage:
    """A page's name, its path, and the cookie that it needs."""

    name: str
    path: str
    cookie: str = ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with launch_chromium() as browser:
        yield browser


async def _web_pages(client: LoginClient) -> list[WebPage]:
    """Every page, in the login mode that asks for a confirmation code."""
    results = []
    for user, account, accept in (("linus", "mallory", True), ("grace", "grace", False)):
        _, offer = await client.request_login(user)
        callback = await client.authorize(await client.start_login(offer), account, accept=accept)
        results.append(
            WebPage(f"{account}'s result", "/done", (await client.send_callback(callback)).cookie)
        )
    *_, callback = await client.prepare_callback("/callback")
    results.append(WebPage("code", "/done", (await client.send_callback(callback)).cookie))
    _, offer = await client.request_login("mallory")
    return [
        WebPage("login", offer.url.removeprefix(client.harness.settings.public_url)),
        *(
            WebPage(path, path)
            for path in ("/setup", "/privacy", "/download", "/login/x", "/nothing")
        ),
        *results,
    ]


async def _open_page(tab: Tab, client: LoginClient, page: WebPage) -> None:
    await tab.context.clear_cookies()
    public_url = client.harness.settings.public_url
    if page.cookie:
        await tab.context.add_cookies(
            [{"name": "tonearm", "value": page.cookie, "url": public_url}]
        )
    await tab.goto(f"{public_url}{page.path}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_are_readable_in_every_size_and_colour_scheme(
    browser: Browser, scheme: Scheme
) -> None:
    async with (
        login_client(OPERATOR_CONTACT=f"{'somebody.with.a.long.name' * 3}@example.org") as client,
        await browser.new_context(color_scheme=scheme) as context,
    ):
        tab = await context.new_page()
        for page in await _web_pages(client):
            await _open_page(tab, client, page)
            for width, font_scale in ((1280, 1), (640, 2), (320, 1)):
                await tab.set_viewport_size({"width": width, "height": 640})
                await tab.evaluate(f"document.documentElement.style.fontSize = '{font_scale}00%'")
                _assert_readable(await tab.evaluate(CONTRAST_SCRIPT), f"{page.name} at {width} px")
            if page.name == "code":
                assert await tab.locator(".code").evaluate(LINE_COUNT_SCRIPT) == 1, (
                    "the code wraps on a phone"
                )
            await _assert_keyboard_reachable(tab, page.name)


def _assert_readable(result: dict[str, Any], label: str) -> None:
    assert result["wide"] == 0, f"{label} scrolls sideways"
    low_contrast = [text for text, contrast in result["texts"] if text.strip() and contrast < 4.5]
    assert not low_contrast, f"{label}: {low_contrast}"
    assert result["language"] == "en", label
    assert result["title"] == f"{result['heading']} · Tonearm", label
    assert (result["mains"], result["headings"], result["outside"]) == (1, 1, 0), label
    assert result["mislabelled"] == 0, f"{label}: an aria-label without a role hides its content"


async def _assert_keyboard_reachable(tab: Tab, label: str) -> None:
    """Every link, button and field is reachable with Tab and shows its focus."""
    for _ in range(await tab.locator("a, button, input").count()):
        await tab.keyboard.press("Tab")
        name, style, width = await tab.evaluate(FOCUS_SCRIPT)
        assert name in ("a", "button", "input"), label
        assert style == "solid", label
        assert width >= 2, label


async def test_error_pages_state_next_step() -> None:
    async with login_client() as client:
        for method, path in (("GET", "/"), ("GET", "/login/x"), ("GET", "/done"), ("PUT", "/done")):
            response = await client.send(method, path)
            assert response.status >= 400
            assert "/link in Discord" in response.text
