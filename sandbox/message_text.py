"""Renders a Discord message as plain lines, with numbered buttons and options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Component = dict[str, Any]

ACTION_ROW, BUTTON, SELECT, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY = 1, 2, 3, 10, 11, 12
LINK_STYLE = 5

_IMAGE_HASH = re.compile(r"_[0-9a-f]{8}$")


@dataclass(frozen=True)
class Control:
    """A button, or one option of a select menu. `select` is the menu's index in the message."""

    custom_id: str
    label: str
    choice: str | None = None
    select: int = 0


def plain_text(markdown: str) -> str:
    """Discord's markdown as plain text, with link labels only, and unescaped."""
    text = re.sub(r"(?m)^(-# |#{1,3} )", "", markdown)
    text = re.sub(r"\[((?:\\.|[^\]\\])*)\]\(https?://[^)\s]+\)", r"\1", text)
    text = re.sub(r"(?<!\\)(\*\*|`)", "", text)
    text = re.sub(r"</([^:>]+):[0-9]+>", r"/\1", text)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text)


def readable_text(markdown: str) -> str:
    """The same for people: without emphasis, and with timestamps in the reader's time zone."""
    text = re.sub(r"(?<![\\*])\*(?![*\s])((?:\\.|[^*\n])+)\*(?!\*)", r"\1", markdown)
    return plain_text(re.sub(r"<t:([0-9]{1,11})(?::[tTdDfFsSR])?>", _time, text))


def _time(timestamp: re.Match[str]) -> str:
    return datetime.fromtimestamp(int(timestamp[1])).strftime("%b %d, %H:%M")


def render_message(
    message: dict[str, Any], *, numbered: bool = True, text: Callable[[str], str] = plain_text
) -> str:
    """The visible text, top to bottom. The numbers are those of `controls`.

    text  makes plain text of markdown
    """
    lines = [text(message.get("content") or "")]
    for embed in message.get("embeds", []):
        lines += [embed.get("title") or "", text(embed.get("description") or "")]
    lines += [
        text(part["content"]) for part in walk_components(message) if part["type"] == TEXT_DISPLAY
    ]
    for forwarded in message.get("message_snapshots") or []:
        lines.append(
            f"forwarded: {render_message(forwarded['message'], numbered=False, text=text)}"
        )
    if numbered:
        lines += [f"  [{number}] {control.label}" for number, control in controls(message).items()]
    for part in walk_components(message):
        if part["type"] == BUTTON and part.get("style") == LINK_STYLE:
            lines.append(f"  [link] {_button_label(part)} {part['url']}")
    return "\n".join(line for line in lines if line)


def controls(message: dict[str, Any]) -> dict[int, Control]:
    """The buttons and options, numbered from 1 in order."""
    return dict(enumerate(_controls(message), start=1))


def _controls(message: dict[str, Any]) -> Iterator[Control]:
    selects = 0
    for part in walk_components(message):
        if part["type"] == BUTTON and "custom_id" in part and not part.get("disabled"):
            yield Control(part["custom_id"], _button_label(part))
        if part["type"] == SELECT:
            for option in part["options"] if not part.get("disabled") else ():
                label = f"{option['label']} ({option.get('description') or 'choice'})"
                yield Control(part["custom_id"], label, option["value"], selects)
            selects += 1


def _button_label(button: Component) -> str:
    """A button's label or emoji; for an icon of the bot, its name without the image's hash."""
    emoji = button.get("emoji") or {}
    name = str(emoji.get("name") or "")
    shown = _IMAGE_HASH.sub("", name).replace("_", " ") if emoji.get("id") else name
    return button.get("label") or shown or "a button"


def walk_components(message: dict[str, Any]) -> Iterator[Component]:
    """Every component of a message, parents first."""
    pending: list[Component] = list(message.get("components", []))
    while pending:
        part = pending.pop(0)
        yield part
        children = [*part.get("components", []), part.get("accessory")]
        pending[:0] = [child for child in children if child]
