"""Whatever is sent, the pretend Discord takes it or says what is wrong; it never breaks."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.discord import Discord
from sandbox.discord.api_error import ApiError, Form
from sandbox.discord.bodies import Upload
from sandbox.discord.layout import check_modal
from sandbox.discord.rules import check_choices
from sandbox.discord.world import Post

WEB = "https://example.org/a.png"
BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "emoji": {"name": "❤️"}}
OPTION = {"label": "A", "value": "a", "description": "b", "default": True}
SELECT = {"type": 3, "custom_id": "pick", "min_values": 0, "max_values": 1, "options": [OPTION]}
USERS = {"type": 5, "custom_id": "who", "default_values": [{"id": "1", "type": "user"}]}
EMBED = {
    "title": "A",
    "description": "B",
    "url": WEB,
    "color": 1,
    "timestamp": "2026-11-21T00:00:00+00:00",
    "author": {"name": "C", "icon_url": WEB},
    "footer": {"text": "D", "icon_url": "attachment://a"},
    "image": {"url": WEB},
    "fields": [{"name": "E", "value": "F", "inline": True}],
}
MESSAGE = {
    "content": "<@1> @everyone",
    "embeds": [EMBED],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"]},
    "components": [{"type": 1, "components": [part]} for part in (BUTTON, SELECT, USERS)],
    "attachments": [{"id": 0, "filename": "a", "description": "b"}],
    "flags": 4,
}
SECTION = {
    "type": 9,
    "components": [{"type": 10, "content": "A"}],
    "accessory": {"type": 11, "media": {"url": WEB}, "description": "B"},
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
                {"type": 12, "items": [{"media": {"url": WEB}, "spoiler": True}]},
                {"type": 13, "file": {"url": "attachment://a"}},
                {"type": 14, "spacing": 2, "divider": False},
            ],
        }
    ],
}
FIELDS = [
    {"type": 4, "custom_id": "a", "style": 2, "min_length": 1, "max_length": 2, "value": "x"},
    {"type": 19, "custom_id": "b", "min_values": 1, "max_values": 2},
    {"type": 22, "custom_id": "c", "options": [OPTION], "required": True},
    {"type": 23, "custom_id": "d", "default": True},
    SELECT,
]
MODAL = {
    "title": "T",
    "custom_id": "m",
    "components": [{"type": 18, "label": "L", "component": field} for field in FIELDS],
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

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 25),
    st.sampled_from([1 << 15, 64, 2**60, 0.5]),
    st.sampled_from(["", " ", "x", "attachment://a", "attachment://b", "https://[", "7" * 30]),
    st.sampled_from(
        [[], {}, [[]], [None], {"type": {}}, [{"type": []}], [{"type": 1}], "x" * 7000]
    ),
    st.sampled_from([EMBED, BUTTON, SELECT, SECTION, FIELDS, LAYOUT]),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container within, with each of its keys."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def bent(data: st.DataObject, body: Any) -> Any:
    """The body with one to three of its places filled with junk."""
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(body))
        if found:
            container, key = found[data.draw(st.integers(0, len(found) - 1))]
            container[key] = copy.deepcopy(data.draw(junk))
    return body


@settings(max_examples=100, deadline=None, database=None)
@given(st.data())
def test_junk_is_refused_or_taken(data: st.DataObject) -> None:
    stand_in = Discord(Clock())
    messages, world = stand_in.messages, stand_in.world
    upload = Upload(0, "a", b"a", "text/plain")
    channel = world.channel(world.users["ada"], "music")
    post = world.add(Post(messages.blank(channel, world.bot, content="x"), channel))

    def modal(body: Any) -> None:
        form = Form()
        check_modal(form, body)
        form.close()
        messages.render(body["components"])

    takers: list[tuple[Any, Callable[[Any], object]]] = [
        (MESSAGE, lambda body: messages.edit(post, body, [upload])),
        (LAYOUT, lambda body: messages.edit(post, body, [upload])),
        ({"choices": [{"name": "A", "value": "a"}]}, lambda body: check_choices(3, body)),
        (MODAL, modal),
        (COMMANDS, stand_in.registry.put),
    ]
    body, take = data.draw(st.sampled_from(takers))
    with suppress(ApiError):
        take(bent(data, body))


def test_what_is_bent_is_right_before() -> None:
    stand_in = Discord(Clock())
    messages, world = stand_in.messages, stand_in.world
    upload = Upload(0, "a", b"a", "text/plain")
    channel = world.channel(world.users["ada"], "music")
    for body in (MESSAGE, LAYOUT):
        post = world.add(Post(messages.blank(channel, world.bot), channel))
        messages.edit(post, body, [upload])
    form = Form()
    check_modal(form, MODAL)
    form.close()
    stand_in.registry.put(COMMANDS)
