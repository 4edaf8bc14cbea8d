"""The page in a real browser: commands, buttons, menus, forms and files, by mouse and by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.chromium import chromium, needs_chromium
from tests.stage.page_tab import Open, opened

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as it:
        yield it


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Open]:
    async with opened(browser) as it:
        yield it


async def test_a_command_is_completed_by_keys_and_answered(page: Open) -> None:
    await page.box.press_sequentially("/so")
    await expect(page.choices.first).to_have_text("/songName a song.")
    await page.box.press("Tab")
    await page.tab.keyboard.type("la")
    await expect(page.choices).to_have_text(["Lantern", "Landslide"])
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("Enter")
    await page.tab.keyboard.type("times:3")
    await page.tab.keyboard.press("Enter")
    await expect(page.newest).to_contain_text("id:Landslide x 3")
    await expect(page.newest).to_contain_text("Ada used /song")
    await expect(page.box).to_be_focused()


async def test_a_required_option_is_asked_for_and_choices_are_offered(page: Open) -> None:
    await page.run("/queue add")
    await expect(page.tab.get_by_role("alert")).to_have_text("“what” is required.")
    what = page.tab.get_by_role("combobox", name="what")
    await expect(what).to_be_focused()
    await what.press_sequentially("waltz now:")
    await expect(page.choices).to_have_text(["True", "False"])
    await page.tab.keyboard.press("Enter")
    await page.tab.keyboard.type("where:")
    await page.tab.keyboard.press("Tab")
    await page.tab.keyboard.press("Enter")
    await expect(page.newest).to_contain_text("waltz, now=True, where=end")


async def test_what_discord_would_refuse_comes_back_as_a_sentence(page: Open) -> None:
    alert = page.tab.get_by_role("alert")
    await page.run("/nosuch thing")
    await expect(alert).to_have_text("There is no command /nosuch here.")
    await page.run("/song name:x times:often")
    await expect(alert).to_have_text("Times is a number, not 'often'.")
    times = page.tab.get_by_role("combobox", name="times")
    await expect(times).to_have_value("often")
    await times.fill("2")
    await times.press("Enter")
    await expect(page.newest).to_contain_text("x x 2")
    assert len(page.discord.seat().messages()) == 1


async def test_buttons_press_switch_off_and_lead_away(page: Open) -> None:
    await page.run("/panel")
    await expect(page.newest).to_contain_text("Stopped")
    await expect(page.button("Not now")).to_be_disabled()
    away = page.newest.get_by_role("link", name="Website")
    await expect(away).to_have_attribute("target", "_blank")
    await expect(away).to_have_attribute("rel", "noreferrer")
    await page.button("Play").click()
    await expect(page.newest).to_contain_text("Playing")
    await expect(page.newest).to_contain_text("(edited)")


async def test_a_menu_takes_several_choices_by_keys(page: Open) -> None:
    await page.run("/panel")
    await page.button("Pick a song").press("Enter")
    await expect(page.tab.get_by_role("option", name="Song 0")).to_be_focused()
    await page.tab.keyboard.press("Space")
    await page.tab.keyboard.press("ArrowDown")
    await page.tab.keyboard.press("Space")
    await page.tab.keyboard.press("Enter")
    await expect(page.newest).to_contain_text("Picked song:0 and song:1")


async def test_a_modal_is_filled_in_and_sent(page: Open) -> None:
    await page.run("/panel")
    await page.button("Rename").click()
    form = page.tab.get_by_role("dialog", name="Rename")
    await expect(form.get_by_label("Name")).to_be_focused()
    await page.tab.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    assert page.discord.seat().modal is None
    await page.button("Rename").click()
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_label("Name").fill("Dawn")
    await form.get_by_label("Mood").select_option("Calm")
    await form.get_by_role("button", name="Submit").click()
    await expect(page.newest).to_contain_text("Renamed to Dawn, ['Calm']")
    await expect(form).to_be_hidden()


async def test_a_file_is_downloaded(page: Open) -> None:
    await page.run("/slow")
    async with page.tab.expect_download() as starting:
        await page.tab.get_by_role("link", name="Download songs.csv").click()
    download = await starting.value
    assert download.suggested_filename == "songs.csv"
    assert Path(await download.path()).read_bytes() == b"a,b\n"


async def test_private_replies_are_for_one_person_only(page: Open) -> None:
    await page.run("/tell")
    await expect(page.newest).to_contain_text("Only you can see this")
    await page.tab.get_by_role("button", name="Grace", exact=True).last.click()
    await expect(page.tab.get_by_role("button", name="Grace").last).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.tab.get_by_role("article")).to_have_count(0)
    await expect(page.tab.get_by_label("Whose account")).to_have_value("grace")


async def test_a_direct_message_is_unread_until_it_is_looked_at(page: Open) -> None:
    await page.run("/tell")
    dm = page.tab.get_by_role("navigation").get_by_role("button", name="Tonearm")
    await expect(dm.get_by_label("unread")).to_be_visible()
    await dm.click()
    await expect(page.newest).to_contain_text("Psst")
    await expect(dm.get_by_label("unread")).to_have_count(0)


async def test_menus_of_messages_and_of_people(page: Open) -> None:
    page.discord.seat("grace").say("rain again")
    await expect(page.newest).to_contain_text("rain again")
    await page.newest.click(button="right")
    await page.tab.get_by_role("menuitem", name="Quote this").click()
    await expect(page.newest).to_contain_text("grace: rain again")
    await page.button("Grace").click()
    await page.tab.keyboard.press("Enter")
    await expect(page.newest).to_contain_text("Hello Grace")
    await expect(page.newest).to_contain_text("Ada used Greet")


async def test_silence_of_the_bot_is_shown_where_it_was_asked(page: Open) -> None:
    await page.run("/hang")
    await page.bot.hanging.wait()
    page.clock.advance(3)
    await expect(page.newest).to_contain_text("The application did not respond")
    page.bot.released.set()
