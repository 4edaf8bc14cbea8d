"""/usage: the calls to Spotify and the people, for the operator of the bot."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.bot_error import NotTheOperator
from bot.interactions.responses import defer, reply
from bot.services import Services
from bot.views import usage


class Operator(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.quota = services.quota
        self.started_at = services.started_at

    @app_commands.command()
    @app_commands.default_permissions()
    async def usage(self, interaction: Interaction) -> None:
        """For the bot’s owner: Spotify requests, places, people and version."""
        await defer(interaction)
        if not await interaction.client.is_owner(interaction.user):
            raise NotTheOperator
        people = await self.quota.people()
        card = usage.usage_card(self.quota.report(), people, self.started_at)
        await reply(interaction, card)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Operator(bot.services))
