"""/help: it names every command, names no other, and stays short."""

from __future__ import annotations

import re

import pytest

from bot.views.help import OPERATOR_COMMANDS, SECTIONS
from sandbox.discord import Discord, UserClient
from sandbox.discord.state import Json
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness
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
    for name, command_id in _command_ids(discord.commands).items():
        assert (f"</{name}:{command_id}>" in reply.text) is (name not in OPERATOR_COMMANDS)


async def test_every_context_menu_command_is_named(discord: Discord, ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for command in discord.commands:
        assert command["type"] == CHAT_INPUT or f"**{command['name']}**" in text


async def test_no_unknown_command_is_named(discord: Discord, ada: UserClient) -> None:
    text = re.sub(r"</[^>]+>", "", (await ada.run("/help")).text)
    names = set(re.findall(r"(?<![\w<])/([a-z]+(?: (?:show|add))?)", text))
    assert names
    assert names <= slash_commands(discord.commands).keys()


async def test_help_states_spotify_limitations(ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for word in ("Premium", "reorder", "clear", "closed", "Jam", "folders", "lyrics", "Voice"):
        assert word in text


async def test_help_is_short_with_short_lines(ada: UserClient) -> None:
    text = re.sub(r"</([^:]+):\d+>", r"/\1", (await ada.run("/help")).text)
    assert len(text) <= 2000
    assert text.count("\n") <= 30
    assert max(map(len, text.splitlines())) <= 160, "each line fits in a few lines on a phone"


async def test_command_ids_are_fetched_once(harness: Harness, ada: UserClient) -> None:
    for _ in range(2):
        await ada.run("/help")
    requests = harness.discord.traffic.exchanges
    paths = [request.path for request in requests if request.method == "GET"]
    assert sum(path.endswith("/commands") for path in paths) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_without_command_ids_names_are_plain_text(status: int) -> None:
    async with run_harness() as it:
        body = '{"code": 0, "message": ""}'
        fault = it.discord.faults.add(Fault("GET .*/commands", status=status, body=body, times=1))
        ada = it.discord.user_client("ada")
        text = (await ada.run("/help")).text
        assert fault.hits == 1
        assert "/play" in text
        assert "</" not in text
        assert "</play:" in (await ada.run("/help")).text
