"""A list as a test reads it: its entries to choose from, and its buttons."""

from __future__ import annotations

from typing import Any

from sandbox.discord import Reply
from sandbox.message_text import BUTTON, SELECT, walk_components


def components(reply: Reply, kind: int) -> list[dict[str, Any]]:
    return [part for part in walk_components(reply.message) if part["type"] == kind]


def options(reply: Reply) -> list[dict[str, Any]]:
    return [option for menu in components(reply, SELECT) for option in menu["options"]]


def option_ids(reply: Reply) -> list[str]:
    """Of the entries to choose from; the value of an option tells number and kind, too."""
    return [option["value"].rpartition(".")[2] for option in options(reply)]


def selected_id(reply: Reply) -> str:
    """The id of the entry that is chosen."""
    (one,) = [option["value"] for option in options(reply) if option.get("default")]
    return str(one).rpartition(".")[2]


def enabled_button_labels(reply: Reply) -> list[str]:
    """The labels of those that can be pressed."""
    return [
        part.get("label", "")
        for part in components(reply, BUTTON)
        if "custom_id" in part and not part.get("disabled")
    ]


def line_numbers(reply: Reply) -> list[int]:
    """Of the lines of the list."""
    lines = components(reply, 10)[0]["content"].splitlines()
    return [int(line.split(".")[0]) for line in lines if line.split(".")[0].isdecimal()]
