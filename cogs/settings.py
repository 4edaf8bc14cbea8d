"""/settings: one panel for how somebody wants things."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.defaults import Defaults
from bot.errors import NotLinked
from bot.invitation import StartLogin
from bot.store import Favourite, Preferences, Store
from bot.ui import settings as words
from bot.ui.answer import defer
from bot.ui.lasting import Lasting


class Settings(commands.Cog):
    def __init__(self, accounts: Accounts, store: Store, defaults: Defaults) -> None:
        self.accounts = accounts
        self.store = store
        self.defaults = defaults

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """Choose who sees your replies and what you play, your device and your playlist."""
        await defer(interaction)
        link = await self.accounts.linked(interaction.user.id)
        if link is None:
            raise NotLinked
        kept = await self.store.preferences.of(interaction.user.id)
        choices = await self.defaults.choices(link, kept)
        await interaction.followup.send(view=panel(kept, choices))


def panel(kept: Preferences, choices: words.Choices) -> ui.LayoutView:
    """The panel with what holds now."""
    sections = [
        ui.Section[Any](one.says, accessory=Flip(one.name, "off" if one.on else "on", one.label))
        for one in words.switches(kept)
    ]
    device = Choose("device", choices.devices.choosing(kept.device))
    playlist = Choose("playlist", choices.playlists.choosing(kept.playlist))
    return words.panel(
        sections,
        choices,
        (ui.ActionRow(device), ui.ActionRow(playlist)),
        ui.ActionRow(StartLogin()),
    )


class Flip(
    Lasting[ui.Button[Any]], template="set:(?P<name>replies|playing|reminders):(?P<wanted>on|off)"
):
    """Turns a setting on or off."""

    def __init__(self, name: str, wanted: str, label: str = "") -> None:
        self.name = name
        self.wanted = wanted == "on"
        super().__init__(ui.Button(label=label, custom_id=f"set:{name}:{wanted}"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        bot, user = interaction.client, interaction.user.id
        match self.name:
            case "replies":
                await bot.replies.share(user, self.wanted)
            case "playing":
                await bot.store.preferences.show_playing(user, self.wanted)
            case "reminders":
                await bot.store.preferences.remind(user, self.wanted)
        await _show(interaction)


class Choose(Lasting[ui.Select[Any]], template="set:(?P<what>device|playlist)"):
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

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        names = {option.value: option.label for option in self.item.options}
        value = self.item.values[0]
        favourite = None if value == words.NONE else Favourite(value, names[value])
        preferences, user = interaction.client.store.preferences, interaction.user.id
        if self.what == "device":
            await preferences.choose_device(user, favourite)
        else:
            await preferences.choose_playlist(user, favourite)
        await _show(interaction)


async def _show(interaction: Interaction) -> None:
    """The same panel, with what holds now."""
    kept = await interaction.client.store.preferences.of(interaction.user.id)
    view = panel(kept, words.shown(interaction.message))
    await interaction.edit_original_response(view=view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Settings(bot.accounts, bot.store, Defaults(bot.accounts, bot.operator)))
    bot.add_dynamic_items(Flip, Choose)
