"""Every reply names commands as mentions, which lead to the command; nothing else becomes one."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.interactions.mentions import CommandMentions
from bot.text.escape import safe
from sandbox.discord import Discord, UserClient
from sandbox.discord.command_mentions import mentions, press_mention
from sandbox.discord.state import Json
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
from tests.user_texts import ROOT

COMMANDS: list[Any] = [
    {"id": "1", "name": "play", "type": 1},
    {"id": "2", "name": "playlist", "type": 1, "options": [
        {"type": 2, "name": "song", "description": "x", "options": [
            {"type": 1, "name": "add", "description": "x"}]}]},
    {"id": "3", "name": "queue", "type": 1, "options": [
        {"type": 1, "name": "show", "description": "x"},
        {"type": 1, "name": "add", "description": "x"}]},
    {"id": "4", "name": "Play", "type": 3},
]  # fmt: skip


@pytest.fixture(scope="module")
def known() -> CommandMentions:
    common = {"application_id": "9", "description": "x", "version": "1"}
    commands = [
        app_commands.AppCommand(data={**common, **command}, state=None)  # type: ignore[arg-type]
        for command in COMMANDS
    ]
    known = CommandMentions()
    known.learn(commands)
    return known


def test_whole_names_outside_of_code_and_links_are_mentioned(known: CommandMentions) -> None:
    for text, expected in {
        "Use /play.": "Use </play:1>.",
        "(/play, or `/play`)": "(</play:1>, or `/play`)",
        "**/queue show** /queue /queue shows": "**</queue show:3>** /queue /queue shows",
        "/playlist song add or /playlist": "</playlist song add:2> or /playlist",
        "and/play me/play /play/x /playful /play-x": "and/play me/play /play/x /playful /play-x",
        "https://x.test/play [/play](https://x.test)": "https://x.test/play [/play](https://x.test)",
        "```\n/play\n``` <https://x.test/ /play>": "```\n/play\n``` <https://x.test/ /play>",
        r"\/play \\/play": r"\/play \\</play:1>",
    }.items():
        assert known.apply(text) == expected
        assert known.apply(expected) == expected, "a message that is read back stays as it is"


_PIECES = ("/play", " /queue show", "\n/play", "`", "```", "\\", "<", "/", "**", "[a](", ")", "ا")


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=12).map("".join))
def test_text_from_outside_becomes_no_mention(known: CommandMentions, text: str) -> None:
    sentence = "Playing **{}** on {}. Use /play."
    shown = sentence.format(safe(text), safe(text))
    assert known.apply(shown) == shown.removesuffix("/play.") + "</play:1>."


async def test_replies_direct_messages_and_edits_mention_commands(
    harness: Harness, ada: UserClient
) -> None:
    ids = {command["name"]: command["id"] for command in harness.discord.commands}

    def names(message: Json) -> set[str]:
        found = dict(mentions(message))
        assert found == {name: ids[name.split()[0]] for name in found}
        return set(found)

    unlinked = await ada.run("/account")
    assert names(unlinked.message) == {"link"}
    assert press_mention(unlinked.message, "link", ada.commands) == "/link"
    await harness.link_in_browser("ada")
    direct = harness.discord.user_client("ada", "dm").messages()[-1]
    assert names(direct) >= {"search", "play"}
    harness.spotify.accounts["ada"].player.resume()
    too_far = await ada.run("/seek position:99:00")
    assert names(too_far.message) == {"next"}, too_far


async def test_names_are_plain_until_the_commands_ids_are_known() -> None:
    """The bot asks Discord again later."""
    async with run_harness() as harness:
        await harness.stop()
        body = '{"code": 0, "message": ""}'
        refusal = Fault("GET .*/commands", status=403, body=body, times=1)
        fault = harness.discord.faults.add(refusal)
        await harness.start()
        ada = harness.discord.user_client("ada")
        reply = await ada.run("/account")
        assert "Use /link" in reply.text
        assert not list(mentions(reply.message))
        assert fault.hits == 1
        harness.clock.advance(61)
        async with asyncio.timeout(5):
            while not list(mentions(reply.message)):
                reply = await ada.run("/account")
        assert "Use /link" in reply.text


async def test_ids_cost_no_request_if_commands_are_written_else_one(harness: Harness) -> None:
    def reads() -> int:
        requests = harness.discord.traffic.exchanges
        return sum(r.method == "GET" and r.path.endswith("/commands") for r in requests)

    assert reads() == 0
    await harness.restart()
    assert reads() == 1
    ada = harness.discord.user_client("ada")
    await ada.run("/help")
    await ada.run("/account")
    assert reads() == 1


# Methods of discord.py that send a text, and the modules that may call them: these prepare it.
_SENDING = {"send", "send_message", "edit_message", "edit_original_response"}
_SENDERS = {"bot/interactions/responses.py"}


def test_no_other_module_sends_messages() -> None:
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in _SENDERS and not name.startswith(
            ("bot/spotify", "bot/notifications/", "bot/command_line/")
        ):
            assert not _SENDING & _called_methods(path), name


def _called_methods(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}


async def test_a_removed_command_cannot_be_pressed(discord: Discord, ada: UserClient) -> None:
    reply = await ada.run("/account")
    assert press_mention(reply.message, "link", ada.commands)
    others = [command for command in discord.commands if command["name"] != "link"]
    with pytest.raises(Exception, match="no mention"):
        press_mention(reply.message, "link", others)
