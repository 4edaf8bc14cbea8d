"""What an interaction is called in the log and the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

Interaction = discord.Interaction[Any]


def name_of(interaction: Interaction) -> str:
    """The command or component, for the log and the metrics: never what the user typed."""
    if isinstance(interaction.command, app_commands.ContextMenu):
        return f"menu {interaction.command.name}"
    if interaction.command is not None:
        return f"/{interaction.command.qualified_name}"
    return f"button {custom_id_of(interaction).partition(':')[0]}"


def custom_id_of(interaction: Interaction) -> str:
    """The custom_id of the component or form; empty for a command."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    return str(data.get("custom_id", ""))
