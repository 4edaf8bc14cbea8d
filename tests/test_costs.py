"""docs/costs.md says what each command and button costs at Spotify, as measured here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot.interactions.components import PersistentButton, PersistentSelect
from sandbox.harness import run_harness
from tests import generated_docs
from tests.command_costs import ActionCost, measure_costs
from tests.cost_session import CostSession


@dataclass(frozen=True)
class Measurement:
    """The costs, the registered slash commands and menu entries, and the used custom_ids."""

    costs: list[ActionCost]
    slash_commands: set[str]
    menu_entries: set[str]
    pressed_ids: set[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured() -> Measurement:
    async with run_harness() as it:
        session = CostSession(it, await it.link_account("ada"))
        costs = await measure_costs(session)
        commands = it.discord.commands
    return Measurement(
        costs,
        {f"/{command['name']}" for command in commands if command["type"] == 1},
        {command["name"] for command in commands if command["type"] != 1},
        session.pressed_ids,
    )


def test_document_has_measured_table(measured: Measurement) -> None:
    if generated_docs.COSTS.read_text() != generated_docs.costs_page(measured.costs):
        pytest.fail("`make docs` updates docs/costs.md", pytrace=False)


def test_table_has_every_command(measured: Measurement) -> None:
    descriptions = "\n".join(cost.description for cost in measured.costs)
    commands = re.findall(r"^`(/\w+)[^`]*`", descriptions, re.MULTILINE)
    assert set(commands) == measured.slash_commands


def test_table_has_every_context_menu_command(measured: Measurement) -> None:
    assert measured.menu_entries <= {cost.description.strip("*") for cost in measured.costs}


def test_every_button_and_select_was_used(measured: Measurement) -> None:
    components = PersistentButton.__subclasses__() + PersistentSelect.__subclasses__()
    templates = {component.__discord_ui_compiled_template__ for component in components}
    assert len(templates) >= 7
    for template in templates:
        assert any(template.fullmatch(custom_id) for custom_id in measured.pressed_ids), template


def test_every_call_was_executed(measured: Measurement) -> None:
    """Only /next without an active device is refused, with 404."""
    calls = [call for cost in measured.costs for call in (*cost.cold, *cost.warm)]
    assert all(call.executed or call.status == 404 for call in calls)
    assert {call.path for call in calls if not call.executed} == {"me/player/next"}


def test_cached_reads_are_not_repeated(measured: Measurement) -> None:
    assert all(len(cost.warm) <= len(cost.cold) for cost in measured.costs)
