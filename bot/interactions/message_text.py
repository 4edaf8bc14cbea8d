"""Reads the text of a message menu's message from Discord's raw JSON, of any shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from bot.errors.content import UnreadableLink

# The fields with visible text or URLs, and the fields that contain such fields, in reading order.
# They are searched in components and embeds of every type.
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
    """Move a message menu's message to the interaction's extras, and leave an empty message.

    discord.py 2.7.1 raises an error for shapes that it does not know, such as a poll without an end
    or a null embed, and sends no reply. Call this before discord.py parses the message.
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
