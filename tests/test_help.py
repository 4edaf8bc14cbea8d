"""/help: nothing that there is can be forgotten in it, and nothing is promised."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.views.help import OPERATOR_COMMANDS, SECTIONS
from sandbox.discord import Discord, UserClient
from sandbox.discord.state import Json
from sandbox.fault_injection import Fault
from sandbox.harness import Harness, run_harness

SLASH, GROUPS = 1, (1, 2)


def _command_mentions(commands: list[Json]) -> dict[str, str]:
    """Every command that can be typed, by its whole name, and the id that Discord gave it."""
    slash = [command for command in commands if command["type"] == SLASH]
    return {name: command["id"] for command in slash for name in _leaf_commands(command)}


def _leaf_commands(command: Json) -> Iterator[str]:
    inner = [one for one in command.get("options", []) if one["type"] in GROUPS]
    if not inner:
        yield command["name"]
    for one in inner:
        yield from (f"{command['name']} {name}" for name in _leaf_commands(one))


async def test_every_registered_command_is_described(discord: Discord, ada: UserClient) -> None:
    told = [name for job in SECTIONS for name in job.commands]
    assert len(set(told)) == len(told), "once each"
    assert {*told, *OPERATOR_COMMANDS} == set(_command_mentions(discord.commands))


async def test_every_command_is_a_mention(discord: Discord, ada: UserClient) -> None:
    reply = await ada.run("/help")
    assert reply.ephemeral
    for name, number in _command_mentions(discord.commands).items():
        assert (f"</{name}:{number}>" in reply.text) is (name not in OPERATOR_COMMANDS)


async def test_every_context_menu_command_is_named(discord: Discord, ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for command in discord.commands:
        assert command["type"] == SLASH or f"**{command['name']}**" in text


async def test_no_unknown_command_is_named(discord: Discord, ada: UserClient) -> None:
    words = re.sub(r"</[^>]+>", "", (await ada.run("/help")).text)
    named = set(re.findall(r"(?<![\w<])/([a-z]+(?: (?:show|add))?)", words))
    assert named
    assert named <= _command_mentions(discord.commands).keys()


async def test_help_states_spotify_limitations(ada: UserClient) -> None:
    text = (await ada.run("/help")).text
    for word in ("Premium", "reorder", "clear", "closed", "Jam", "folders", "lyrics", "Voice"):
        assert word in text


async def test_help_is_short_with_short_lines(ada: UserClient) -> None:
    text = re.sub(r"</([^:]+):\d+>", r"/\1", (await ada.run("/help")).text)
    assert len(text) <= 2000
    assert text.count("\n") <= 30
    assert max(map(len, text.splitlines())) <= 160, "a few lines on a phone"


async def test_command_ids_are_fetched_once(harness: Harness, ada: UserClient) -> None:
    for _ in range(2):
        await ada.run("/help")
    asked = [one.path for one in harness.discord.traffic.exchanges if one.method == "GET"]
    assert sum(path.endswith("/commands") for path in asked) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_without_command_ids_names_are_plain_text(status: int) -> None:
    async with run_harness() as it:
        body = '{"code": 0, "message": ""}'
        asked = it.discord.faults.add(Fault("GET .*/commands", status=status, body=body, times=1))
        ada = it.discord.user_client("ada")
        text = (await ada.run("/help")).text
        assert asked.hits == 1
        assert "/play" in text
        assert "</" not in text
        assert "</play:" in (await ada.run("/help")).text
