"""/settings, its switches and menus."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply, reply
from bot.library.defaults import fetch_default_options
from bot.services import Services
from bot.views.settings import (
    DefaultSelect,
    ToggleButton,
    default_menus,
    read_menus,
    settings_card,
)


class Settings(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.operator = services.operator
        self.preferences = services.store.preferences
        self.replies = services.reply_visibility
        self.sessions = services.sessions

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """Privacy, default device, default playlist and reminders."""
        await defer(interaction)
        account = await self.sessions.require_account(interaction.user.id)
        preferences = await self.preferences.get(interaction.user.id)
        options = await fetch_default_options(self.sessions, account)
        menus = default_menus(options, preferences, self.operator)
        await reply(interaction, settings_card(preferences, menus))

    @on_component(ToggleButton)
    async def toggle(self, interaction: Interaction, button: ToggleButton) -> None:
        await defer_edit(interaction)
        user_id = interaction.user.id
        match button.setting:
            case "replies":
                await self.replies.share(user_id, button.turn_on)
            case "playing":
                await self.preferences.set_shows_playing(user_id, button.turn_on)
            case "reminders":
                await self.preferences.set_reminders(user_id, button.turn_on)
        await self._redraw(interaction)

    @on_component(DefaultSelect)
    async def set_default(self, interaction: Interaction, menu: DefaultSelect) -> None:
        """Store the default device or playlist; no call to Spotify."""
        await defer_edit(interaction)
        user_id = interaction.user.id
        if menu.setting == "device":
            await self.preferences.set_device(user_id, menu.selected)
        else:
            await self.preferences.set_playlist(user_id, menu.selected)
        await self._redraw(interaction)

    async def _redraw(self, interaction: Interaction) -> None:
        """The same card with the settings as they are now."""
        preferences = await self.preferences.get(interaction.user.id)
        menus = read_menus(interaction.message)
        view = settings_card(preferences, menus)
        await edit_reply(interaction, view=view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Settings(bot.services))
