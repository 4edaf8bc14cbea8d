"""/settings: one panel for how somebody wants things."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.accounts.sessions import Sessions
from bot.client import Interaction, Tonearm
from bot.errors.login import NotLinked
from bot.interactions.persistent import PersistentItem
from bot.interactions.responses import defer
from bot.library.defaults import DefaultOptions
from bot.notifications import StartLogin
from bot.store import Preferences, SavedDefault, Store
from bot.views import settings as words


class Settings(commands.Cog):
    def __init__(self, accounts: Sessions, store: Store, defaults: DefaultOptions) -> None:
        self.accounts = accounts
        self.store = store
        self.defaults = defaults

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """Choose who sees your replies and what you play, your device and your playlist."""
        await defer(interaction)
        link = await self.accounts.linked_account(interaction.user.id)
        if link is None:
            raise NotLinked
        kept = await self.store.preferences.get(interaction.user.id)
        choices = await self.defaults.fetch(link, kept)
        await interaction.followup.send(view=settings_view(kept, choices))


def settings_view(kept: Preferences, choices: words.DefaultMenus) -> ui.LayoutView:
    """The panel with what holds now."""
    sections = [
        ui.Section[Any](
            one.text, accessory=ToggleButton(one.name, "off" if one.on else "on", one.label)
        )
        for one in words.switches(kept)
    ]
    device = DefaultSelect("device", choices.devices.with_selected(kept.device))
    playlist = DefaultSelect("playlist", choices.playlists.with_selected(kept.playlist))
    return words.settings_card(
        sections,
        choices,
        (ui.ActionRow(device), ui.ActionRow(playlist)),
        ui.ActionRow(StartLogin()),
    )


class ToggleButton(
    PersistentItem[ui.Button[Any]],
    template="set:(?P<name>replies|playing|reminders):(?P<wanted>on|off)",
):
    """Turns a setting on or off."""

    def __init__(self, name: str, wanted: str, label: str = "") -> None:
        self.name = name
        self.wanted = wanted == "on"
        super().__init__(ui.Button(label=label, custom_id=f"set:{name}:{wanted}"))

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        bot, user = interaction.client, interaction.user.id
        match self.name:
            case "replies":
                await bot.reply_visibility.share(user, self.wanted)
            case "playing":
                await bot.store.preferences.set_shows_playing(user, self.wanted)
            case "reminders":
                await bot.store.preferences.set_reminders(user, self.wanted)
        await _redraw(interaction)


class DefaultSelect(PersistentItem[ui.Select[Any]], template="set:(?P<what>device|playlist)"):
    """Chooses one of what the panel offers, or none. It asks Spotify nothing."""

    def __init__(self, what: str, options: list[discord.SelectOption]) -> None:
        self.what = what
        super().__init__(ui.Select(custom_id=f"set:{what}", options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(match["what"], item.options)

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        names = {option.value: option.label for option in self.item.options}
        value = self.item.values[0]
        favourite = None if value == words.NONE else SavedDefault(value, names[value])
        preferences, user = interaction.client.store.preferences, interaction.user.id
        if self.what == "device":
            await preferences.set_device(user, favourite)
        else:
            await preferences.set_playlist(user, favourite)
        await _redraw(interaction)


async def _redraw(interaction: Interaction) -> None:
    """The same panel, with what holds now."""
    kept = await interaction.client.store.preferences.get(interaction.user.id)
    view = settings_view(kept, words.read_menus(interaction.message))
    await interaction.edit_original_response(view=view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Settings(bot.sessions, bot.store, DefaultOptions(bot.sessions, bot.operator)))
    bot.add_dynamic_items(ToggleButton, DefaultSelect)
