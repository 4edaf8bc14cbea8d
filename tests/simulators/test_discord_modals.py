"""The simulated Discord refuses invalid modals and lists of choices."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.discord_rest_client import RestClient
from tests.simulators.message_bodies import FIRST_ROW_ITEM, button, option, row, select, text


def modal(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"title": "T", "custom_id": "m", "components": list(components), **fields}


def field(**fields: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "f", "style": 1, **fields}


def label(component: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": component, **fields}


FIRST_COMPONENT = "components.0.component"
INVALID_MODALS: dict[str, tuple[dict[str, Any], str]] = {
    "no title": (modal(label(field()), title=""), "title"),
    "a title too long": (modal(label(field()), title="x" * 46), "title"),
    "no custom_id": (modal(label(field()), custom_id=None), "custom_id"),
    "no parts": (modal(), "components"),
    "six parts": (modal(*[text()] * 6), "components"),
    "a button": (modal(row(button())), f"{FIRST_ROW_ITEM}.type"),
    "a bare text input": (modal(field()), "components.0.type"),
    "two inputs in a row": (
        modal(row(field(label="A"), field(custom_id="g", label="B"))),
        "components.0.components",
    ),
    "an input in a row without label": (modal(row(field())), f"{FIRST_ROW_ITEM}.label"),
    "an input with two labels": (modal(label(field(label="A"))), f"{FIRST_COMPONENT}.label"),
    "a label too long": (modal(label(field(), label="x" * 46)), "components.0.label"),
    "a description too long": (
        modal(label(field(), description="x" * 101)),
        "components.0.description",
    ),
    "a button in a label": (modal(label(button())), f"{FIRST_COMPONENT}.type"),
    "the same field twice": (modal(label(field()), label(field())), "components"),
    "a value too long": (modal(label(field(value="x" * 4001))), f"{FIRST_COMPONENT}.value"),
    "a value beyond its own bound": (
        modal(label(field(value="xx", max_length=1))),
        f"{FIRST_COMPONENT}.value",
    ),
    "lengths the wrong way round": (
        modal(label(field(min_length=3, max_length=2))),
        f"{FIRST_COMPONENT}.min_length",
    ),
    "a disabled select": (modal(label(select(disabled=True))), f"{FIRST_COMPONENT}.disabled"),
    "a required select of none": (
        modal(label(select(required=True, min_values=0))),
        f"{FIRST_COMPONENT}.min_values",
    ),
    "a radio group": (
        modal(label({"type": 21, "custom_id": "r", "options": [option()] * 2})),
        f"{FIRST_COMPONENT}.type",
    ),
    "eleven files": (
        modal(label({"type": 19, "custom_id": "u", "max_values": 11})),
        f"{FIRST_COMPONENT}.max_values",
    ),
}


@pytest.mark.parametrize("what", INVALID_MODALS)
async def test_modals_that_are_refused(api: RestClient, what: str) -> None:
    data, path = INVALID_MODALS[what]
    answer = await api.respond(await api.interaction(), {"type": 9, "data": data})
    assert (answer.status, answer.code) == (400, 50035), answer.json
    assert answer.error_codes_at(f"data.{path}"), answer.json


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (3, [{"name": str(n), "value": str(n)} for n in range(26)]),
        (3, [{"name": "", "value": "x"}]),
        (3, [{"name": "x" * 101, "value": "x"}]),
        (3, [{"name": "x", "value": "x" * 101}]),
        (3, [{"name": "x", "value": 1}]),
        (4, [{"name": "x", "value": "1"}]),
        (4, [{"name": "x", "value": 2**53 + 1}]),
        (3, "x"),
    ],
)
async def test_choices_that_are_refused(api: RestClient, kind: int, choices: object) -> None:
    interaction = await api.interaction(4, focused_type=kind)
    answer = await api.respond(interaction, {"type": 8, "data": {"choices": choices}})
    assert (answer.status, answer.code) == (400, 50035)
