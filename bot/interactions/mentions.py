"""The names of the bot's commands, as Discord makes them into something to press."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
from discord import app_commands

_log = logging.getLogger(__name__)

Command = app_commands.AppCommand | app_commands.AppCommandGroup
_SLASH = discord.AppCommandType.chat_input


class Mentions:
    """Discord knows each command by a number, for which it is asked once in the life of the bot."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree
        self._mentions: dict[str, str] = {}

    async def fetch(self) -> Mapping[str, str]:
        """Name → mention of each command, such as `queue show`; empty where Discord cannot say."""
        if not self._mentions:
            try:
                for command in await self._tree.fetch_commands():
                    self._mentions |= _mentions(command)
            except (discord.DiscordException, aiohttp.ClientError, OSError) as lost:
                _log.info("commands are not mentioned: %s", type(lost).__name__)
        return self._mentions


def command_names(tree: app_commands.CommandTree[Any]) -> list[str]:
    """Of all commands that can be typed, those in groups by their full names."""
    return [
        command.qualified_name
        for command in tree.walk_commands()
        if isinstance(command, app_commands.Command)
    ]


def _mentions(command: Command, group: str = "") -> dict[str, str]:
    """Of the command itself, or of those in its group."""
    if isinstance(command, app_commands.AppCommand) and command.type is not _SLASH:
        return {}
    name = f"{group} {command.name}".strip()
    inner = [one for one in command.options if isinstance(one, app_commands.AppCommandGroup)]
    if not inner:
        return {name: command.mention}
    return {key: text for one in inner for key, text in _mentions(one, name).items()}
