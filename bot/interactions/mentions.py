"""Mentions of the bot's commands, such as `</queue show:1234>`, which users can press."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from discord import app_commands

_SLASH = discord.AppCommandType.chat_input

# Parts of a text in which Discord shows no mention: escapes, code, links, mentions, times, URLs.
# `bot.text.escape` escapes the slashes of text from outside.
_LITERAL = (
    r"\\.|```.*?```|`[^`\n]*`|\[(?:\\.|[^\[\]\\\n])*\]\([^()\s]*\)|<[^<>\s][^<>\n]*>"
    r"|https?://[^\s<>]+"
)


class CommandMentions:
    """Replaces the names of commands in messages, such as /play, with mentions.

    Until Discord has sent the commands' IDs, the names stay.
    """

    def __init__(self) -> None:
        self._mentions: Mapping[str, str] = {}
        self._pattern = re.compile("(?!)")

    @property
    def known(self) -> bool:
        return bool(self._mentions)

    def learn(self, commands: Iterable[app_commands.AppCommand]) -> None:
        """Use the IDs of the commands that Discord has."""
        self._mentions = dict(_mentions(commands))
        longest_first = sorted(self._mentions, key=len, reverse=True)
        names = "|".join(map(re.escape, longest_first)) or "(?!)"
        self._pattern = re.compile(rf"{_LITERAL}|(?<![\w/.:])/({names})(?![\w/-])", re.DOTALL)

    def apply(self, markdown: str) -> str:
        """The text with mentions; without them if it names no command."""
        if "/" not in markdown:
            return markdown
        return self._pattern.sub(
            lambda found: self._mentions[found[1]] if found[1] else found[0], markdown
        )


def command_names(tree: app_commands.CommandTree[Any]) -> list[str]:
    """The full names of all slash commands, such as `queue show`."""
    return [
        command.qualified_name
        for command in tree.walk_commands()
        if isinstance(command, app_commands.Command)
    ]


def _mentions(commands: Iterable[app_commands.AppCommand]) -> Iterator[tuple[str, str]]:
    """The full name and the mention of each command that is no group and no menu entry."""
    for command in commands:
        if command.type is _SLASH:
            yield from _mentions_in(command, command.name)


def _mentions_in(
    command: app_commands.AppCommand | app_commands.AppCommandGroup, name: str
) -> Iterator[tuple[str, str]]:
    groups = [
        option for option in command.options if isinstance(option, app_commands.AppCommandGroup)
    ]
    if not groups:
        yield name, command.mention
    for group in groups:
        yield from _mentions_in(group, f"{name} {group.name}")
