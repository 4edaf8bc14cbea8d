"""Mentions of the bot's commands: `</queue show:1234>`, which users can press."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.interactions.discord_errors import DISCORD_ERRORS

_log = logging.getLogger(__name__)

Command = app_commands.AppCommand | app_commands.AppCommandGroup
# Seconds that /help waits for the commands' IDs; without them, it shows the names as plain text.
_TIMEOUT = 3.0
_SLASH = discord.AppCommandType.chat_input


class Mentions:
    """Discord gives each command an ID, which is fetched once."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree
        self._mentions: dict[str, str] = {}

    async def fetch(self) -> Mapping[str, str]:
        """Mentions by full name, such as `queue show`; empty if Discord does not answer."""
        if not self._mentions:
            try:
                async with asyncio.timeout(_TIMEOUT):
                    for command in await self._tree.fetch_commands():
                        self._mentions |= _mentions(command)
            except DISCORD_ERRORS as error:
                _log.info("commands are not mentioned: %s", type(error).__name__)
        return self._mentions


def command_names(tree: app_commands.CommandTree[Any]) -> list[str]:
    """The full names of all slash commands, such as `queue show`."""
    return [
        command.qualified_name
        for command in tree.walk_commands()
        if isinstance(command, app_commands.Command)
    ]


def _mentions(command: Command, group: str = "") -> dict[str, str]:
    """The mentions of a command, or of the commands in a group."""
    if isinstance(command, app_commands.AppCommand) and command.type is not _SLASH:
        return {}
    name = f"{group} {command.name}".strip()
    groups = [
        option for option in command.options if isinstance(option, app_commands.AppCommandGroup)
    ]
    if not groups:
        return {name: command.mention}
    return {key: text for option in groups for key, text in _mentions(option, name).items()}
