"""Validates messages, embeds and autocomplete choices as Discord does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.discord.api_error import ApiError, ErrorCollector, ErrorPath
from sandbox.discord.component_validation import check_components
from sandbox.discord.components import media_objects
from sandbox.discord.field_schemas import (
    MEDIA_SCHEMES,
    AnyValue,
    Boolean,
    Integer,
    ListOf,
    Number,
    ObjectOf,
    OneOf,
    Schema,
    Snowflake,
    Text,
    Timestamp,
    Url,
    validate,
)
from sandbox.discord.state import COMPONENTS_V2, EPHEMERAL, Json

MAX_FILES = 10
MAX_CONTENT_LENGTH = 2000
MAX_EMBEDS_LENGTH = 6000
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
CREATE_FLAGS = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
RESPONSE_FLAGS = CREATE_FLAGS | EPHEMERAL
EDIT_FLAGS = SUPPRESS_EMBEDS | COMPONENTS_V2

IMAGE_SCHEMA = ObjectOf({"url": Url(MEDIA_SCHEMES, required=True)})
EMBED_SCHEMA = ObjectOf(
    {
        "title": Text(0, 256),
        "description": Text(0, 4096),
        "url": Url(),
        "color": Integer(0, 0xFFFFFF),
        "timestamp": Timestamp(),
        "author": ObjectOf(
            {"name": Text(1, 256, required=True), "url": Url(), "icon_url": Url(MEDIA_SCHEMES)}
        ),
        "footer": ObjectOf({"text": Text(1, 2048, required=True), "icon_url": Url(MEDIA_SCHEMES)}),
        "image": IMAGE_SCHEMA,
        "thumbnail": IMAGE_SCHEMA,
        "fields": ListOf(
            ObjectOf(
                {
                    "name": Text(1, 256, required=True),
                    "value": Text(1, 1024, required=True),
                    "inline": Boolean(),
                }
            ),
            high=25,
        ),
    }
)
ALLOWED_MENTIONS_SCHEMA = ObjectOf(
    {
        "parse": ListOf(OneOf(("users", "roles", "everyone")), unique=True),
        "users": ListOf(Snowflake(), high=100, unique=True),
        "roles": ListOf(Snowflake(), high=100, unique=True),
        "replied_user": Boolean(),
    }
)
MESSAGE_SCHEMA = ObjectOf(
    {
        "content": Text(0, MAX_CONTENT_LENGTH),
        "embeds": ListOf(EMBED_SCHEMA, high=10),
        "allowed_mentions": ALLOWED_MENTIONS_SCHEMA,
        "components": ListOf(AnyValue()),
        "flags": Integer(0, 2**31 - 1),
        "tts": Boolean(),
        "nonce": Text(0, 25),
        "enforce_nonce": Boolean(),
        "message_reference": ObjectOf({"message_id": Snowflake(required=True)}),
        "attachments": ListOf(
            ObjectOf(
                {
                    "id": Snowflake(required=True),
                    "filename": Text(1, 1024),
                    "description": Text(0, 1024),
                }
            ),
            high=MAX_FILES,
        ),
    },
    required=True,
)
UNSUPPORTED_FIELDS = ("poll", "sticker_ids", "thread_name", "applied_tags", "shared_client_theme")

EMBED_URL_FIELDS = (
    ("image", "url"),
    ("thumbnail", "url"),
    ("author", "icon_url"),
    ("footer", "icon_url"),
)

CHOICE_VALUE_SCHEMAS: dict[int, Schema] = {  # by the type of the command's option
    3: Text(1, 100, required=True),
    4: Integer(required=True),
    10: Number(required=True),
}


def check_message(
    body: object,
    *,
    uploaded: Collection[str] = (),
    kept: Collection[str] = (),
    flags: int = CREATE_FLAGS,
    previous: Json | None = None,
    path: ErrorPath = (),
    emoji_ids: Collection[str] = (),
) -> None:
    """Check a new message, or an edit of the `previous` one.

    `uploaded` and `kept` are the names of its files; `flags` are the flags that may be set;
    `emoji_ids` are the custom emoji that components may show. Raises ApiError 50035 with all
    errors, or 50006 if the message would be empty.
    """
    errors = ErrorCollector()
    validate(errors, path, MESSAGE_SCHEMA, body)
    errors.raise_if_any()
    assert isinstance(body, dict)
    before = previous or {"flags": 0}
    was_v2 = before["flags"] & COMPONENTS_V2
    v2 = bool(was_v2 or (body.get("flags") or 0) & COMPONENTS_V2)
    if (body.get("flags") or 0) & ~flags:
        errors.add((*path, "flags"), "BASE_TYPE_BAD", f"Only flags within {flags} may be set.")
    for name in UNSUPPORTED_FIELDS:
        if body.get(name):
            errors.add((*path, name), "BASE_TYPE_BAD", "The simulator does not support this.")
    components = body.get("components") or []
    check_components(errors, (*path, "components"), components, v2, emoji_ids)
    _check_embeds(errors, path, body.get("embeds") or [])
    _check_mentions(errors, path, body.get("allowed_mentions") or {})
    errors.raise_if_any()

    legacy = {name: _value_after(body, before, name) for name in ("content", "embeds")}
    for name in legacy if v2 else ():
        if legacy[name]:
            message = f"The '{name}' field cannot be used with MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            errors.add((*path, name), code, message)
    named = _referenced_files(body)
    if missing := named - {*uploaded, *kept}:
        message = f"The referenced attachment was not found: {sorted(missing)}"
        code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
        errors.add((*path, "components" if v2 else "embeds"), code, message)
    to_show = {*uploaded} if was_v2 else {*uploaded, *kept}
    if v2 and (hidden := to_show - named):
        message = f"Nothing in the layout shows {sorted(hidden)}"
        errors.add((*path, "attachments"), "ATTACHMENT_NOT_SHOWN", message)
    errors.raise_if_any()
    contents = (*legacy.values(), _value_after(body, before, "components"), uploaded, kept)
    if not any(part.strip() if isinstance(part, str) else part for part in contents):
        raise ApiError(50006)


def check_choices(option_type: int, data: object) -> None:
    """Check the autocomplete choices for an option of this type. Raises ApiError."""
    errors = ErrorCollector()
    validate(
        errors, ("data",), ObjectOf({"choices": choices_schema(option_type)}, required=True), data
    )
    errors.raise_if_any()


def choices_schema(option_type: int) -> Schema:
    """The schema of the choices of an option of this type."""
    value = CHOICE_VALUE_SCHEMAS[option_type]
    return ListOf(ObjectOf({"name": Text(1, 100, required=True), "value": value}), high=25)


def _value_after(body: Json, before: Json, name: str) -> Any:
    """The field's value after the edit: an absent field keeps the old value, null clears it."""
    return body[name] if name in body else before.get(name)


def _check_embeds(errors: ErrorCollector, path: ErrorPath, embeds: list[Json]) -> None:
    shown = ("title", "description", "author", "footer", "image", "thumbnail", "fields", "video")
    for index, embed in enumerate(embeds):
        if not any(embed.get(name) for name in shown):
            errors.add(
                (*path, "embeds", index, "description"),
                "BASE_TYPE_REQUIRED",
                "This field is required",
            )
    if sum(map(embed_length, embeds)) > MAX_EMBEDS_LENGTH:
        message = f"Embed size exceeds maximum size of {MAX_EMBEDS_LENGTH}"
        errors.add((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", message)


def embed_length(embed: Json) -> int:
    """The number of characters that count towards MAX_EMBEDS_LENGTH."""
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("author") or {}).get("name"), (embed.get("footer") or {}).get("text")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(len(text or "") for text in texts)


def _check_mentions(errors: ErrorCollector, path: ErrorPath, mentions: Json) -> None:
    for name in ("users", "roles"):
        if mentions.get(name) and name in (mentions.get("parse") or []):
            message = f"parse:[{name!r}] and {name}: [ids...] are mutually exclusive."
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            errors.add((*path, "allowed_mentions"), code, message)


def _referenced_files(body: Json) -> set[str]:
    """The names of the files that a body refers to by attachment://."""
    addresses = [medium["url"] for medium in media_objects(body.get("components"))]
    for embed in body.get("embeds") or []:
        addresses += [(embed.get(part) or {}).get(key) for part, key in EMBED_URL_FIELDS]
    scheme = "attachment://"
    return {str(url).removeprefix(scheme) for url in addresses if str(url).startswith(scheme)}
