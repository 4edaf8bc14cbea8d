"""The page in a real browser: what it shows and keeps, in dark mode, on a phone, by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect
from playwright.async_api import Page as Tab

from tests.chromium import needs_chromium
from tests.simulators.page_in_browser import OpenPage, chromium_tab, open_page

pytestmark = [pytest.mark.slow, needs_chromium, pytest.mark.asyncio(loop_scope="module")]


# a message's text, and how Discord shows it
MARKDOWN = {
    "**b** *i* _i_ __u__ ~~s~~ ***bi***": "<strong>b</strong> <em>i</em> <em>i</em> <u>u</u> "
    "<s>s</s> <strong><em>bi</em></strong>",
    "snake_case_name, 2 * 3 * 4, **open": "snake_case_name, 2 * 3 * 4, **open",
    r"\*no\* \_no\_ \`no\`": "*no* _no_ `no`",
    "`a*b*` ``x ` y``": "<code>a*b*</code> <code>x ` y</code>",
    "# Head\n-# small\nrest": '<h3>Head</h3><p class="subtext">small</p>rest',
    ">>> all\nof it": "<blockquote>all\nof it</blockquote>",
    "- a\n  - b\n1. c": '<ul><li>a<ul><li>b</li></ul></li></ul><ol start="1"><li>c</li></ol>',
    "[evil](javascript:alert(1))": "[evil](javascript:alert(1))",
    "@everyone <@1> <@2>": '<span class="pill">@everyone</span> <span class="pill">@Ada</span> '
    '<span class="pill">@unknown-user</span>',
    "<b>&amp;</b>": "&lt;b&gt;&amp;amp;&lt;/b&gt;",
}
RENDER_MARKDOWN_JS = """async (text) => {
    const { markdown } = await import("./markdown.js");
    const shown = document.createElement("div");
    shown.append(...markdown(text, { users: new Map([["1", "Ada"]]), places: new Map() }));
    return shown.innerHTML;
}"""

ELEMENT_SIZES_JS = "all => all.map((it) => [it.offsetWidth, it.offsetHeight])"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab() -> AsyncIterator[Tab]:
    async with chromium_tab() as it:
        yield it


@pytest_asyncio.fixture(loop_scope="module")
async def page(tab: Tab) -> AsyncIterator[OpenPage]:
    async with open_page(tab) as it:
        yield it


async def test_markup_in_a_name_stays_text(page: OpenPage) -> None:
    hostile = "<img src=x onerror=alert(1)> <script>alert(2)</script> &amp; **loud**"
    await page.run_command(f"/song name:{hostile}")
    await expect(page.latest_message).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(page.latest_message).to_contain_text("<script>alert(2)</script> &amp; loud x 1")
    await expect(page.latest_message.locator("strong")).to_have_text(
        "loud"
    )  # as Discord would show it
    await expect(page.latest_message.locator("script, img")).to_have_count(0)


async def test_markdown_is_read_as_discord_reads_it(page: OpenPage) -> None:
    shown = {text: await page.tab.evaluate(RENDER_MARKDOWN_JS, text) for text in MARKDOWN}
    assert shown == MARKDOWN


async def test_focus_an_open_list_and_what_is_typed_survive_news(page: OpenPage) -> None:
    await page.run_command("/panel")
    await page.button("Pick a song").press("Enter")
    await page.tab.keyboard.press("ArrowDown")
    page.discord.user_client("grace").send("hello")
    await expect(page.latest_message).to_contain_text("hello")
    await expect(page.tab.get_by_role("option", name="Song 1")).to_be_focused()
    await page.tab.keyboard.press("Escape")
    await expect(page.button("Pick a song")).to_be_focused()
    await page.message_box.fill("/song name:Lan")
    page.discord.user_client("grace").send("still here")
    await expect(page.latest_message).to_contain_text("still here")
    await expect(page.tab.get_by_role("combobox", name="name")).to_have_value("Lan")
    await expect(page.tab.get_by_role("combobox", name="name")).to_be_focused()


async def test_everything_can_be_done_with_keys_alone(page: OpenPage) -> None:
    keys = page.tab.keyboard
    await keys.type("/panel ")  # keys go to the input box
    await keys.press("Enter")
    await expect(page.latest_message).to_contain_text("Stopped")
    for _ in range(30):
        await keys.press("Shift+Tab")
        if await page.button("Play").evaluate("it => it === document.activeElement"):
            break
    await keys.press("Enter")
    await expect(page.latest_message).to_contain_text("Playing")
    await expect(page.button("Play")).to_be_focused()
    outline = await page.button("Play").evaluate("it => getComputedStyle(it).outlineStyle")
    assert outline == "solid"


async def test_what_plays_is_shown_and_moves_on(page: OpenPage) -> None:
    aside = page.tab.get_by_role("complementary")
    first, second = page.spotify.catalogue.regular_tracks[:2]
    ada = page.spotify.accounts["ada"].player
    ada.play(first.uri, second.uri, position=first.duration - 800)
    await expect(aside.get_by_role("link", name=first.name, exact=True)).to_be_visible()
    await expect(aside.get_by_role("img", name=f"Cover of {first.album.name}")).to_be_visible()
    await expect(aside.get_by_role("region", name="Up next")).to_contain_text(second.name)
    await expect(aside.get_by_role("region", name="Devices")).to_contain_text("Active")
    await expect(aside.get_by_role("link", name=second.name, exact=True)).to_be_visible()
    await aside.get_by_role("button", name="Pause").click()
    await expect(aside.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert not ada.is_playing


async def test_it_is_usable_in_the_dark_and_on_a_phone(page: OpenPage) -> None:
    await page.tab.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for line in ("/panel", "/card", "/slow"):
        await page.run_command(line)
        await expect(page.latest_message).to_contain_text("Tonearm")
    assert await lightness(page.tab.locator("html"), "backgroundColor") < 0.3
    assert await lightness(page.tab.locator("html"), "color") > 0.8
    async with page.as_phone() as finger:
        wide = await page.tab.evaluate("document.documentElement.scrollWidth")
        inside = await page.tab.evaluate("document.querySelector('#scroll').scrollWidth")
        assert wide <= 390
        assert inside <= 390
        for size in await page.tab.locator(".button, .select, .tools, .icon").evaluate_all(
            ELEMENT_SIZES_JS
        ):
            assert size == [0, 0] or min(size) >= 44, "smaller than a finger"

        await finger.tap(page.tab.get_by_role("button", name="Simulated Spotify"))
        await expect(page.tab.get_by_role("complementary")).to_be_in_viewport()
        await page.tab.keyboard.press("Escape")
        await expect(page.tab.get_by_role("complementary")).to_be_hidden()
        await finger.tap(page.tab.get_by_role("button", name="Servers and people"))
        await finger.tap(page.tab.get_by_role("button", name="general"))
        await expect(page.tab.get_by_role("heading", name="#general", level=2)).to_be_visible()


async def lightness(element: Locator, colour: str) -> float:
    """The lightness of a computed colour in oklch: 0 is black, 1 is white."""
    value: str = await element.evaluate(f"it => getComputedStyle(it).{colour}")
    return float(value.removeprefix("oklch(").split()[0])


async def test_page_requests_no_other_machine(page: OpenPage) -> None:
    asked: set[str | None] = set()
    forbidden: set[tuple[str | None, str | None]] = set()
    page.tab.on("requestfinished", lambda it: asked.add(urlsplit(it.url).hostname))
    page.tab.on("requestfailed", lambda it: forbidden.add((urlsplit(it.url).hostname, it.failure)))
    await page.run_command("/card")  # with pictures of another site
    await expect(page.latest_message).to_contain_text("Lantern")
    await page.tab.reload()
    await expect(page.latest_message).to_contain_text("Lantern")
    assert asked == {"127.0.0.1"}
    assert forbidden == {("example.org", "csp")}
