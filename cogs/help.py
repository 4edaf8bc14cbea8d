"""/help."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.mentions import command_names
from bot.interactions.responses import defer, reply
from bot.views.help import MENUS, help_card


class Help(commands.Cog):
    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """See what Tonearm can do, and what Spotify does not allow."""
        await defer(interaction)
        tree = interaction.client.tree
        menus = {kind: [menu.name for menu in tree.get_commands(type=kind)] for kind in MENUS}
        view = help_card(command_names(tree), menus)
        await reply(interaction, view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Help())
