"""/link, /unlink, /account, /setup and /privacy: whose Spotify this is, and what is kept of it."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.accounts.sessions import Sessions
from bot.client import Interaction, Tonearm
from bot.interactions.persistent import PersistentItem
from bot.login.flow import LoginFlow
from bot.notifications import send_login_link
from bot.store import Store
from bot.views import account, login
from bot.web import pages


class Account(commands.Cog):
    def __init__(self, accounts: Sessions, links: LoginFlow, store: Store, setup_page: str) -> None:
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
        await send_login_link(interaction, self.links, client_id=client_id)

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Unlink your Spotify account and erase what Tonearm stored about it."""
        await interaction.response.defer(ephemeral=True)
        link = await self.accounts.linked_account(interaction.user.id)
        if link is None:
            await self.accounts.unlink(interaction.user.id)
            interaction.client.forget(interaction.user.id)
            await interaction.followup.send(account.NOTHING_TO_ERASE)
            return
        view = ui.View(timeout=None)
        view.add_item(ConfirmUnlink())
        await interaction.followup.send(account.unlink_question(link), view=view)

    @app_commands.command()
    async def account(self, interaction: Interaction) -> None:
        """Show your link: whose account, until when, and what is stored."""
        await interaction.response.defer(ephemeral=True)
        link = await self.accounts.linked_account(interaction.user.id)
        if link is None:
            await interaction.followup.send(account.NOT_LINKED)
            return
        kept = await self.store.preferences.get(interaction.user.id)
        await interaction.followup.send(account.account_message(link, kept))

    @app_commands.command()
    async def setup(self, interaction: Interaction) -> None:
        """Use a Spotify app of your own, where this bot’s app is full."""
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(
            account.setup_message(self.links.redirect_uri, self.setup_page)
        )

    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Read what Tonearm stores, why, and for how long."""
        await interaction.response.defer(ephemeral=True)
        facts = "\n".join(f"**{title}**\n{text}" for title, text in pages.PRIVACY)
        await interaction.followup.send(f"{facts}\n{login.SPOTIFY_APPS_URL}")


class ConfirmUnlink(PersistentItem[ui.Button[Any]], template="unlink:yes"):
    """The one question before everything is erased."""

    def __init__(self) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label="Unlink and erase", style=style, custom_id="unlink:yes"))

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        await interaction.client.sessions.unlink(interaction.user.id)
        interaction.client.reply_visibility.forget(interaction.user.id)
        interaction.client.forget(interaction.user.id)
        await interaction.edit_original_response(content=account.UNLINKED, view=None)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Account(bot.sessions, bot.login_flow, bot.store, bot.setup_page))
    bot.add_dynamic_items(ConfirmUnlink)
