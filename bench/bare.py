"""The least that discord.py can do: answer, defer, edit the message of a button, offer choices."""

from __future__ import annotations

import os
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(discord.AutoShardedClient):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        _, gateway, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
        await self.tree.sync()


bare = Bare()

Interaction = discord.Interaction[Bare]

_CHOICES = [app_commands.Choice(name=f"Choice {n}", value=str(n)) for n in range(12)]


@bare.tree.command()
async def nothing(interaction: Interaction) -> None:
    """Answer, and do nothing."""
    await interaction.response.send_message("Nothing.", ephemeral=True)


@bare.tree.command()
async def later(interaction: Interaction) -> None:
    """Defer, then answer."""
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("Nothing.")


class _Button(ui.View):
    @ui.button(label="Nothing")
    async def press(self, interaction: Interaction, _button: ui.Button[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="Nothing.")


@bare.tree.command()
async def button(interaction: Interaction) -> None:
    """Send a button that edits its message."""
    await interaction.response.send_message("Nothing.", view=_Button(timeout=None), ephemeral=True)


@bare.tree.command()
async def choices(interaction: Interaction, what: str) -> None:
    """Offer always the same."""
    await interaction.response.send_message(what, ephemeral=True)


@choices.autocomplete("what")
async def _offered(_interaction: Interaction, _typed: str) -> list[app_commands.Choice[str]]:
    return _CHOICES


if __name__ == "__main__":
    Route.BASE = os.environ["DISCORD_API_URL"]
    bare.run(os.environ["DISCORD_TOKEN"], log_handler=None)
