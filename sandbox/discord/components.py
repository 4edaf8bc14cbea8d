"""The component types: the fields of each, and which may contain which."""

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
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, FILE_UPLOAD = 17, 18, 19
LINK_STYLE, PREMIUM_STYLE = 5, 6

IN_ROW = (BUTTON, SELECT)
IN_CONTAINER = (ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR)
IN_LAYOUT = (*IN_CONTAINER, CONTAINER)
IN_LABEL = (TEXT_INPUT, SELECT, FILE_UPLOAD)
IN_MODAL = (ACTION_ROW, TEXT_DISPLAY, LABEL)

EMOJI_SCHEMA = ObjectOf({"id": Snowflake(), "name": Text(0, 32), "animated": Boolean()})
MEDIA_SCHEMA = ObjectOf({"url": Url(MEDIA_SCHEMES, required=True)}, required=True)
CUSTOM_ID_SCHEMA = Text(1, 100, required=True)
OPTION_SCHEMA = ObjectOf(
    {
        "label": Text(1, 100, required=True),
        "value": Text(1, 100, required=True),
        "description": Text(0, 100),
        "default": Boolean(),
        "emoji": EMOJI_SCHEMA,
    }
)
PICTURE_FIELDS: dict[str, Schema] = {
    "media": MEDIA_SCHEMA,
    "description": Text(1, 1024),
    "spoiler": Boolean(),
}
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
        "custom_id": CUSTOM_ID_SCHEMA,
        "placeholder": Text(0, 150),
        "min_values": Integer(0, 25),
        "max_values": Integer(1, 25),
        "disabled": Boolean(),
        "required": Boolean(),
        "options": ListOf(OPTION_SCHEMA, 1, 25, required=True),
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
    THUMBNAIL: PICTURE_FIELDS,
    MEDIA_GALLERY: {"items": ListOf(ObjectOf(PICTURE_FIELDS), 1, 10, required=True)},
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
}
# The types allowed in a component's "components", and in its other slot
CHILD_TYPES = {ACTION_ROW: IN_ROW, SECTION: (TEXT_DISPLAY,), CONTAINER: IN_CONTAINER}
SLOT_TYPES = {SECTION: ("accessory", (BUTTON, THUMBNAIL)), LABEL: ("component", IN_LABEL)}


def walk_components(components: object) -> Iterator[Json]:
    """Every component, depth first, each before its children."""
    pending = [*reversed(components)] if isinstance(components, list) else []
    while pending:
        component = pending.pop()
        if not isinstance(component, dict) or not isinstance(component.get("type"), int):
            continue
        yield component
        pending += [component[slot] for slot in ("component", "accessory") if slot in component]
        children = component.get("components")
        pending += reversed(children) if isinstance(children, list) else ()


def media_objects(components: object) -> Iterator[Json]:
    """The objects with a `url` through which components show a file or a picture."""
    for component in walk_components(components):
        for holder in component.get("items") or [component]:
            medium = holder.get("media") or holder.get("file")
            if isinstance(medium, dict):
                yield medium
