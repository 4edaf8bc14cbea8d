"""The simulated Discord accepts or refuses any request body, and never fails itself."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.api_error import ApiError, ErrorCollector
from sandbox.discord.component_validation import check_modal
from sandbox.discord.message_validation import check_choices
from sandbox.discord.request_bodies import Upload
from sandbox.discord.state import Message

IMAGE_URL = "https://example.org/a.png"
BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "emoji": {"name": "❤️"}}
OPTION = {"label": "A", "value": "a", "description": "b", "default": True}
SELECT = {"type": 3, "custom_id": "pick", "min_values": 0, "max_values": 1, "options": [OPTION]}
EMBED = {
    "title": "A",
    "description": "B",
    "url": IMAGE_URL,
    "color": 1,
    "timestamp": "2026-11-21T00:00:00+00:00",
    "author": {"name": "C", "icon_url": IMAGE_URL},
    "footer": {"text": "D", "icon_url": "attachment://a"},
    "image": {"url": IMAGE_URL},
    "fields": [{"name": "E", "value": "F", "inline": True}],
}
MESSAGE = {
    "content": "<@1> @everyone",
    "embeds": [EMBED],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"]},
    "components": [{"type": 1, "components": [part]} for part in (BUTTON, SELECT)],
    "attachments": [{"id": 0, "filename": "a", "description": "b"}],
    "flags": 4,
}
SECTION = {
    "type": 9,
    "components": [{"type": 10, "content": "A"}],
    "accessory": {"type": 11, "media": {"url": IMAGE_URL}, "description": "B"},
}
LAYOUT = {
    "flags": 1 << 15,
    "content": None,
    "attachments": [{"id": "0"}],
    "components": [
        {
            "type": 17,
            "accent_color": 1,
            "components": [
                SECTION,
                {"type": 12, "items": [{"media": {"url": IMAGE_URL}, "spoiler": True}]},
                {"type": 13, "file": {"url": "attachment://a"}},
                {"type": 14, "spacing": 2, "divider": False},
            ],
        }
    ],
}
INPUT_FIELDS = [
    {"type": 4, "custom_id": "a", "style": 2, "min_length": 1, "max_length": 2, "value": "x"},
    {"type": 19, "custom_id": "b", "min_values": 1, "max_values": 2},
    SELECT,
]
MODAL = {
    "title": "T",
    "custom_id": "m",
    "components": [{"type": 18, "label": "L", "component": field} for field in INPUT_FIELDS],
}
COMMANDS = [
    {
        "name": "queue",
        "description": "A",
        "contexts": [0, 1],
        "integration_types": [0],
        "default_member_permissions": "8",
        "options": [
            {
                "type": 1,
                "name": "add",
                "description": "B",
                "options": [
                    {
                        "type": 3,
                        "name": "what",
                        "description": "C",
                        "required": True,
                        "choices": [{"name": "D", "value": "d"}],
                    },
                    {"type": 4, "name": "n", "description": "E", "min_value": 1, "max_value": 2},
                ],
            }
        ],
    },
    {"type": 2, "name": "Greet"},
]

junk_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 25),
    st.sampled_from([1 << 15, 64, 2**60, 0.5]),
    st.sampled_from(["", " ", "x", "attachment://a", "attachment://b", "https://[", "7" * 30]),
    st.sampled_from(
        [[], {}, [[]], [None], {"type": {}}, [{"type": []}], [{"type": 1}], "x" * 7000]
    ),
    st.sampled_from([EMBED, BUTTON, SELECT, SECTION, INPUT_FIELDS, LAYOUT]),
)


def container_slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every nested container with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from container_slots(value[key])


def mutated(data: st.DataObject, body: Any) -> Any:
    """The body with junk at one to three places."""
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(container_slots(body))
        if found:
            container, key = found[data.draw(st.integers(0, len(found) - 1))]
            container[key] = copy.deepcopy(data.draw(junk_values))
    return body


@settings(max_examples=100, deadline=None, database=None)
@given(st.data())
def test_junk_is_refused_or_accepted(data: st.DataObject) -> None:
    discord_server = Discord(Clock())
    messages, world = discord_server.messages, discord_server.state
    upload = Upload(0, "a", b"a", "text/plain")
    channel = world.find_channel(world.users["ada"], "music")
    post = world.add_message(
        Message(messages.empty_payload(channel, world.bot, content="x"), channel)
    )

    def modal(body: Any) -> None:
        form = ErrorCollector()
        check_modal(form, body)
        form.raise_if_any()
        messages.normalise_components(body["components"])

    takers: list[tuple[Any, Callable[[Any], object]]] = [
        (MESSAGE, lambda body: messages.edit(post, body, [upload])),
        (LAYOUT, lambda body: messages.edit(post, body, [upload])),
        ({"choices": [{"name": "A", "value": "a"}]}, lambda body: check_choices(3, body)),
        (MODAL, modal),
        (COMMANDS, discord_server.command_registry.replace_all),
    ]
    body, take = data.draw(st.sampled_from(takers))
    with suppress(ApiError):
        take(mutated(data, body))


def test_bodies_are_valid_before_mutation() -> None:
    discord_server = Discord(Clock())
    messages, world = discord_server.messages, discord_server.state
    upload = Upload(0, "a", b"a", "text/plain")
    channel = world.find_channel(world.users["ada"], "music")
    for body in (MESSAGE, LAYOUT):
        post = world.add_message(Message(messages.empty_payload(channel, world.bot), channel))
        messages.edit(post, body, [upload])
    form = ErrorCollector()
    check_modal(form, MODAL)
    form.raise_if_any()
    discord_server.command_registry.replace_all(COMMANDS)
