"""The document says what each command and button costs, as it is measured here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.interactions.components import PersistentButton, PersistentSelect
from sandbox.harness import run_harness
from tests import costs
from tests.cost_session import CostSession


@dataclass(frozen=True)
class Measured:
    """What each deed cost, the commands and menus there are, and the ids of pressed buttons."""

    costs: list[costs.ActionCost]
    commands: set[str]
    menus: set[str]
    pressed: set[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured() -> Measured:
    async with run_harness() as it:
        scene = CostSession(it, await it.link_account("ada"))
        found = await costs.measure(scene)
        slash = {f"/{one['name']}" for one in it.discord.commands if one["type"] == 1}
        menus = {one["name"] for one in it.discord.commands if one["type"] != 1}
    return Measured(found, slash, menus, scene.pressed_ids)


def test_document_has_measured_table(measured: Measured) -> None:
    if costs.documented_table() != (table := costs.render_table(measured.costs)):
        pytest.fail(f"`make costs` writes the right table:\n\n{table}", pytrace=False)


def test_table_has_every_command(measured: Measured) -> None:
    deeds = "\n".join(cost.description for cost in measured.costs)
    assert set(re.findall(r"^`(/\w+)[^`]*`", deeds, re.MULTILINE)) == measured.commands


def test_table_has_every_context_menu_command(measured: Measured) -> None:
    assert measured.menus <= {cost.description.strip("*") for cost in measured.costs}


def test_every_button_and_select_was_used(measured: Measured) -> None:
    components = PersistentButton.__subclasses__() + PersistentSelect.__subclasses__()
    templates = {component.__discord_ui_compiled_template__ for component in components}
    assert len(templates) >= 7
    for template in templates:
        assert any(template.fullmatch(custom_id) for custom_id in measured.pressed), template


def test_every_call_was_executed(measured: Measured) -> None:
    """Where no device is awake, that is the answer."""
    calls = [call for cost in measured.costs for call in (*cost.cold, *cost.warm)]
    assert all(call.executed or call.status == 404 for call in calls)
    assert {call.path for call in calls if not call.executed} == {"me/player/next"}


def test_cached_reads_are_not_repeated(measured: Measured) -> None:
    assert all(len(cost.warm) <= len(cost.cold) for cost in measured.costs)
