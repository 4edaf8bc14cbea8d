"""The terminal's lines beyond slash commands: choices, menus and older messages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.config import Settings
from sandbox.discord import Discord
from sandbox.harness import Harness, bot_environment
from sandbox.message_text import controls, readable_text, render_message
from sandbox.spotify import Spotify
from sandbox.terminal import Terminal
from sandbox.terminal_input import keyboard_reader
from tests.simulators.discord_bot import SmallBot
from tests.simulators.message_bodies import COMPONENTS_V2, button, layout, row, select, text

TypeLine = Callable[[str], Awaitable[str]]


@pytest.fixture
async def terminal(
    discord_server: Discord, bot: SmallBot, tmp_path: Path
) -> AsyncIterator[Terminal]:
    async with Spotify(discord_server.clock) as spotify:
        settings = Settings.from_env(bot_environment(discord_server, spotify, tmp_path))
        yield Terminal(Harness(discord_server.clock, discord_server, spotify, settings))


@pytest.fixture(name="say")
def _say(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> TypeLine:
    """Types a line into the terminal, and returns what it prints."""

    async def say(line: str) -> str:
        await terminal.execute(line)
        return capsys.readouterr().out.strip()

    return say


async def _completions(terminal: Terminal, typed: str) -> list[str]:
    """The lines that completion offers for what is typed."""
    document, event = Document(typed), CompleteEvent()
    found = terminal.completer.get_completions_async(document, event)
    return [completion.text async for completion in found]


async def test_offers_are_numbered_and_taken_by_number(say: TypeLine) -> None:
    assert await say("? /song lan") == "[1] Lantern\n  [2] Landslide"
    assert await say("2") == "/song name:id:Landslide\nTonearm: id:Landslide x 1"
    assert await say("? /song times:2 name:moo") == "[1] Moon"
    assert (await say("1")).endswith("id:Moon x 2")
    assert await say("? /song name:") == "[1] Lantern\n  [2] Landslide\n  [3] Moon"
    assert await say("4") == "! there is no such number among the suggestions"
    assert await say("? /song zzz") == "No suggestions."
    assert await say("? /panel") == "! /panel has no options"
    assert (await say("? /queue add what:x where:")) == "[1] At the end"
    assert await say("1") == "/queue add what:x where:end\nTonearm: x, now=False, where=end"


async def test_menus_of_messages_and_users(say: TypeLine) -> None:
    await say("as grace")
    assert await say("say A fine song") == ""
    await say("as ada")
    assert await say("read") == "#1 Grace: A fine song"
    assert await say("on #1 Quote this") == "Tonearm: grace: A fine song"
    assert await say("read") == "#2 Grace: A fine song\n#1 Tonearm: grace: A fine song"
    assert "forwarded" not in await say("on #2 Look Inside")
    assert await say("on grace Greet") == "Tonearm: Hello Grace"
    assert "there is no entry 'Sing'" in await say("on #1 Sing")
    assert await say("on #99 Greet") == "! there is no such message here"
    assert (await say("on nobody Greet")).startswith("! there is no user")


async def test_older_message_can_be_used_again(say: TypeLine) -> None:
    shown = await say("/panel")
    number = next(line for line in shown.splitlines() if "❤️" in line).split("]")[0].strip(" [")
    await say("say Something else")
    assert await say(number) == "Tonearm (only you): Liked"
    assert await say(number) == "! there is no such number in the last reply"
    assert "[1] Play" in await say("#3")
    assert (await say("1")).startswith("Tonearm: Playing")
    assert await say("#x") == "! there is no such message here"


async def test_lines_are_completed(terminal: Terminal, say: TypeLine) -> None:
    await say("/panel")
    for typed, expected in {
        "/so": ["/song "],
        "/queue": ["/queue add "],
        "/song lan": ["/song name:id:Lantern", "/song name:id:Landslide"],
        "/song name:moon t": ["/song name:moon times:"],
        "/queue add what:x where:": ["/queue add what:x where:end"],
        "/nonsense x": [],
        "as gr": ["as grace"],
        "device Kit": ["device Kitchen Speaker"],
        "if qu": ["if quota"],
        "press pl": ["press Play"],
    }.items():
        found = await _completions(terminal, typed)
        assert set(expected) <= set(found), typed
        assert expected or not found, typed


async def test_keyboard_recalls_lines_and_ends(terminal: Terminal) -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        read = keyboard_reader(terminal.completer)
        keys.send_text("as grace\r")
        assert await read() == "as grace"
        keys.send_text("\x1b[A\r")
        assert await read() == "as grace", "the arrow up recalls it"
        keys.send_text("\x04")
        assert await read() is None


async def test_buttons_are_pressed_by_name(say: TypeLine) -> None:
    await say("/panel")
    assert "Playing" in await say("press Play")
    assert await say("press Nonsense") != ""


async def test_a_form_tells_its_fields(say: TypeLine) -> None:
    shown = await say("/panel")
    number = next(line for line in shown.splitlines() if "Rename" in line).split("]")[0].strip(" [")
    assert await say(number) == "A form: Name, Mood, Note. Answer with name=value; name=value"
    assert await say("Name=Dawn; mood=Wild") == "Tonearm: Renamed to Dawn, ['Wild']"


def test_a_button_without_words_shows_its_emoji() -> None:
    heart = button(label=None, emoji={"name": "❤️"})
    link = button(label=None, emoji={"name": "🔗"}, style=5, custom_id=None, url="https://a.test")
    message = layout(text("Lantern"), row(heart, link), flags=COMPONENTS_V2)
    del message["components"][1]["components"][1]["custom_id"]
    assert render_message(message) == "Lantern\n  [1] ❤️\n  [link] 🔗 https://a.test"


def test_choices_know_which_menu_they_are_of() -> None:
    closed = select(custom_id="closed", disabled=True)
    message = {"components": [row(closed), row(select(2))]}
    assert [(it.choice, it.select) for it in controls(message).values()] == [("0", 1), ("1", 1)]


def test_mentions_of_commands_are_words() -> None:
    said = "Use </queue add:123456789012345678>. </b:x> stays."
    assert render_message({"content": said}) == "Use /queue add. </b:x> stays."


def test_emphasis_and_timestamps_are_words() -> None:
    assert readable_text("*Lantern* **Mile** \\*not\\*") == "Lantern Mile *not*"
    assert re.fullmatch(r"At [A-Z][a-z]{2} \d\d, \d\d:\d\d", readable_text("At <t:1700000000:R>"))
