"""/link, /unlink, /account, /setup and /privacy: whose Spotify this is, and what is kept of it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.invitation import invite
from bot.links import Links
from bot.store import Store
from bot.ui import account, login, pages
from bot.ui.lasting import Lasting


class Linking(commands.Cog):
    def __init__(self, accounts: Accounts, links: Links, store: Store, setup_page: str) -> None:
        self.accounts = accounts
        self.links = links
        self.store = store
        self.setup_page = setup_page

    @app_commands.command()
    @app_commands.describe(client_id="Of a Spotify app of your own; /setup shows how")
    async def link(
        self,
        interaction: Interaction,
        client_id: app_commands.Range[str, 32, 32] | None = None,
    ) -> None:
        """Link your Spotify account."""
        await interaction.response.defer(ephemeral=True)
        await invite(interaction, self.links, client_id=client_id)

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Unlink your Spotify account and erase what Tonearm stored about it."""
        await interaction.response.defer(ephemeral=True)
        link = await self.accounts.linked(interaction.user.id)
        if link is None:
            await self.accounts.unlink(interaction.user.id)
            interaction.client.forget(interaction.user.id)
            await interaction.followup.send(account.NOTHING_TO_ERASE)
            return
        view = ui.View(timeout=None)
        view.add_item(Erase())
        await interaction.followup.send(account.really(link), view=view)

    @app_commands.command()
    async def account(self, interaction: Interaction) -> None:
        """Show your link: whose account, until when, and what is stored."""
        await interaction.response.defer(ephemeral=True)
        link = await self.accounts.linked(interaction.user.id)
        if link is None:
            await interaction.followup.send(account.NOT_LINKED)
            return
        kept = await self.store.preferences.of(interaction.user.id)
        await interaction.followup.send(account.says(link, kept))

    @app_commands.command()
    async def setup(self, interaction: Interaction) -> None:
        """Use a Spotify app of your own, where this bot’s app is full."""
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(account.setup(self.links.redirect_uri, self.setup_page))

    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Read what Tonearm stores, why, and for how long."""
        await interaction.response.defer(ephemeral=True)
        facts = "\n".join(f"**{title}**\n{text}" for title, text in pages.PRIVACY)
        await interaction.followup.send(f"{facts}\n{login.WITHDRAW}")


class Erase(Lasting[ui.Button[Any]], template="unlink:yes"):
    """The one question before everything is erased."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Unlink and erase", style=style, custom_id="unlink:yes"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.client.accounts.unlink(interaction.user.id)
        interaction.client.replies.forget(interaction.user.id)
        interaction.client.forget(interaction.user.id)
        await interaction.edit_original_response(content=account.ERASED, view=None)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Linking(bot.accounts, bot.links, bot.store, bot.setup_page))
    bot.add_dynamic_items(Erase)
