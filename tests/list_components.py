"""Reads list messages: their select options, enabled buttons and line numbers."""

from __future__ import annotations

from typing import Any

from sandbox.discord import Reply
from sandbox.message_text import BUTTON, MEDIA_GALLERY, SELECT, TEXT_DISPLAY, walk_components
from sandbox.spotify import Account


def unsave_all(account: Account) -> None:
    """Empty the account's library, so that every item can be saved."""
    for kind in ("track", "album", "show", "episode", "audiobook", "artist"):
        account.saved_items(kind).clear()


def components(reply: Reply, kind: int) -> list[dict[str, Any]]:
    return [part for part in walk_components(reply.message) if part["type"] == kind]


def options(reply: Reply) -> list[dict[str, Any]]:
    return [option for select in components(reply, SELECT) for option in select["options"]]


def option_ids(reply: Reply) -> list[str]:
    """The item IDs of the options. An option's value is position, kind and ID."""
    return [option["value"].rpartition(".")[2] for option in options(reply)]


def selected_id(reply: Reply) -> str:
    """The item ID of the marked entry."""
    number = selected_number(reply)
    (value,) = [o["value"] for o in options(reply) if o["value"].startswith(f"{number}.")]
    return str(value).rpartition(".")[2]


def open_label(reply: Reply) -> str:
    """The label of the button that shows what is in the selected item, such as "Show songs"."""
    return next(label for label in enabled_button_labels(reply) if label.startswith("Show "))


def selected_number(reply: Reply) -> int:
    """The number of the marked line, which is the only one."""
    lines = _list_lines(reply)
    (marked,) = [line for line in lines if ". ▸ " in line]
    return int(marked.split(".")[0])


def _list_lines(reply: Reply) -> list[str]:
    texts = [part["content"] for part in components(reply, TEXT_DISPLAY)]
    return "\n".join(texts).splitlines()


def covers(reply: Reply) -> list[dict[str, Any]]:
    """The pictures of the gallery; empty without one."""
    return [item for part in components(reply, MEDIA_GALLERY) for item in part["items"]]


def enabled_button_labels(reply: Reply) -> list[str]:
    """The labels of the buttons that can be pressed."""
    return [
        part.get("label", "")
        for part in components(reply, BUTTON)
        if "custom_id" in part and not part.get("disabled")
    ]


def line_numbers(reply: Reply) -> list[int]:
    """The numbers of the list's lines."""
    lines = _list_lines(reply)
    return [int(line.split(".")[0]) for line in lines if line.split(".")[0].isdecimal()]
