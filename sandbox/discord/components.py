"""The kinds of components: which fields each has, and what may stand inside of what."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.discord.shapes import (
    MEDIA,
    Anything,
    Field,
    Flag,
    Id,
    ListOf,
    OneOf,
    Shape,
    Text,
    Url,
    Whole,
)
from sandbox.discord.world import Json

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
LINK, PREMIUM = 5, 6

SELECTS = (SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
IN_ROW = (BUTTON, *SELECTS)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
IN_LAYOUT = (*IN_CONTAINER, CONTAINER)
IN_LABEL = (TEXT_INPUT, *SELECTS, UPLOAD, RADIO, CHECKBOXES, CHECKBOX)
IN_MODAL = (ROW, TEXT, LABEL)

EMOJI = Shape({"id": Id(), "name": Text(0, 32), "animated": Flag()})
MEDIUM = Shape({"url": Url(MEDIA, required=True)}, required=True)
CUSTOM_ID = Text(1, 100, required=True)
OPTION: dict[str, Field] = {
    "label": Text(1, 100, required=True),
    "value": Text(1, 100, required=True),
    "description": Text(0, 100),
    "default": Flag(),
}
PICKER: dict[str, Field] = {
    "custom_id": CUSTOM_ID,
    "placeholder": Text(0, 150),
    "min_values": Whole(0, 25),
    "max_values": Whole(1, 25),
    "disabled": Flag(),
    "required": Flag(),
}


def _defaults(*kinds: str) -> Field:
    """The `default_values` of a select that offers these kinds of things."""
    one = Shape({"id": Id(required=True), "type": OneOf(kinds, required=True)})
    return ListOf(one, high=25)


FIELDS: dict[int, dict[str, Field]] = {
    ROW: {"components": ListOf(Anything(), 1, 5, required=True)},
    BUTTON: {
        "style": OneOf((1, 2, 3, 4, 5, 6), required=True),
        "label": Text(0, 80),
        "custom_id": Text(1, 100),
        "url": Url(("http", "https", "discord"), high=512),
        "sku_id": Id(),
        "emoji": EMOJI,
        "disabled": Flag(),
    },
    SELECT: {**PICKER, "options": ListOf(Shape({**OPTION, "emoji": EMOJI}), 1, 25, required=True)},
    USER_SELECT: {**PICKER, "default_values": _defaults("user")},
    ROLE_SELECT: {**PICKER, "default_values": _defaults("role")},
    MENTIONABLE_SELECT: {**PICKER, "default_values": _defaults("user", "role")},
    CHANNEL_SELECT: {
        **PICKER,
        "default_values": _defaults("channel"),
        "channel_types": ListOf(Whole(0, 20), unique=True),
    },
    TEXT_INPUT: {
        "custom_id": CUSTOM_ID,
        "style": OneOf((1, 2), required=True),
        "label": Text(1, 45),
        "value": Text(0, 4000),
        "placeholder": Text(0, 100),
        "required": Flag(),
        "min_length": Whole(0, 4000),
        "max_length": Whole(1, 4000),
    },
    SECTION: {
        "components": ListOf(Anything(), 1, 3, required=True),
        "accessory": Anything(required=True),
    },
    TEXT: {"content": Text(1, 4000, required=True)},
    THUMBNAIL: {"media": MEDIUM, "description": Text(1, 1024), "spoiler": Flag()},
    GALLERY: {
        "items": ListOf(
            Shape({"media": MEDIUM, "description": Text(1, 1024), "spoiler": Flag()}),
            1,
            10,
            required=True,
        )
    },
    FILE: {
        "file": Shape({"url": Url(("attachment",), required=True)}, required=True),
        "spoiler": Flag(),
    },
    SEPARATOR: {"divider": Flag(), "spacing": OneOf((1, 2))},
    CONTAINER: {
        "components": ListOf(Anything(), 1, required=True),
        "accent_color": Whole(0, 0xFFFFFF),
        "spoiler": Flag(),
    },
    LABEL: {
        "label": Text(1, 45, required=True),
        "description": Text(1, 100),
        "component": Anything(required=True),
    },
    UPLOAD: {
        "custom_id": CUSTOM_ID,
        "min_values": Whole(0, 10),
        "max_values": Whole(1, 10),
        "required": Flag(),
    },
    RADIO: {
        "custom_id": CUSTOM_ID,
        "options": ListOf(Shape(OPTION), 2, 10, required=True),
        "required": Flag(),
    },
    CHECKBOXES: {
        "custom_id": CUSTOM_ID,
        "options": ListOf(Shape(OPTION), 1, 10, required=True),
        "min_values": Whole(0, 10),
        "max_values": Whole(1, 10),
        "required": Flag(),
    },
    CHECKBOX: {"custom_id": CUSTOM_ID, "default": Flag()},
}
# what may stand in a component's "components", and in its one other slot
CHILDREN = {ROW: IN_ROW, SECTION: (TEXT,), CONTAINER: IN_CONTAINER}
SLOTS = {SECTION: ("accessory", (BUTTON, THUMBNAIL)), LABEL: ("component", IN_LABEL)}


def walk(components: object) -> Iterator[Json]:
    """Every component, from top to bottom, each before what it holds."""
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict) or not isinstance(component.get("type"), int):
            continue
        yield component
        yield from walk(component.get("components"))
        yield from walk([component.get("accessory"), component.get("component")])


def media(components: object) -> Iterator[Json]:
    """Every place of a layout that shows a file or a picture: objects with a `url`."""
    for component in walk(components):
        for holder in component.get("items") or [component]:
            medium = holder.get("media") or holder.get("file")
            if isinstance(medium, dict):
                yield medium
