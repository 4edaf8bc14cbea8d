"""The page in a real browser: commands, buttons, menus, forms and files, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from tests.chromium import needs_chromium
from tests.simulators.page_in_browser import OpenPage, chromium_tab, open_page

pytestmark = [pytest.mark.slow, needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab() -> AsyncIterator[Tab]:
    async with chromium_tab() as it:
        yield it


@pytest_asyncio.fixture(loop_scope="module")
async def page(tab: Tab) -> AsyncIterator[OpenPage]:
    async with open_page(tab) as it:
        yield it


async def test_a_command_is_completed_by_keys_and_answered(page: OpenPage) -> None:
    await page.message_box.press_sequentially("/so")
    await expect(page.autocomplete_options.first).to_have_text("/songName a song.")
    await page.message_box.press("Tab")
    await page.tab.keyboard.type("la")
    await expect(page.autocomplete_options).to_have_text(["Lantern", "Landslide"])
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("Enter")
    await page.tab.keyboard.type("times:3")
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("id:Landslide x 3")
    await expect(page.latest_message).to_contain_text("Ada used /song")
    await expect(page.message_box).to_be_focused()


async def test_a_required_option_is_asked_for_and_choices_are_offered(page: OpenPage) -> None:
    await page.message_box.press_sequentially("/que")
    await expect(page.autocomplete_options).to_have_text(["/queue addPut a song into the queue."])
    await page.run_command("/queue add")
    await expect(page.tab.get_by_role("alert")).to_have_text("“what” is required.")
    what = page.tab.get_by_role("combobox", name="what")
    await expect(what).to_be_focused()
    await what.press_sequentially("waltz now:")
    await expect(page.autocomplete_options).to_have_text(["True", "False"])
    await page.tab.keyboard.press("Enter")
    await page.tab.keyboard.type("where:")
    await page.tab.keyboard.press("Tab")
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("waltz, now=True, where=end")


async def test_what_discord_would_refuse_comes_back_as_a_sentence(page: OpenPage) -> None:
    alert = page.tab.get_by_role("alert")
    await page.run_command("/nosuch thing")
    await expect(alert).to_have_text("There is no command /nosuch here.")
    await page.run_command("/song name:x times:often")
    await expect(alert).to_have_text("Times is a number, not 'often'.")
    times = page.tab.get_by_role("combobox", name="times")
    await expect(times).to_have_value("often")
    await times.fill("2")
    await times.press("Enter")
    await expect(page.latest_message).to_contain_text("x x 2")
    assert len(page.discord.user_client().messages()) == 1


async def test_mention_of_a_command_puts_it_into_the_box(page: OpenPage) -> None:
    song = next(command for command in page.discord.commands if command["name"] == "song")
    await page.run_command(f"/shout who:</song:{song['id']}>")
    await expect(page.latest_message).to_contain_text("Hey /song")
    await page.latest_message.get_by_role("button", name="/song", exact=True).click()
    name = page.tab.get_by_role("combobox", name="name")
    await expect(name).to_be_focused()
    await name.press_sequentially("Moon ")
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("Moon x 1")


async def test_buttons_press_switch_off_and_lead_away(page: OpenPage) -> None:
    await page.run_command("/panel")
    await expect(page.latest_message).to_contain_text("Stopped")
    await expect(page.button("Not now")).to_be_disabled()
    away = page.latest_message.get_by_role("link", name="Website")
    await expect(away).to_have_attribute("target", "_blank")
    await expect(away).to_have_attribute("rel", "noreferrer")
    await page.button("Play").click()
    await expect(page.latest_message).to_contain_text("Playing")
    await expect(page.latest_message).to_contain_text("(edited)")


async def test_a_menu_takes_several_choices_by_keys(page: OpenPage) -> None:
    await page.run_command("/panel")
    await page.button("Pick a song").press("Enter")
    await expect(page.tab.get_by_role("option", name="Song 0")).to_be_focused()
    await page.tab.keyboard.press("Space")
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("Space")
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("Picked song:0 and song:1")


async def test_a_modal_is_filled_in_and_sent(page: OpenPage) -> None:
    await page.run_command("/panel")
    await page.button("Rename").click()
    form = page.tab.get_by_role("dialog", name="Rename")
    await expect(form.get_by_label("Name")).to_be_focused()
    await page.tab.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    assert page.discord.user_client().modal is None
    await page.button("Rename").click()
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_label("Name").fill("Dawn")
    await form.get_by_role("button", name="Submit").click()
    await expect(form.get_by_role("alert")).to_have_text("“Mood” is required.")
    await expect(form.get_by_label("Mood")).to_be_focused()
    await page.tab.keyboard.press("Enter")
    await form.get_by_role("option", name="Calm").click()
    await expect(form.get_by_label("Mood")).to_have_text("Calm")
    await form.get_by_role("button", name="Submit").click()
    await expect(page.latest_message).to_contain_text("Renamed to Dawn, ['Calm']")
    await expect(form).to_be_hidden()


async def test_a_file_is_downloaded(page: OpenPage) -> None:
    await page.run_command("/slow")
    async with page.tab.expect_download() as starting:
        await page.tab.get_by_role("link", name="Download songs.csv").click()
    download = await starting.value
    assert download.suggested_filename == "songs.csv"
    assert Path(await download.path()).read_bytes() == b"a,b\n"


async def test_a_command_takes_a_file(page: OpenPage) -> None:
    await page.message_box.fill("/measure ")
    file = page.tab.get_by_label("first")
    await page.tab.keyboard.press("Enter")
    await expect(page.tab.get_by_role("alert").first).to_have_text("“first” is required.")
    await file.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"quay"})
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("a.txt 4: quay")


async def test_private_replies_are_for_one_person_only(page: OpenPage) -> None:
    await page.run_command("/tell")
    await expect(page.latest_message).to_contain_text("Only you can see this")
    await page.button("Dismiss message").click()
    await expect(page.tab.get_by_role("article")).to_have_count(0)
    await page.run_command("/tell")
    await expect(page.latest_message).to_contain_text("Only you can see this")
    await page.tab.get_by_role("button", name="Grace", exact=True).last.click()
    await expect(page.tab.get_by_role("button", name="Grace").last).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.tab.get_by_role("article")).to_have_count(0)
    await expect(page.tab.get_by_label("Whose account")).to_have_value("grace")


async def test_a_direct_message_is_unread_until_it_is_looked_at(page: OpenPage) -> None:
    await page.run_command("/tell")
    dm = page.tab.get_by_role("navigation").get_by_role("button", name="Tonearm")
    await expect(dm.get_by_label("unread")).to_be_visible()
    await dm.click()
    await expect(page.latest_message).to_contain_text("Psst")
    await expect(dm.get_by_label("unread")).to_have_count(0)


async def test_menus_of_messages_and_of_people(page: OpenPage) -> None:
    page.discord.user_client("grace").send("https://example.org/rain")
    said = page.tab.get_by_role("article").first
    entry = page.tab.get_by_role("menuitem")
    await said.get_by_role("link").click(button="right")
    await entry.filter(has_text="Quote this").click()
    await expect(page.latest_message).to_contain_text("grace: https://example.org/rain")
    await page.button("Grace").click()
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("Hello Grace")
    await page.latest_message.locator(".face").click(button="right")
    await entry.filter(has_text="Greet").click()
    await expect(page.latest_message).to_contain_text("Hello Tonearm")
    await expect(page.latest_message).to_contain_text("Ada used Greet")


async def test_a_long_touch_opens_a_menu_and_a_message_is_forwarded(page: OpenPage) -> None:
    page.discord.user_client("grace").send("**rain** again")
    entry = page.tab.get_by_role("menuitem")
    async with page.as_phone() as finger:
        await finger.touch(page.latest_message.get_by_text("rain again"))
        await expect(entry.filter(has_text="Quote this")).to_be_visible()
        await finger.release()
        await finger.tap(page.tab.get_by_role("heading", name="#music").first)
        await expect(entry).to_have_count(0)
        await finger.tap(page.latest_message.get_by_role("button", name="Apps for this message"))
        await finger.tap(entry.filter(has_text="Forward…"))
        await finger.tap(entry.filter(has_text="#music"))
    forwarded = page.latest_message.get_by_role("blockquote")
    await expect(forwarded).to_contain_text("Forwarded")
    await expect(forwarded.locator("strong")).to_have_text("rain")
    await expect(page.latest_message).to_contain_text("Ada")
    assert page.discord.user_client().messages()[-1]["message_snapshots"]


async def test_newest_choices_are_shown(page: OpenPage) -> None:
    await page.message_box.press_sequentially("/find a")
    query = page.tab.get_by_role("combobox", name="query")
    await expect(page.tab.get_by_text("Loading options…")).to_be_visible()
    await query.press_sequentially("b")
    page.bot.found["ab"].set()
    await expect(page.autocomplete_options).to_have_count(25)
    page.bot.found["a"].set()  # the older result arrives later
    await query.press_sequentially("c")
    await expect(page.autocomplete_options.first).to_have_text("ab 0")
    page.bot.found["abc"].set()
    await expect(page.autocomplete_options.first).to_have_text("abc 0")
    async with page.as_phone() as finger:
        await finger.tap(page.autocomplete_options.nth(24))
        await expect(query).to_have_value("abc 24")
    await page.tab.keyboard.press("Enter")
    await expect(page.latest_message).to_contain_text("Found abc:24")


async def test_a_pressed_button_waits_and_says_what_it_is(page: OpenPage) -> None:
    await page.run_command("/remote")
    skip = page.button("track next")
    await expect(skip).to_have_attribute("title", "track next")
    await skip.click()
    await expect(skip).to_have_attribute("aria-busy", "true")
    await page.bot.hanging.wait()
    page.bot.released.set()
    await expect(page.latest_message).to_contain_text("Skipped")
    await expect(skip).not_to_have_attribute("aria-busy", "true")


async def test_missing_reply_is_shown_at_the_command(page: OpenPage) -> None:
    await page.run_command("/hang")
    await page.bot.hanging.wait()
    page.clock.advance(3)
    await expect(page.latest_message).to_contain_text("The application did not respond")
    page.bot.released.set()


async def test_a_click_closes_spotify_on_a_device_and_opens_it_again(page: OpenPage) -> None:
    player = page.spotify.accounts["ada"].player
    device = page.tab.get_by_role("button", name="Kitchen Speaker")
    await device.click()
    await expect(device).to_contain_text("Closed")
    assert "Kitchen Speaker" not in [device.name for device in player.devices]
    await device.click()
    await expect(device).not_to_contain_text("Closed")
    assert "Kitchen Speaker" in [device.name for device in player.devices]


async def test_what_if_menu_switches_scenarios_on_and_off(page: OpenPage) -> None:
    ada = page.spotify.accounts["ada"]
    menu = page.tab.get_by_role("region", name="What if…")
    for scenario in await menu.get_by_role("button").all():
        await scenario.click()
        await expect(scenario).to_have_attribute("aria-pressed", "true")
    assert (ada.player.interlude, ada.premium, len(ada.liked) > 8_000) == ("ad", False, True)
    for scenario in await menu.get_by_role("button").all():
        await scenario.click()
        await expect(scenario).to_have_attribute("aria-pressed", "false")
    assert (ada.player.interlude, ada.premium, len(ada.liked) > 8_000) == (None, True, False)
