"""The bot's own icons on buttons: uploaded once, and plain emoji wherever that fails."""

from __future__ import annotations

import ast
from pathlib import Path

from bot import views
from bot.interactions.icons import ICON_NAMES, SPOTIFY_MARK, read_images
from sandbox.discord.application_emoji import MAX_EMOJI, Emoji
from sandbox.discord.emoji import is_emoji
from sandbox.discord.faults import no_answer, refusal, too_many_requests
from sandbox.discord.state import Json
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from sandbox.message_text import BUTTON, walk_components
from tests.panel_message import wait_for_icons

# These stand in texts and in the options of menus only.
DEVICE_EMOJI = {"💻", "📺", "🚗", "🎮"}
UPLOAD = "POST .*/emojis$"


def _emoji(message: Json) -> list[Json]:
    """The emoji of the message's buttons."""
    buttons = (part for part in walk_components(message) if part["type"] == BUTTON)
    return [part["emoji"] for part in buttons if part.get("emoji")]


async def _open_panel(harness: Harness) -> list[Json]:
    """Run /now; returns the emoji of its buttons."""
    ada = await harness.link_account("ada")
    harness.spotify.accounts["ada"].player.resume()
    return _emoji((await ada.run("/now")).message)


async def _expect_plain_emoji(harness: Harness) -> None:
    assert {emoji.get("id") for emoji in await _open_panel(harness)} == {None}


async def test_icons_are_uploaded_once_and_shown_on_all_buttons() -> None:
    async with run_harness(icons=read_images) as harness:
        await wait_for_icons(harness)
        emoji = harness.discord.emoji.by_id
        names = sorted(str(each.payload["name"])[:-9] for each in emoji.values())
        assert names == sorted(ICON_NAMES.values())
        shown = await _open_panel(harness)
        assert shown
        assert all(each["id"] in emoji for each in shown)
        ada = harness.discord.user_client("ada", "music")
        (pause,) = [each["name"] for each in shown if each["name"].startswith("pause_")]
        reply = await ada.press(ada.messages()[-1], pause)
        assert "Paused on" in reply.text
        assert all(each["id"] in emoji for each in _emoji(reply.message))
        before = dict(emoji)
        await harness.restart()
        await wait_for_icons(harness)
        assert emoji == before
        assert all(each["id"] in emoji for each in await _open_panel(harness))


def test_every_emoji_of_a_button_has_an_icon() -> None:
    for path in Path(views.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and is_emoji(text) and text not in DEVICE_EMOJI:
                assert text in ICON_NAMES, f"{text} in {path.name}"


async def test_changed_icon_is_uploaded_under_another_name() -> None:
    images = dict(read_images())
    async with run_harness(icons=lambda: images) as harness:
        await wait_for_icons(harness)
        count = len(harness.discord.emoji.by_id)
        images["pause"] = images["play"]
        await harness.restart()
        await wait_for_icons(harness)
        assert len(harness.discord.emoji.by_id) == count + 1
        newest = list(harness.discord.emoji.by_id.values())[-1]
        assert newest.payload["name"] in {emoji["name"] for emoji in await _open_panel(harness)}


async def test_plain_emoji_are_shown_if_discord_takes_no_icon() -> None:
    faults = (
        refusal(403, UPLOAD, code=50013, times=None),
        refusal(404, "GET .*/emojis$"),
        Fault("GET .*/emojis$", status=200, body="[]"),
        too_many_requests(1200, UPLOAD),
        no_answer(UPLOAD),
    )
    for fault in faults:
        async with run_harness() as harness:
            await harness.stop()
            harness.discord.faults.add(fault)
            harness._icons = read_images
            await harness.start()
            if fault is not faults[-1]:
                await wait_for_icons(harness)
            await _expect_plain_emoji(harness)


async def test_plain_emoji_are_shown_if_the_application_has_all_emoji_that_it_may_have() -> None:
    async with run_harness(icons=read_images) as harness:
        await wait_for_icons(harness)
        emoji = harness.discord.emoji.by_id
        (some, *_) = emoji.values()
        emoji.clear()
        emoji |= {str(n): Emoji({**some.payload, "id": str(n), "name": f"n{n}"}, b"", "")
                  for n in range(MAX_EMOJI)}  # fmt: skip
        await harness.restart()
        await wait_for_icons(harness)
        await _expect_plain_emoji(harness)


async def test_buttons_have_plain_emoji_after_the_operator_deletes_icons() -> None:
    """Also in a message that had icons, and in a reply to a public deferral."""
    for line, button in (
        ("/now", "pause_"),
        ("/now share:true", "pause_"),
        ("/queue show", "refr"),
    ):
        async with run_harness(icons=read_images) as harness:
            await wait_for_icons(harness)
            ada = await harness.link_account("ada")
            harness.spotify.accounts["ada"].player.resume()
            shown = (await ada.run(line)).message
            (name,) = [emoji["name"] for emoji in _emoji(shown) if emoji["name"].startswith(button)]
            harness.discord.emoji.by_id.clear()
            reply = await ada.press(shown, name)
            assert {emoji.get("id") for emoji in _emoji(reply.message)} == {None}
            assert len(reply.messages) == 1
            assert {emoji.get("id") for emoji in _emoji((await ada.run(line)).message)} == {None}


async def test_spotify_mark_of_the_operator_is_shown_on_links_to_spotify() -> None:
    async with run_harness(icons=read_images) as harness:
        await wait_for_icons(harness)
        emoji = harness.discord.emoji.by_id
        mark = next(iter(emoji.values()))
        emoji["1"] = Emoji({**mark.payload, "id": "1", "name": SPOTIFY_MARK}, b"", "image/png")
        await harness.restart()
        await wait_for_icons(harness)
        ada = await harness.link_account("ada")
        harness.spotify.accounts["ada"].player.resume()
        (link,) = [
            part for part in walk_components((await ada.run("/now")).message) if part.get("url")
        ]
        assert link["label"] == "Open in Spotify"
        assert link["emoji"]["id"] == "1"
