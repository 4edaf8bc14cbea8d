"""What Discord refuses in a message, an embed, a list of choices: tables of limits, no state."""

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

MAX_ATTACHMENT_SIZE = 10 * 1024 * 1024
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
) -> None:
    """A message to create, or an edit of the `previous` one.

    `uploaded` and `kept` name the files that it will have, `flags` are those that may be set.
    Raises ApiError 50035 with every field that is wrong, or 50006 if nothing is left to show.
    """
    form = ErrorCollector()
    validate(form, path, MESSAGE_SCHEMA, body)
    form.raise_if_any()
    assert isinstance(body, dict)
    before = previous or {"flags": 0}
    was_v2 = before["flags"] & COMPONENTS_V2
    v2 = bool(was_v2 or (body.get("flags") or 0) & COMPONENTS_V2)
    if (body.get("flags") or 0) & ~flags:
        form.add((*path, "flags"), "BASE_TYPE_BAD", f"Only flags within {flags} may be set.")
    for name in UNSUPPORTED_FIELDS:
        if body.get(name):
            form.add((*path, name), "BASE_TYPE_BAD", "This stand-in does not play that.")
    check_components(form, (*path, "components"), body.get("components") or [], v2)
    _check_embeds(form, path, body.get("embeds") or [])
    _check_mentions(form, path, body.get("allowed_mentions") or {})
    form.raise_if_any()

    legacy = {name: _value_after(body, before, name) for name in ("content", "embeds")}
    for name in legacy if v2 else ():
        if legacy[name]:
            message = f"The '{name}' field cannot be used with MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            form.add((*path, name), code, message)
    named = _referenced_files(body)
    if missing := named - {*uploaded, *kept}:
        message = f"The referenced attachment was not found: {sorted(missing)}"
        code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
        form.add((*path, "components" if v2 else "embeds"), code, message)
    to_show = {*uploaded} if was_v2 else {*uploaded, *kept}
    if v2 and (hidden := to_show - named):
        message = f"Nothing in the layout shows {sorted(hidden)}"
        form.add((*path, "attachments"), "ATTACHMENT_NOT_SHOWN", message)
    form.raise_if_any()
    shown = (*legacy.values(), _value_after(body, before, "components"), uploaded, kept)
    if not any(what.strip() if isinstance(what, str) else what for what in shown):
        raise ApiError(50006)


def check_choices(option_type: int, data: object) -> None:
    """The answer to an autocomplete for an option of this type. Raises ApiError."""
    form = ErrorCollector()
    validate(
        form, ("data",), ObjectOf({"choices": choices_schema(option_type)}, required=True), data
    )
    form.raise_if_any()


def choices_schema(option_type: int) -> Schema:
    """The choices that an option of this type may have: at most 25, each of its own kind."""
    value = CHOICE_VALUE_SCHEMAS[option_type]
    return ListOf(ObjectOf({"name": Text(1, 100, required=True), "value": value}), high=25)


def _value_after(body: Json, before: Json, name: str) -> Any:
    """What a field will hold once the body is applied: absent keeps what was, null clears."""
    return body[name] if name in body else before.get(name)


def _check_embeds(errors: ErrorCollector, path: ErrorPath, embeds: list[Json]) -> None:
    shown = ("title", "description", "author", "footer", "image", "thumbnail", "fields", "video")
    for index, embed in enumerate(embeds):
        if not any(embed.get(name) for name in shown):
            where = (*path, "embeds", index, "description")
            errors.add(where, "BASE_TYPE_REQUIRED", "This field is required")
    if sum(map(embed_length, embeds)) > MAX_EMBEDS_LENGTH:
        message = f"Embed size exceeds maximum size of {MAX_EMBEDS_LENGTH}"
        errors.add((*path, "embeds"), "MAX_EMBED_SIZE_EXCEEDED", message)


def embed_length(embed: Json) -> int:
    """How many of an embed's characters count towards the 6000."""
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
    """The files that a body shows by attachment://."""
    addresses = [medium["url"] for medium in media_objects(body.get("components"))]
    for embed in body.get("embeds") or []:
        addresses += [(embed.get(part) or {}).get(key) for part, key in EMBED_URL_FIELDS]
    scheme = "attachment://"
    return {str(url).removeprefix(scheme) for url in addresses if str(url).startswith(scheme)}
