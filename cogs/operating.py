"""/usage: what whoever runs the bot has to know."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors import NotTheOperator
from bot.quota import Quota
from bot.ui import usage


class Operating(commands.Cog):
    def __init__(self, quota: Quota) -> None:
        self.quota = quota

    @app_commands.command()
    @app_commands.default_permissions()
    async def usage(self, interaction: Interaction) -> None:
        """See what this bot asked of Spotify in the last day; for whoever runs it."""
        await interaction.response.defer(ephemeral=True)
        if not await interaction.client.is_owner(interaction.user):
            raise NotTheOperator
        await interaction.followup.send(usage.says(self.quota.spending()))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Operating(bot.quota))
