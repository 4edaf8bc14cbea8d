"""/help: it names every command, names no other, and stays short."""

from __future__ import annotations

import re

from bot.views.help import OPERATOR_COMMANDS, SECTIONS
from sandbox.discord import Discord, UserClient
from sandbox.discord.command_mentions import mentions
from sandbox.discord.state import Json
from tests.generated_docs import CHAT_INPUT, slash_commands


def _command_ids(commands: list[Json]) -> dict[str, str]:
    """The full name of every slash command, and the ID of the registered command."""
    ids = {command["name"]: command["id"] for command in commands}
    return {name: ids[name.split()[0]] for name in slash_commands(commands)}


async def test_every_registered_command_is_described(discord: Discord, ada: UserClient) -> None:
    names = [name for section in SECTIONS for name in section.commands]
    assert len(set(names)) == len(names), "each command stands in one section"
    assert {*names, *OPERATOR_COMMANDS} == set(slash_commands(discord.commands))


async def test_every_command_is_a_mention(discord: Discord, ada: UserClient) -> None:
    reply = await ada.run("/help")
    assert reply.ephemeral
    ids = _command_ids(discord.commands)
    listed = {name: command_id for name, command_id in ids.items() if name not in OPERATOR_COMMANDS}
    assert dict(mentions(reply.message)) == listed


async def test_every_context_menu_command_is_named(discord: Discord, ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for command in discord.commands:
        assert command["type"] == CHAT_INPUT or f"**{command['name']}**" in text


async def test_no_unknown_command_is_named(discord: Discord, ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    commands = {name.split()[0] for name in slash_commands(discord.commands)}
    assert set(re.findall(r"(?<![\w<])/([a-z]+)", text)) == commands - {*OPERATOR_COMMANDS}


async def test_help_states_spotify_limitations(ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for word in ("Premium", "reorder", "clear", "closed", "Jam", "folders", "lyrics", "Voice"):
        assert word in text


async def test_help_is_short_with_short_lines(ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    assert len(text) <= 2000
    assert text.count("\n") <= 30
    assert max(map(len, text.splitlines())) <= 160, "each line fits in a few lines on a phone"
