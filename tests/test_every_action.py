"""What every command and button costs at Spotify, as docs/costs.md says, and shows in Discord."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bot.interactions.components import PersistentButton, PersistentSelect
from sandbox.harness import run_harness
from sandbox.message_text import BUTTON, SELECT, walk_components
from sandbox.traffic_log import Exchange
from tests import generated_docs
from tests.command_costs import ActionCost, measure_costs
from tests.cost_session import CostSession

Json = dict[str, Any]
MODAL_RESPONSE = 9  # the type of a response that opens a modal


@dataclass(frozen=True)
class Measurement:
    """All actions in one session.

    costs           of each action
    slash_commands  those that are registered, like menu_entries
    pressed_ids     the custom_ids of what was used
    messages        all that the bot sent or edited, with components
    templates       of the persistent items that were registered before, and `templates_after`
    views           those that discord.py has stored
    """

    costs: list[ActionCost]
    slash_commands: set[str]
    menu_entries: set[str]
    pressed_ids: set[str]
    messages: list[Json]
    templates: list[re.Pattern[str]]
    templates_after: list[re.Pattern[str]]
    views: list[object]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def measured() -> Measurement:
    async with run_harness() as it:
        session = CostSession(it, await it.link_account("ada"))
        assert it.bot is not None
        views = it.bot._connection._view_store
        templates = list(views._dynamic_items)
        costs = await measure_costs(session)
        commands = it.discord.commands
        messages = list(_sent_messages(it.discord.traffic.exchanges))
    return Measurement(
        costs,
        {f"/{command['name']}" for command in commands if command["type"] == 1},
        {command["name"] for command in commands if command["type"] != 1},
        session.pressed_ids,
        messages,
        templates,
        list(views._dynamic_items),
        list(views._views),
    )


def _sent_messages(exchanges: Any) -> Iterator[Json]:
    """Every message with components that the bot sent or edited."""
    for exchange in exchanges:
        body = _json_body(exchange)
        if exchange.path.endswith("/callback"):
            body = {} if body.get("type") == MODAL_RESPONSE else body.get("data") or {}
        if body.get("components"):
            yield body


def _json_body(exchange: Exchange) -> Json:
    text = exchange.request_body
    if exchange.request_type == "multipart/form-data":
        text = text.split(b'name="payload_json"')[1].split(b"\r\n\r\n")[1].split(b"\r\n--")[0]
    body = json.loads(text) if text.startswith(b"{") else {}
    return body if isinstance(body, dict) else {}


def _custom_ids(message: Json) -> list[str]:
    """The custom_ids of the message's buttons and selects."""
    parts = [part for part in walk_components(message) if part["type"] in (BUTTON, SELECT)]
    return [part["custom_id"] for part in parts if "custom_id" in part]


# ---- costs


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


# ---- messages


def test_all_items_of_all_messages_are_persistent(measured: Measurement) -> None:
    """One template matches a custom_id, and the whole of it.

    discord.py uses fullmatch; no other may match a beginning either, so that new ones are safe.
    """
    for message in measured.messages:
        for custom_id in _custom_ids(message):
            (template,) = [
                candidate for candidate in measured.templates if candidate.match(custom_id)
            ]
            assert template.fullmatch(custom_id), custom_id


def test_all_templates_stay_registered_and_no_view_is_stored(measured: Measurement) -> None:
    assert measured.templates == measured.templates_after != []
    assert not measured.views
