"""Parses a typed line such as `/queue add what:lantern` against the synced commands."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.discord import command_validation as kinds
from sandbox.discord.state import Json

TRUE_WORDS, FALSE_WORDS = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class ClientValidationError(Exception):
    """Discord's client would not let a user do that."""


@dataclass(frozen=True)
class ParsedCommand:
    """A command, its group and sub-command, their options, and the typed text of each option."""

    command: Json
    subcommands: tuple[Json, ...]
    options: tuple[Json, ...]
    option_texts: Mapping[str, str]

    @property
    def name(self) -> str:
        return " ".join(part["name"] for part in (self.command, *self.subcommands))

    def interaction_data(self, values: list[Json]) -> Json:
        """The interaction's `data`, with the option values inside the sub-command."""
        for part in reversed(self.subcommands):
            values = [{"name": part["name"], "type": part["type"], "options": values}]
        command = {"id": self.command["id"], "name": self.command["name"], "type": kinds.CHAT_INPUT}
        return command | ({"options": values} if values else {})


def parse_command_line(line: str, commands: list[Json]) -> ParsedCommand:
    """Raises ClientValidationError for an unknown command, sub-command or option."""
    name, _, rest = line.strip().removeprefix("/").partition(" ")
    if not line.strip().startswith("/"):
        raise ClientValidationError(f"{line!r} is not a command: commands begin with /")
    found = [c for c in commands if c["name"] == name and c["type"] == kinds.CHAT_INPUT]
    if not found:
        known = ", ".join(f"/{c['name']}" for c in commands if c["type"] == kinds.CHAT_INPUT)
        raise ClientValidationError(
            f"there is no command /{name} here; there are: {known or 'none'}"
        )
    command, parts = found[0], []
    options = command.get("options") or []
    while options and options[0]["type"] in (kinds.SUBCOMMAND, kinds.SUBCOMMAND_GROUP):
        word, _, rest = rest.strip().partition(" ")
        part = next((option for option in options if option["name"] == word), None)
        if part is None:
            known = ", ".join(option["name"] for option in options)
            raise ClientValidationError(f"/{name} needs one of: {known}")
        parts.append(part)
        options = part.get("options") or []
    return ParsedCommand(
        command, tuple(parts), tuple(options), _option_texts(rest.strip(), options)
    )


def _option_texts(rest: str, options: list[Json]) -> dict[str, str]:
    """The text of each option by name. Text before the first name is the first option's.

    A word with a colon that names no option, such as artist: in a search, is text.
    """
    names = [option["name"] for option in options]
    keys = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    bare, *pairs = re.split(rf"(?:^|(?<=\s))({keys}):", rest)
    texts: dict[str, str] = {}
    if bare.strip():
        if not options:
            raise ClientValidationError(f"there is no option {bare.strip()!r} here")
        texts[names[0]] = bare.strip()
    for key, value in zip(pairs[::2], pairs[1::2], strict=True):
        if key in texts:
            raise ClientValidationError(f"the option {key} is given twice")
        texts[key] = value.strip()
    return texts


def option_value(option: Json, text: str) -> Json:
    """An option as Discord sends it. Raises ClientValidationError if the text does not fit."""
    return {"name": option["name"], "type": option["type"], "value": _parse_value(option, text)}


def _parse_value(option: Json, text: str) -> Any:
    kind, name = option["type"], option["name"]
    if choices := option.get("choices"):
        for choice in choices:
            if text in (choice["name"], str(choice["value"])):
                return choice["value"]
        known = ", ".join(choice["name"] for choice in choices)
        raise ClientValidationError(f"{name} is one of: {known}")
    if kind == kinds.BOOLEAN:
        if text.lower() not in TRUE_WORDS + FALSE_WORDS:
            raise ClientValidationError(f"{name} is true or false, not {text!r}")
        return text.lower() in TRUE_WORDS
    if kind == kinds.STRING:
        return _check_range(option, text, len(text), "min_length", "max_length", 6000)
    try:
        value = int(text) if kind == kinds.INTEGER else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ClientValidationError(f"{name} is a number, not {text!r}")
    return _check_range(option, value, value, "min_value", "max_value", 2**53)


def _check_range(option: Json, value: Any, size: float, low: str, high: str, limit: int) -> Any:
    """The value, if its size is within the option's fields `low` and `high`, or the limit."""
    smallest, largest = option.get(low), option.get(high)
    if smallest is not None and size < smallest:
        raise ClientValidationError(f"{option['name']} is too small: at least {smallest}")
    largest = limit if largest is None else largest
    if size > largest:
        raise ClientValidationError(f"{option['name']} is too large: at most {largest}")
    return value
