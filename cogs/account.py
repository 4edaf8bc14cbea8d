"""/link, /unlink, /account, /setup and /privacy, and the buttons of a login."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.login import NeedsLogin
from bot.interactions.components import on_component
from bot.interactions.responses import defer
from bot.notifications import send_login_link
from bot.services import Services
from bot.views import account, login
from bot.views.account import ConfirmUnlink
from bot.web import pages


class Account(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.services = services
        self.sessions = services.sessions
        self.login_flow = services.login_flow
        self.preferences = services.store.preferences

    @app_commands.command()
    @app_commands.describe(client_id="Client ID of your own Spotify app (see /setup)")
    async def link(
        self,
        interaction: Interaction,
        client_id: app_commands.Range[str, 32, 32] | None = None,
    ) -> None:
        """Link your Spotify account."""
        await interaction.response.defer(ephemeral=True)
        await send_login_link(interaction, self.sessions, self.login_flow, client_id=client_id)

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Unlink your Spotify account and erase what Tonearm stored about it."""
        await interaction.response.defer(ephemeral=True)
        linked = await self.sessions.linked_account(interaction.user.id)
        if linked is None:
            await self._erase(interaction.user.id)
            await interaction.followup.send(account.NOTHING_TO_ERASE)
            return
        await interaction.followup.send(
            account.unlink_question(linked), view=account.confirm_unlink_view()
        )

    @app_commands.command()
    async def account(self, interaction: Interaction) -> None:
        """Show your linked account, when it expires, and what’s stored."""
        await interaction.response.defer(ephemeral=True)
        linked = await self.sessions.linked_account(interaction.user.id)
        if linked is None:
            await interaction.followup.send(account.NOT_LINKED)
            return
        preferences = await self.preferences.get(interaction.user.id)
        await interaction.followup.send(account.account_message(linked, preferences))

    @app_commands.command()
    async def setup(self, interaction: Interaction) -> None:
        """Use your own Spotify app if this bot’s is full."""
        await interaction.response.defer(ephemeral=True)
        text = account.setup_message(self.login_flow.redirect_uri, self.services.setup_page)
        await interaction.followup.send(text)

    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Read what Tonearm stores, why, and for how long."""
        await interaction.response.defer(ephemeral=True)
        sections = "\n".join(f"**{title}**\n{text}" for title, text in pages.PRIVACY)
        await interaction.followup.send(f"{sections}\n{login.SPOTIFY_APPS_URL}")

    @on_component(ConfirmUnlink)
    async def confirm_unlink(self, interaction: Interaction, _: ConfirmUnlink) -> None:
        await interaction.response.defer()
        await self._erase(interaction.user.id)
        await interaction.edit_original_response(content=account.UNLINKED, view=None)

    @on_component(login.StartLogin)
    async def start_login(self, interaction: Interaction, _: login.StartLogin) -> None:
        await defer(interaction)
        await send_login_link(interaction, self.sessions, self.login_flow)

    @on_component(login.EnterCode)
    async def enter_code(self, interaction: Interaction, _: login.EnterCode) -> None:
        await self.login_flow.require_pending_code(interaction.user.id)
        await interaction.response.send_modal(login.CodeForm())

    @on_component(login.CodeForm)
    async def confirm_code(self, interaction: Interaction, form: login.CodeForm) -> None:
        await interaction.response.defer()
        finished = await self.login_flow.confirm_code(interaction.user.id, form.typed_code)
        await interaction.client.announce_login(finished)

    async def _erase(self, user_id: int) -> None:
        await self.sessions.unlink(user_id)
        self.services.forget_user(user_id, settings=True)


async def setup(bot: Tonearm) -> None:
    bot.error_views[NeedsLogin] = login.start_login_view
    await bot.add_cog(Account(bot.services))
