"""Mentions of commands in messages, `</queue show:1234>`: what they name, and pressing them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.discord.api_error import ErrorCollector
from sandbox.discord.command_line import ClientValidationError, parse_command_line
from sandbox.discord.command_validation import CHAT_INPUT
from sandbox.discord.components import walk_components
from sandbox.discord.state import Json

# An escape or a code span, in which nothing is a mention, or a mention with its name and ID.
_MENTION = re.compile(r"\\.|```.*?```|`[^`\n]*`|</([^:>\n]+):(\d+)>", re.DOTALL)


def without_ids(markdown: str) -> str:
    """The text as its readers see it: a mention shows the command's name."""
    return _MENTION.sub(lambda found: f"/{found[1]}" if found[1] else found[0], markdown)


def mentions(message: Json) -> Iterator[tuple[str, str]]:
    """The full name and the ID of each command that a message, or the body of one, mentions."""
    texts = [message.get("content"), *(part.get("content") for part in _parts(message))]
    for text in texts:
        for found in _MENTION.finditer(str(text or "")):
            if found[1]:
                yield found[1], found[2]


def check_command_mentions(body: Json, commands: list[Json]) -> None:
    """Raises ApiError 50035 for a mention of a command that does not exist.

    The real Discord accepts it, and shows its source text.
    """
    errors = ErrorCollector()
    for name, command_id in mentions(body):
        if not _exists(name, command_id, commands):
            errors.add(("content",), "MENTION_UNKNOWN", f"No command </{name}:{command_id}>.")
    errors.raise_if_any()


def press_mention(message: Json, name: str, commands: list[Json]) -> str:
    """The text that a press on a mention puts into the user's box, such as `/queue show`.

    `commands` are those that the user sees. Raises ClientValidationError if there is no such
    mention, or the user does not see the command.
    """
    for mentioned, command_id in mentions(message):
        if mentioned == name and _exists(name, command_id, commands):
            return f"/{name}"
    raise ClientValidationError(f"there is no mention of /{name} to press")


def _exists(name: str, command_id: str, commands: list[Json]) -> bool:
    """Whether a command with this ID has this name, and can be used by it."""
    named = [
        command
        for command in commands
        if command["id"] == command_id and command["type"] == CHAT_INPUT
    ]
    try:
        return bool(named) and parse_command_line(f"/{name}", named).name == name
    except ClientValidationError:
        return False


def _parts(message: Json) -> Iterator[Json]:
    return walk_components(message.get("components"))
