"""/link and /unlink: whose Spotify this is."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.links import Links
from bot.ui.text import safe


class Linking(commands.Cog):
    def __init__(self, accounts: Accounts, links: Links) -> None:
        self.accounts = accounts
        self.links = links

    @app_commands.command()
    async def link(self, interaction: Interaction) -> None:
        """Link your Spotify account."""
        await interaction.response.defer(ephemeral=True)
        link = await self.accounts.linked(interaction.user.id)
        says = "Press the button to link your Spotify account. It works once, for ten minutes."
        if link is not None:
            says = f"You are linked to **{safe(link.name)}**. Press the button to link anew."
        await interaction.client.invite(interaction, says)

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Unlink your Spotify account and erase what Tonearm stored about it."""
        await interaction.response.defer(ephemeral=True)
        self.links.forget(interaction.user.id)
        erased = await self.accounts.unlink(interaction.user.id)
        says = "You were not linked, so there was nothing to erase. Use /link to begin."
        if erased:
            says = (
                "Unlinked. Your Spotify login is erased here. To withdraw the permission at "
                "Spotify too, open <https://www.spotify.com/account/apps/>."
            )
        await interaction.followup.send(says)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Linking(bot.accounts, bot.links))
