"""/usage: the calls to Spotify, for the operator of the bot."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.accounts.quota import Quota
from bot.client import Interaction, Tonearm
from bot.errors.bot_error import NotTheOperator
from bot.interactions.responses import defer, reply
from bot.views import usage


class Operator(commands.Cog):
    def __init__(self, quota: Quota) -> None:
        self.quota = quota

    @app_commands.command()
    @app_commands.default_permissions()
    async def usage(self, interaction: Interaction) -> None:
        """For the bot’s owner: Spotify requests in the last 24 hours."""
        await defer(interaction)
        if not await interaction.client.is_owner(interaction.user):
            raise NotTheOperator
        await reply(interaction, usage.usage_message(self.quota.report()))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Operator(bot.services.quota))
