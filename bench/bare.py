"""The least that discord.py can do: one command that answers at once, and one that defers."""

from __future__ import annotations

import os

import discord
import yarl
from discord import app_commands
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


@bare.tree.command()
async def nothing(interaction: discord.Interaction[Bare]) -> None:
    """Answer, and do nothing."""
    await interaction.response.send_message("Nothing.", ephemeral=True)


@bare.tree.command()
async def later(interaction: discord.Interaction[Bare]) -> None:
    """Defer, then answer."""
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("Nothing.")


if __name__ == "__main__":
    Route.BASE = os.environ["DISCORD_API_URL"]
    bare.run(os.environ["DISCORD_TOKEN"], log_handler=None)
