"""The kinds of components: which fields each has, and what may stand inside of what."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.discord.field_schemas import (
    MEDIA_SCHEMES,
    AnyValue,
    Boolean,
    Integer,
    ListOf,
    ObjectOf,
    OneOf,
    Schema,
    Snowflake,
    Text,
    Url,
)
from sandbox.discord.state import Json

ACTION_ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER = (
    9,
    10,
    11,
    12,
    13,
    14,
    17,
)
LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
LINK_STYLE, PREMIUM_STYLE = 5, 6

SELECT_TYPES = (SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
IN_ROW = (BUTTON, *SELECT_TYPES)
IN_CONTAINER = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
IN_LAYOUT = (*IN_CONTAINER, CONTAINER)
IN_LABEL = (TEXT_INPUT, *SELECT_TYPES, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
IN_MODAL = (ACTION_ROW, TEXT_DISPLAY, LABEL)

EMOJI_SCHEMA = ObjectOf({"id": Snowflake(), "name": Text(0, 32), "animated": Boolean()})
MEDIA_SCHEMA = ObjectOf({"url": Url(MEDIA_SCHEMES, required=True)}, required=True)
CUSTOM_ID_SCHEMA = Text(1, 100, required=True)
OPTION_FIELDS: dict[str, Schema] = {
    "label": Text(1, 100, required=True),
    "value": Text(1, 100, required=True),
    "description": Text(0, 100),
    "default": Boolean(),
}
SELECT_FIELDS: dict[str, Schema] = {
    "custom_id": CUSTOM_ID_SCHEMA,
    "placeholder": Text(0, 150),
    "min_values": Integer(0, 25),
    "max_values": Integer(1, 25),
    "disabled": Boolean(),
    "required": Boolean(),
}


def _default_values_schema(*kinds: str) -> Schema:
    """The `default_values` of a select that offers these kinds of things."""
    one = ObjectOf({"id": Snowflake(required=True), "type": OneOf(kinds, required=True)})
    return ListOf(one, high=25)


COMPONENT_FIELDS: dict[int, dict[str, Schema]] = {
    ACTION_ROW: {"components": ListOf(AnyValue(), 1, 5, required=True)},
    BUTTON: {
        "style": OneOf((1, 2, 3, 4, 5, 6), required=True),
        "label": Text(0, 80),
        "custom_id": Text(1, 100),
        "url": Url(("http", "https", "discord"), high=512),
        "sku_id": Snowflake(),
        "emoji": EMOJI_SCHEMA,
        "disabled": Boolean(),
    },
    SELECT: {
        **SELECT_FIELDS,
        "options": ListOf(ObjectOf({**OPTION_FIELDS, "emoji": EMOJI_SCHEMA}), 1, 25, required=True),
    },
    USER_SELECT: {**SELECT_FIELDS, "default_values": _default_values_schema("user")},
    ROLE_SELECT: {**SELECT_FIELDS, "default_values": _default_values_schema("role")},
    MENTIONABLE_SELECT: {**SELECT_FIELDS, "default_values": _default_values_schema("user", "role")},
    CHANNEL_SELECT: {
        **SELECT_FIELDS,
        "default_values": _default_values_schema("channel"),
        "channel_types": ListOf(Integer(0, 20), unique=True),
    },
    TEXT_INPUT: {
        "custom_id": CUSTOM_ID_SCHEMA,
        "style": OneOf((1, 2), required=True),
        "label": Text(1, 45),
        "value": Text(0, 4000),
        "placeholder": Text(0, 100),
        "required": Boolean(),
        "min_length": Integer(0, 4000),
        "max_length": Integer(1, 4000),
    },
    SECTION: {
        "components": ListOf(AnyValue(), 1, 3, required=True),
        "accessory": AnyValue(required=True),
    },
    TEXT_DISPLAY: {"content": Text(1, 4000, required=True)},
    THUMBNAIL: {"media": MEDIA_SCHEMA, "description": Text(1, 1024), "spoiler": Boolean()},
    MEDIA_GALLERY: {
        "items": ListOf(
            ObjectOf({"media": MEDIA_SCHEMA, "description": Text(1, 1024), "spoiler": Boolean()}),
            1,
            10,
            required=True,
        )
    },
    FILE: {
        "file": ObjectOf({"url": Url(("attachment",), required=True)}, required=True),
        "spoiler": Boolean(),
    },
    SEPARATOR: {"divider": Boolean(), "spacing": OneOf((1, 2))},
    CONTAINER: {
        "components": ListOf(AnyValue(), 1, required=True),
        "accent_color": Integer(0, 0xFFFFFF),
        "spoiler": Boolean(),
    },
    LABEL: {
        "label": Text(1, 45, required=True),
        "description": Text(1, 100),
        "component": AnyValue(required=True),
    },
    FILE_UPLOAD: {
        "custom_id": CUSTOM_ID_SCHEMA,
        "min_values": Integer(0, 10),
        "max_values": Integer(1, 10),
        "required": Boolean(),
    },
    RADIO_GROUP: {
        "custom_id": CUSTOM_ID_SCHEMA,
        "options": ListOf(ObjectOf(OPTION_FIELDS), 2, 10, required=True),
        "required": Boolean(),
    },
    CHECKBOX_GROUP: {
        "custom_id": CUSTOM_ID_SCHEMA,
        "options": ListOf(ObjectOf(OPTION_FIELDS), 1, 10, required=True),
        "min_values": Integer(0, 10),
        "max_values": Integer(1, 10),
        "required": Boolean(),
    },
    CHECKBOX: {"custom_id": CUSTOM_ID_SCHEMA, "default": Boolean()},
}
# what may stand in a component's "components", and in its one other slot
CHILD_TYPES = {ACTION_ROW: IN_ROW, SECTION: (TEXT_DISPLAY,), CONTAINER: IN_CONTAINER}
SLOT_TYPES = {SECTION: ("accessory", (BUTTON, THUMBNAIL)), LABEL: ("component", IN_LABEL)}


def walk_components(components: object) -> Iterator[Json]:
    """Every component, from top to bottom, each before what it holds."""
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, dict) or not isinstance(component.get("type"), int):
            continue
        yield component
        yield from walk_components(component.get("components"))
        yield from walk_components([component.get("accessory"), component.get("component")])


def media_objects(components: object) -> Iterator[Json]:
    """Every place of a layout that shows a file or a picture: objects with a `url`."""
    for component in walk_components(components):
        for holder in component.get("items") or [component]:
            medium = holder.get("media") or holder.get("file")
            if isinstance(medium, dict):
                yield medium
