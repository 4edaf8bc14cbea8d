"""What Discord refuses when commands are synced."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.discord.api_error import Form, Path
from sandbox.discord.rules import OPTION_VALUE, choices_of
from sandbox.discord.shapes import (
    Field,
    Flag,
    Id,
    ListOf,
    Number,
    OneOf,
    Shape,
    Text,
    Whole,
    check,
)
from sandbox.discord.world import Json

CHAT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB_COMMAND, SUB_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(3, 12)
PARTS = (SUB_COMMAND, SUB_GROUP)
MAX_OF_TYPE = {CHAT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MAX_CHARACTERS = 8000

OPTION: dict[str, Field] = {
    "name": Text(1, 32, required=True),
    "type": OneOf(tuple(range(SUB_COMMAND, FILE + 1)), required=True),
    "description": Text(1, 100, required=True),
    "required": Flag(),
    "autocomplete": Flag(),
    "choices": ListOf(Shape({"name": Text(1, 100, required=True)}), high=25),
    "min_length": Whole(0, 6000),
    "max_length": Whole(1, 6000),
    "min_value": Number(),
    "max_value": Number(),
    "channel_types": ListOf(Whole(0, 20), unique=True),
}
OPTION["options"] = ListOf(Shape(OPTION), high=25)
COMMAND: dict[str, Field] = {
    "name": Text(1, 32, required=True),
    "id": Id(),
    "type": OneOf((CHAT, USER_MENU, MESSAGE_MENU)),
    "description": Text(0, 100),
    "options": OPTION["options"],
    "contexts": ListOf(OneOf((0, 1, 2)), low=1, unique=True),
    "integration_types": ListOf(OneOf((0, 1)), low=1, unique=True),
    "default_member_permissions": Id(),
    "dm_permission": Flag(),
    "nsfw": Flag(),
}
COMMANDS = ListOf(Shape(COMMAND), high=sum(MAX_OF_TYPE.values()), required=True)


def check_commands(body: Any) -> None:
    """All commands of an application. Raises ApiError 50035 with everything that is wrong."""
    form = Form()
    check(form, (), COMMANDS, body)
    form.close()
    names = Counter(key(command) for command in body)
    for index, command in enumerate(body):
        if names[key(command)] > 1:
            message = "Application command names must be unique"
            form.wrong((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        _check_command(form, (index,), command)
    for kind, count in Counter(kind for kind, _ in names).items():
        if count > MAX_OF_TYPE[kind]:
            message = f"At most {MAX_OF_TYPE[kind]} commands of type {kind}"
            form.wrong((), "APPLICATION_COMMANDS_MAX_REACHED", message)
    form.close()


def key(command: Json) -> tuple[int, str]:
    """What makes a command the same as before: its type and name."""
    return command.get("type") or CHAT, command["name"]


def _check_command(form: Form, path: Path, command: Json) -> None:
    if key(command)[0] == CHAT:
        _check_name(form, path, command["name"])
        if not command.get("description"):
            form.wrong((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
        _check_options(form, path, command.get("options") or [], PARTS)
    else:
        for name in ("description", "options"):
            if command.get(name):
                message = f"Context menu commands cannot have {name}"
                form.wrong((*path, name), "APPLICATION_COMMAND_CONTEXT_MENU", message)
    if sum(_characters(command)) > MAX_CHARACTERS:
        message = f"Command exceeds maximum size ({MAX_CHARACTERS})"
        form.wrong(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_options(form: Form, path: Path, options: list[Json], parts: tuple[int, ...]) -> None:
    """Options of a command or of one of its parts; `parts` are those that may stand here."""
    before: list[str] = []
    optional_before = False
    for index, option in enumerate(options):
        where: Path = (*path, "options", index)
        kind, name = option["type"], option["name"]
        _check_name(form, where, name)
        if name in before:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            form.wrong((*where, "name"), code, "The option name already exists")
        before.append(name)
        if not _fits(kind, options[0]["type"], parts):
            code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
            form.wrong((*where, "type"), code, "Sub-command option types are mutually exclusive")
        if kind in PARTS:
            inner = option.get("options") or []
            _check_options(form, where, inner, (SUB_COMMAND,) if kind == SUB_GROUP else ())
            if kind == SUB_GROUP and not inner:
                form.wrong((*where, "options"), "BASE_TYPE_REQUIRED", "This field is required")
            continue
        if option.get("options"):
            code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
            form.wrong((*where, "options"), code, "Only sub-commands and groups have options")
        if option.get("required") and optional_before:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            message = "Required options must be placed before non-required options"
            form.wrong((*where, "required"), code, message)
        optional_before = optional_before or not option.get("required")
        _check_values(form, where, option)


def _fits(kind: int, first: int, parts: tuple[int, ...]) -> bool:
    """Whether an option may stand beside the first: parts beside parts, values beside values."""
    if kind in PARTS:
        return kind in parts and first in PARTS
    return parts != (SUB_COMMAND,) and first not in PARTS


def _check_values(form: Form, path: Path, option: Json) -> None:
    kind, choices = option["type"], option.get("choices")
    if (choices or option.get("autocomplete")) and kind not in OPTION_VALUE:
        code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
        form.wrong(path, code, "Only strings and numbers have choices")
    elif choices and option.get("autocomplete"):
        code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"
        form.wrong((*path, "choices"), code, "Either choices or autocomplete")
    elif choices:
        check(form, (*path, "choices"), choices_of(kind), choices)
        for name in ("name", "value"):
            if len({str(choice.get(name)) for choice in choices}) < len(choices):
                code = f"APPLICATION_COMMAND_OPTIONS_CHOICE_{name.upper()}_ALREADY_EXISTS"
                form.wrong((*path, "choices"), code, f"The choice {name} already exists")
    for low, high, kinds in (
        ("min_length", "max_length", (STRING,)),
        ("min_value", "max_value", (INTEGER, NUMBER)),
    ):
        bounds = [option[name] for name in (low, high) if option.get(name) is not None]
        if bounds and (kind not in kinds or sorted(bounds) != bounds):
            code = "APPLICATION_COMMAND_OPTIONS_BOUNDS_INVALID"
            form.wrong((*path, low), code, f"{low} and {high} do not fit this option")


def _check_name(form: Form, path: Path, name: str) -> None:
    if name != name.lower() or not all(map(_in_name, name)):
        code = "APPLICATION_COMMAND_INVALID_NAME"
        form.wrong((*path, "name"), code, "Command name is invalid")


def _in_name(character: str) -> bool:
    r"""Whether it is in `[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]`."""
    return (
        character in "-_'"
        or unicodedata.category(character)[0] in "LN"
        or unicodedata.name(character, "").startswith(("DEVANAGARI", "THAI"))
    )


def _characters(part: Json) -> Iterator[int]:
    """The lengths that count towards a command's 8000: names, descriptions, values."""
    yield len(part["name"]) + len(part.get("description") or "")
    for choice in part.get("choices") or []:
        yield len(choice["name"]) + len(str(choice.get("value")))
    for option in part.get("options") or []:
        yield from _characters(option)
