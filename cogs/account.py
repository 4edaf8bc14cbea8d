"""/link, /unlink, /account, /setup and /privacy, and the buttons of a login."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.bot_error import BotError
from bot.errors.login import NeedsLogin
from bot.interactions.components import on_component
from bot.interactions.responses import (
    defer,
    defer_answer,
    defer_edit,
    edit_reply,
    open_form,
    reply,
    reply_privately,
)
from bot.notifications.logins import send_login_link
from bot.services import Services
from bot.views import account, login
from bot.views.account import CancelUnlink, ConfirmUnlink
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
        await defer(interaction)
        await send_login_link(interaction, self.sessions, self.login_flow, client_id=client_id)

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Unlink your Spotify account and erase what Tonearm stored about it."""
        await defer(interaction)
        linked = await self.sessions.linked_account(interaction.user.id)
        if linked is None:
            withdrawn = await self._erase(interaction)
            await reply(
                interaction, account.LOGIN_ERASED if withdrawn else account.NOTHING_TO_ERASE
            )
            return
        await reply(interaction, account.unlink_question(linked))

    @app_commands.command()
    async def account(self, interaction: Interaction) -> None:
        """Show your linked account, when it expires, and what’s stored."""
        await defer(interaction)
        linked = await self.sessions.linked_account(interaction.user.id)
        if linked is None:
            has_login = await self.login_flow.linking.is_stored(interaction.user.id)
            await reply(interaction, account.LOGIN_STORED if has_login else account.NOT_LINKED)
            return
        preferences = await self.preferences.get(interaction.user.id)
        await reply(interaction, account.account_card(linked, preferences))

    @app_commands.command()
    async def setup(self, interaction: Interaction) -> None:
        """Use your own Spotify app if this bot’s is full."""
        await defer(interaction)
        card = account.setup_card(self.login_flow.redirect_uri, self.services.setup_page)
        await reply(interaction, card)

    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Read what Tonearm stores, why, and for how long."""
        await defer(interaction)
        card = account.privacy_card(pages.PRIVACY, self.services.privacy_page)
        await reply(interaction, card)

    @on_component(ConfirmUnlink)
    async def confirm_unlink(self, interaction: Interaction, button: ConfirmUnlink) -> None:
        await defer_edit(interaction)
        linked = await self.sessions.linked_account(interaction.user.id)
        if linked is not None and linked.authorized_at != button.authorized_at:
            # The user has linked again since the question, which was about the link before.
            question = account.unlink_question(linked)
            await edit_reply(interaction, question.content, view=question.view)
            return
        await self._erase(interaction)
        erased = not self.services.store.has_unerased_rows
        await edit_reply(interaction, account.UNLINKED if erased else account.UNLINKED_BUT_ON_DISK)

    @on_component(CancelUnlink)
    async def cancel_unlink(self, interaction: Interaction, _: CancelUnlink) -> None:
        await defer_edit(interaction)
        # Another question may have been answered meanwhile.
        linked = await self.sessions.linked_account(interaction.user.id)
        await edit_reply(interaction, account.CANCELLED if linked else account.NOTHING_TO_ERASE)

    @on_component(login.StartLogin)
    async def start_login(self, interaction: Interaction, _: login.StartLogin) -> None:
        # A login link is not for others to see, so it replaces no message in a channel.
        is_private = interaction.message is not None and interaction.message.flags.ephemeral
        await (defer_answer if is_private else defer)(interaction)
        await send_login_link(interaction, self.sessions, self.login_flow)

    @on_component(login.EnterCode)
    async def enter_code(self, interaction: Interaction, _: login.EnterCode) -> None:
        await self.login_flow.linking.require_pending_code(interaction.user.id)
        await open_form(interaction, login.CodeForm())

    @on_component(login.CodeForm)
    async def confirm_code(self, interaction: Interaction, form: login.CodeForm) -> None:
        await defer_edit(interaction)
        finished = await self.login_flow.linking.confirm_code(interaction.user.id, form.typed_code)
        is_told = await interaction.client.announce_login(finished, interaction)
        if isinstance(finished.result, BotError):
            raise finished.result
        if not is_told:
            text = login.result_message(finished.result, self.services.operator)
            await reply_privately(interaction, text)

    async def _erase(self, interaction: Interaction) -> bool:
        """Erase the user's data and open login; whether there was an open login."""
        withdrawn = await self.services.erase_user(interaction.user.id)
        if withdrawn is not None:
            await interaction.client.announce_login(withdrawn)
        return withdrawn is not None


async def setup(bot: Tonearm) -> None:
    bot.error_views[NeedsLogin] = login.start_login_view
    await bot.add_cog(Account(bot.services))
