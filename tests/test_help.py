"""/help: nothing that there is can be forgotten in it, and nothing is promised."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.ui.help import JOBS, OPERATOR
from sandbox.discord import Discord, Seat
from sandbox.discord.world import Json
from sandbox.faults import Fault
from sandbox.stage import Stage, stage

SLASH, GROUPS = 1, (1, 2)


def _typed(commands: list[Json]) -> dict[str, str]:
    """Every command that can be typed, by its whole name, and the id that Discord gave it."""
    slash = [command for command in commands if command["type"] == SLASH]
    return {name: command["id"] for command in slash for name in _leaves(command)}


def _leaves(command: Json) -> Iterator[str]:
    inner = [one for one in command.get("options", []) if one["type"] in GROUPS]
    if not inner:
        yield command["name"]
    for one in inner:
        yield from (f"{command['name']} {name}" for name in _leaves(one))


async def test_every_command_that_discord_was_given_has_its_job(
    discord: Discord, ada: Seat
) -> None:
    told = [name for job in JOBS for name in job.commands]
    assert len(set(told)) == len(told), "once each"
    assert {*told, *OPERATOR} == set(_typed(discord.commands))


async def test_each_can_be_pressed(discord: Discord, ada: Seat) -> None:
    reply = await ada.run("/help")
    assert reply.ephemeral
    for name, number in _typed(discord.commands).items():
        assert (f"</{name}:{number}>" in reply.text) is (name not in OPERATOR)


async def test_every_menu_entry_is_named(discord: Discord, ada: Seat) -> None:
    text = (await ada.run("/help")).text
    for command in discord.commands:
        assert command["type"] == SLASH or f"**{command['name']}**" in text


async def test_no_command_is_named_that_is_not_there(discord: Discord, ada: Seat) -> None:
    words = re.sub(r"</[^>]+>", "", (await ada.run("/help")).text)
    named = set(re.findall(r"(?<![\w<])/([a-z]+(?: (?:show|add))?)", words))
    assert named
    assert named <= _typed(discord.commands).keys()


async def test_it_says_what_spotify_does_not_allow(ada: Seat) -> None:
    text = (await ada.run("/help")).text
    for word in ("Premium", "reorder", "clear", "closed", "Jam", "folders", "lyrics", "Voice"):
        assert word in text


async def test_it_is_short_and_has_no_long_lines(ada: Seat) -> None:
    text = re.sub(r"</([^:]+):\d+>", r"/\1", (await ada.run("/help")).text)
    assert len(text) <= 2000
    assert text.count("\n") <= 30
    assert max(map(len, text.splitlines())) <= 160, "a few lines on a phone"


async def test_discord_is_asked_for_the_numbers_once(stage: Stage, ada: Seat) -> None:
    for _ in range(2):
        await ada.run("/help")
    asked = [one.path for one in stage.discord.recording.exchanges if one.method == "GET"]
    assert sum(path.endswith("/commands") for path in asked) == 1


@pytest.mark.parametrize("status", [403, 404])
async def test_where_discord_does_not_tell_them_the_names_are_plain(status: int) -> None:
    async with stage() as it:
        body = '{"code": 0, "message": ""}'
        asked = it.discord.faults.add(Fault("GET .*/commands", status=status, body=body, times=1))
        ada = it.discord.seat("ada")
        text = (await ada.run("/help")).text
        assert asked.hits == 1
        assert "/play" in text
        assert "</" not in text
        assert "</play:" in (await ada.run("/help")).text
