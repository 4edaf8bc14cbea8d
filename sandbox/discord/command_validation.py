"""Validates synced commands as Discord does."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.discord.api_error import ErrorCollector, ErrorPath
from sandbox.discord.field_schemas import (
    Boolean,
    Integer,
    ListOf,
    Number,
    ObjectOf,
    OneOf,
    Schema,
    Snowflake,
    Text,
    validate,
)
from sandbox.discord.message_validation import CHOICE_VALUE_SCHEMAS, choices_schema
from sandbox.discord.state import Json

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
# The option types that the simulator supports.
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
SUBCOMMAND_TYPES = (SUBCOMMAND, SUBCOMMAND_GROUP)
MAX_COMMANDS_BY_TYPE = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MAX_COMMAND_CHARACTERS = 8000

OPTION_FIELDS: dict[str, Schema] = {
    "name": Text(1, 32, required=True),
    "type": OneOf((*SUBCOMMAND_TYPES, STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT), required=True),
    "description": Text(1, 100, required=True),
    "required": Boolean(),
    "autocomplete": Boolean(),
    "choices": ListOf(ObjectOf({"name": Text(1, 100, required=True)}), high=25),
    "min_length": Integer(0, 6000),
    "max_length": Integer(1, 6000),
    "min_value": Number(),
    "max_value": Number(),
}
OPTION_FIELDS["options"] = ListOf(ObjectOf(OPTION_FIELDS), high=25)
COMMAND_FIELDS: dict[str, Schema] = {
    "name": Text(1, 32, required=True),
    "id": Snowflake(),
    "type": OneOf((CHAT_INPUT, USER_MENU, MESSAGE_MENU)),
    "description": Text(0, 100),
    "options": OPTION_FIELDS["options"],
    "contexts": ListOf(OneOf((0, 1, 2)), low=1, unique=True),
    "integration_types": ListOf(OneOf((0, 1)), low=1, unique=True),
    "default_member_permissions": Snowflake(),
    "dm_permission": Boolean(),
    "nsfw": Boolean(),
}
COMMANDS_SCHEMA = ListOf(
    ObjectOf(COMMAND_FIELDS), high=sum(MAX_COMMANDS_BY_TYPE.values()), required=True
)


def check_commands(body: Any) -> None:
    """Check all commands of an application. Raises ApiError 50035 with all errors."""
    errors = ErrorCollector()
    validate(errors, (), COMMANDS_SCHEMA, body)
    errors.raise_if_any()
    names = Counter(command_key(command) for command in body)
    for index, command in enumerate(body):
        if names[command_key(command)] > 1:
            message = "Application command names must be unique"
            errors.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        _check_command(errors, (index,), command)
    for kind, count in Counter(kind for kind, _ in names).items():
        if count > MAX_COMMANDS_BY_TYPE[kind]:
            message = f"At most {MAX_COMMANDS_BY_TYPE[kind]} commands of type {kind}"
            errors.add((), "APPLICATION_COMMANDS_MAX_REACHED", message)
    errors.raise_if_any()


def command_key(command: Json) -> tuple[int, str]:
    """The type and name, which identify a command across syncs."""
    return command.get("type") or CHAT_INPUT, command["name"]


def _check_command(errors: ErrorCollector, path: ErrorPath, command: Json) -> None:
    if command_key(command)[0] == CHAT_INPUT:
        _check_name(errors, path, command["name"])
        if not command.get("description"):
            errors.add_missing((*path, "description"))
        _check_options(errors, path, command.get("options") or [], SUBCOMMAND_TYPES)
    else:
        for name in ("description", "options"):
            if command.get(name):
                message = f"Context menu commands cannot have {name}"
                errors.add((*path, name), "APPLICATION_COMMAND_CONTEXT_MENU", message)
    if sum(_counted_lengths(command)) > MAX_COMMAND_CHARACTERS:
        message = f"Command exceeds maximum size ({MAX_COMMAND_CHARACTERS})"
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_options(
    errors: ErrorCollector, path: ErrorPath, options: list[Json], parts: tuple[int, ...]
) -> None:
    """Check the options of a command or a part of it; `parts` are the part types allowed here."""
    names: list[str] = []
    optional_before = False
    for index, option in enumerate(options):
        at: ErrorPath = (*path, "options", index)
        kind, name = option["type"], option["name"]
        _check_name(errors, at, name)
        if name in names:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            errors.add((*at, "name"), code, "The option name already exists")
        names.append(name)
        if not _can_stand_beside(kind, options[0]["type"], parts):
            code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
            errors.add((*at, "type"), code, "Sub-command option types are mutually exclusive")
        if kind in SUBCOMMAND_TYPES:
            inner = option.get("options") or []
            _check_options(errors, at, inner, (SUBCOMMAND,) if kind == SUBCOMMAND_GROUP else ())
            if kind == SUBCOMMAND_GROUP and not inner:
                errors.add((*at, "options"), "BASE_TYPE_REQUIRED", "This field is required")
            continue
        if option.get("options"):
            code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
            errors.add((*at, "options"), code, "Only sub-commands and groups have options")
        if option.get("required") and optional_before:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            message = "Required options must be placed before non-required options"
            errors.add((*at, "required"), code, message)
        optional_before = optional_before or not option.get("required")
        _check_option_values(errors, at, option)


def _can_stand_beside(kind: int, first: int, parts: tuple[int, ...]) -> bool:
    """Whether an option may follow the first one: parts and values do not mix."""
    if kind in SUBCOMMAND_TYPES:
        return kind in parts and first in SUBCOMMAND_TYPES
    return parts != (SUBCOMMAND,) and first not in SUBCOMMAND_TYPES


def _check_option_values(errors: ErrorCollector, path: ErrorPath, option: Json) -> None:
    kind, choices = option["type"], option.get("choices")
    if (choices or option.get("autocomplete")) and kind not in CHOICE_VALUE_SCHEMAS:
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        errors.add(path, code, "Only strings and numbers have choices")
    elif choices and option.get("autocomplete"):
        code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"
        errors.add((*path, "choices"), code, "Either choices or autocomplete")
    elif choices:
        validate(errors, (*path, "choices"), choices_schema(kind), choices)
        for name in ("name", "value"):
            if len({str(choice.get(name)) for choice in choices}) < len(choices):
                code = f"APPLICATION_COMMAND_OPTIONS_CHOICE_{name.upper()}_ALREADY_EXISTS"
                errors.add((*path, "choices"), code, f"The choice {name} already exists")
    for low, high, kinds in (
        ("min_length", "max_length", (STRING,)),
        ("min_value", "max_value", (INTEGER, NUMBER)),
    ):
        bounds = [option[name] for name in (low, high) if option.get(name) is not None]
        if bounds and (kind not in kinds or sorted(bounds) != bounds):
            code = "APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID"
            errors.add((*path, low), code, f"{low} and {high} do not fit this option")


def _check_name(errors: ErrorCollector, path: ErrorPath, name: str) -> None:
    if name != name.lower() or not all(map(_is_name_character, name)):
        code = "APPLICATION_COMMAND_INVALID_NAME"
        errors.add((*path, "name"), code, "Command name is invalid")


def _is_name_character(character: str) -> bool:
    r"""Whether it is in `[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]`."""
    return (
        character in "-_'"
        or unicodedata.category(character)[0] in "LN"
        or unicodedata.name(character, "").startswith(("DEVANAGARI", "THAI"))
    )


def _counted_lengths(part: Json) -> Iterator[int]:
    """The lengths that count towards MAX_COMMAND_CHARACTERS: names, descriptions, values."""
    yield len(part["name"]) + len(part.get("description") or "")
    for choice in part.get("choices") or []:
        yield len(choice["name"]) + len(str(choice.get("value")))
    for option in part.get("options") or []:
        yield from _counted_lengths(option)
