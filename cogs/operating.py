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

    @app_commands.command(name="usage")
    @app_commands.default_permissions()
    async def usage(self, interaction: Interaction) -> None:
        """See what this bot asked of Spotify today; for whoever runs it."""
        await interaction.response.defer(ephemeral=True)
        if not await interaction.client.is_owner(interaction.user):
            raise NotTheOperator
        gate = self.quota.gate
        says = usage.says(self.quota.usage(), daily=gate.daily, share=gate.share)
        await interaction.followup.send(says)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Operating(bot.quota))
