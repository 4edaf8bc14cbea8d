"""Parses a message of the bot into its claims about the player."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.discord.command_mentions import without_ids
from sandbox.message_text import BUTTON, TEXT_DISPLAY, plain_text, walk_components

MessageKind = Literal["panel", "another's", "card", "words", "queue", "devices", "list", "other"]

_TITLE = re.compile(r"^\*\*\[.*\]\(https://open\.spotify\.com/([a-z]+)/([0-9A-Za-z]{22})\)\*\*$")
_LINK = re.compile(r"\]\(https://open\.spotify\.com/([a-z]+)/([0-9A-Za-z]{22})\)")
_AS_OF = re.compile(r"^-# (?:On Spotify · )?Updated <t:(\d+):([tR])>$")
_EMOJI = re.compile(r"^[^\w*]+ ")
_PROGRESS = re.compile(r"^(?:[▰▱]+ )?([\d:]+)(?: / ([\d:]+))?$")


@dataclass(frozen=True)
class ParsedMessage:
    """The parts of a message. `header` and `settings` are the parts of small-print lines.

    body           the lines between header and settings, or all lines of a list
    progress       position and duration in seconds
    as_of          the stated time, in seconds since 1970
    live           whether the time is relative, that is, whether the panel refreshes itself
    button_states  action of a panel button → whether it is enabled
    """

    kind: MessageKind
    owner_id: str | None = None
    header: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    uri: str | None = None
    progress: tuple[int, int | None] | None = None
    settings: tuple[str, ...] = ()
    as_of: int | None = None
    live: bool = True
    button_states: dict[str, bool] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.body)


def parse_message(message: dict[str, Any]) -> ParsedMessage:
    """Parse a message of the bot."""
    parts = list(walk_components(message))
    texts = [without_ids(part["content"]) for part in parts if part["type"] == TEXT_DISPLAY]
    buttons = [part for part in parts if part["type"] == BUTTON and "custom_id" in part]
    if not texts:
        return ParsedMessage("words", body=(plain_text(message.get("content") or ""),))
    if texts[0].startswith("This is someone else’s remote"):
        return ParsedMessage("another's", body=tuple(texts))
    lines = tuple(line for text in texts for line in text.split("\n"))
    if lines[0] == "### Now":
        return ParsedMessage("queue", body=lines)
    if lines[0] == "### Your devices":
        return ParsedMessage("devices", body=lines)
    if len(texts) == 1 and lines[0].startswith("-# ") and lines[-1].endswith("On Spotify"):
        return _parse_card("card", lines, None, {})
    panel_ids = [
        button["custom_id"] for button in buttons if button["custom_id"].startswith("panel:")
    ]
    # Controls below a sentence; a panel says when it was updated in a further line.
    if len(lines) == 1 and (panel_ids or "laying" in lines[0]):
        return ParsedMessage("words", body=(plain_text(lines[0]),))
    if panel_ids:
        button_states = {
            button["custom_id"].split(":", 2)[2]: not button.get("disabled")
            for button in buttons
            if button["custom_id"].startswith("panel:")
        }
        return _parse_card("panel", lines, panel_ids[0].split(":")[1], button_states)
    return ParsedMessage("list" if lines[0].startswith("### ") else "other", body=lines)


def _parse_card(
    kind: MessageKind, lines: tuple[str, ...], owner_id: str | None, button_states: dict[str, bool]
) -> ParsedMessage:
    header = _split_parts(lines[0]) if lines[0].startswith("-# ") else ()
    body = tuple(line for line in lines[bool(header) :] if not line.startswith("-# "))
    small_print = [line for line in lines[bool(header) :] if line.startswith("-# ")]
    as_of = next((match for line in small_print if (match := _AS_OF.match(line))), None)
    settings = [
        line
        for line in small_print
        if "Updated" not in line
        and not line.endswith("On Spotify")
        and not line.startswith("-# Next: ")
    ]
    title = next((match for line in body if (match := _TITLE.match(line))), None)
    progress = next((match for line in body if (match := _PROGRESS.match(line))), None)
    return ParsedMessage(
        kind,
        owner_id,
        header,
        body,
        f"spotify:{title[1]}:{title[2]}" if title else None,
        (_parse_duration(progress[1]), _parse_duration(progress[2]) if progress[2] else None)
        if progress
        else None,
        _split_parts(settings[0]) if settings else (),
        int(as_of[1]) if as_of else None,
        as_of is None or as_of[2] == "R",
        button_states,
    )


def linked_uris(lines: tuple[str, ...]) -> list[str]:
    """The URIs of all Spotify links in these lines."""
    return [f"spotify:{kind}:{id_}" for line in lines for kind, id_ in _LINK.findall(line)]


def _split_parts(line: str) -> tuple[str, ...]:
    """The parts of a line, each without its emoji."""
    return tuple(_EMOJI.sub("", part) for part in plain_text(line).split(" · "))


def _parse_duration(clock: str) -> int:
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total
