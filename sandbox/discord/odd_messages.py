"""Fields of messages that discord.py 2.7.1 does not understand, although Discord may send them."""

from __future__ import annotations

from typing import Any

from sandbox.discord.incoming_messages import poll_payload
from sandbox.discord.state import Json

TEXT_DISPLAY, FUTURE_TYPE = 10, 99


def odd_messages(text: str) -> dict[str, dict[str, Any]]:
    """Fields of messages that show the text, by a description of their oddity."""
    component: Json = {"type": TEXT_DISPLAY, "id": 1, "content": text}
    future: Json = {"type": FUTURE_TYPE, "id": 2, "components": [component]}
    return {
        "a poll without an end": {"poll": poll_payload("Which?", ("This", text), None)},
        "a poll without a question": {
            "poll": {"question": None, "answers": [{"answer_id": 1, "poll_media": {"text": text}}]}
        },
        "an embed that is null": {"embeds": [None, {"type": "rich", "description": text}]},
        "an embed whose parts are null": {
            "embeds": [{"title": text, "fields": None, "author": None, "footer": None}]
        },
        "a component of a future type": {"components": [future]},
        "a future type in a section": {
            "components": [{"type": 9, "id": 1, "components": [future], "accessory": future}]
        },
        "a component without a type": {"components": [None, {"content": text}]},
        "a row without components": {"components": [{"type": 1, "id": 1}, component]},
        "a snapshot with little in it": {"message_snapshots": [{"message": {"content": text}}]},
        "a snapshot that is null": {"content": text, "message_snapshots": [{"message": None}]},
        "attachments and stickers that are null": {
            "content": text,
            "attachments": [None],
            "sticker_items": [None],
        },
        "fields that are null": {"content": text, "flags": None, "mentions": None, "embeds": None},
        "metadata of a future kind": {"content": text, "interaction_metadata": {"type": 99}},
        "a lone surrogate": {"content": f"\ud83c {text} \udfb5"},
    }
