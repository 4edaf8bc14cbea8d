"""The document says what each command and button costs, as it is measured here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.ui.lasting import Lasting
from sandbox.stage import stage
from tests import costs


@dataclass(frozen=True)
class Measured:
    """What each deed cost, the commands there are, and the ids of the buttons that were pressed."""

    costs: list[costs.Cost]
    commands: set[str]
    pressed: set[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured() -> Measured:
    async with stage() as it:
        scene = costs.Scene(it, await it.link("ada"))
        found = await costs.measure(scene)
        commands = {f"/{command['name']}" for command in it.discord.commands}
    return Measured(found, commands, scene.pressed)


def test_the_document_has_the_table_that_was_measured(measured: Measured) -> None:
    if costs.written() != (table := costs.table(measured.costs)):
        pytest.fail(f"`make costs` writes the right table:\n\n{table}", pytrace=False)


def test_every_command_is_in_it(measured: Measured) -> None:
    deeds = "\n".join(cost.what for cost in measured.costs)
    assert set(re.findall(r"^`(/\w+)`", deeds, re.MULTILINE)) == measured.commands


def test_every_button_and_menu_was_pressed(measured: Measured) -> None:
    templates = {kind.__discord_ui_compiled_template__ for kind in Lasting.__subclasses__()}
    assert len(templates) >= 7
    for template in templates:
        assert any(template.fullmatch(custom_id) for custom_id in measured.pressed), template


def test_all_that_was_asked_was_done(measured: Measured) -> None:
    assert all(call.executed for cost in measured.costs for call in (*cost.cold, *cost.warm))


def test_what_is_kept_is_never_asked_for_twice(measured: Measured) -> None:
    assert all(len(cost.warm) <= len(cost.cold) for cost in measured.costs)
