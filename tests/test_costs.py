"""The document says what each command and button costs, as it is measured here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.ui.lasting import Lasting
from sandbox.stage import stage
from tests import costs
from tests.scene import Scene


@dataclass(frozen=True)
class Measured:
    """What each deed cost, the commands and menus there are, and the ids of pressed buttons."""

    costs: list[costs.Cost]
    commands: set[str]
    menus: set[str]
    pressed: set[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured() -> Measured:
    async with stage() as it:
        scene = Scene(it, await it.link("ada"))
        found = await costs.measure(scene)
        slash = {f"/{one['name']}" for one in it.discord.commands if one["type"] == 1}
        menus = {one["name"] for one in it.discord.commands if one["type"] != 1}
    return Measured(found, slash, menus, scene.pressed)


def test_the_document_has_the_table_that_was_measured(measured: Measured) -> None:
    if costs.written() != (table := costs.table(measured.costs)):
        pytest.fail(f"`make costs` writes the right table:\n\n{table}", pytrace=False)


def test_every_command_is_in_it(measured: Measured) -> None:
    deeds = "\n".join(cost.what for cost in measured.costs)
    assert set(re.findall(r"^`(/\w+)[^`]*`", deeds, re.MULTILINE)) == measured.commands


def test_every_entry_of_a_menu_is_in_it(measured: Measured) -> None:
    assert measured.menus <= {cost.what.strip("*") for cost in measured.costs}


def test_every_button_and_menu_was_pressed(measured: Measured) -> None:
    templates = {kind.__discord_ui_compiled_template__ for kind in Lasting.__subclasses__()}
    assert len(templates) >= 7
    for template in templates:
        assert any(template.fullmatch(custom_id) for custom_id in measured.pressed), template


def test_all_that_was_asked_was_done(measured: Measured) -> None:
    """Where no device is awake, that is the answer."""
    calls = [call for cost in measured.costs for call in (*cost.cold, *cost.warm)]
    assert all(call.executed or call.status == 404 for call in calls)
    assert {call.path for call in calls if not call.executed} == {"me/player/next"}


def test_what_is_kept_is_never_asked_for_twice(measured: Measured) -> None:
    assert all(len(cost.warm) <= len(cost.cold) for cost in measured.costs)
