"""The text of the message that a message menu is used on, in whatever shape Discord sends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.errors.content import UnreadableLink

# The fields that hold what people read, and the parts that hold such fields, in reading order.
# Parts that this list names are searched in components and embeds of any type, known or not.
_FIELDS = (
    "message",
    "content",
    "poll",
    "author",
    "name",
    "question",
    "title",
    "url",
    "description",
    "fields",
    "value",
    "answers",
    "poll_media",
    "text",
    "label",
    "placeholder",
    "options",
    "footer",
    "attachments",
    "embeds",
    "components",
    "component",
    "items",
    "accessory",
    "message_snapshots",
)
_MESSAGE_MENU = discord.AppCommandType.message.value
# The key of the message in an interaction's extras.
_MESSAGE = "message"
_NOT_SHOWN = "Discord didn’t show me that message. Copy its link, and use /play with it."

Interaction = discord.Interaction[Any]


def extract_message(interaction: Interaction) -> None:
    """Let discord.py parse an empty message instead of the one that a menu is used on.

    discord.py 2.7.1 raises for shapes that it does not know, such as a poll without an end or an
    embed that is null, and then nothing answers. To be called before the command's callback.
    """
    data: dict[str, Any] = interaction.data or {}  # type: ignore[assignment]
    if data.get("type") != _MESSAGE_MENU:
        return
    target, resolved = str(data.get("target_id")), data.get("resolved")
    messages = resolved.get("messages") if isinstance(resolved, dict) else None
    interaction.extras[_MESSAGE] = messages.get(target) if isinstance(messages, dict) else None
    empty = {"id": "0", "channel_id": "0", "type": 0, "content": ""}
    data["resolved"] = {"messages": {target: empty}}


def message_text(interaction: Interaction) -> str:
    """All text and URLs of the message in reading order, one a line.

    Raises UnreadableLink if Discord has sent no message.
    """
    message = interaction.extras.get(_MESSAGE)
    if not isinstance(message, dict):
        raise UnreadableLink("no message", message=_NOT_SHOWN)
    return "\n".join(_texts(message))


def _texts(part: object) -> Iterator[str]:
    parts = [part]
    while parts:
        match parts.pop():
            case str(text):
                yield text
            case list(items):
                parts += reversed(items)
            case dict(fields):
                parts += [fields[name] for name in reversed(_FIELDS) if name in fields]
