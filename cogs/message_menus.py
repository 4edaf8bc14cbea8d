"""The menus of messages and of people: play, queue or save what is linked, see what they play."""

from __future__ import annotations

import discord
from discord import app_commands, ui

from bot.client import Interaction, Tonearm
from bot.interactions.responses import defer
from bot.text.escape import safe
from bot.views import cards, lists, message_menu


async def play(interaction: Interaction, message: discord.Message) -> None:
    await message_menu.handle_message(interaction, "play", message)


async def queue(interaction: Interaction, message: discord.Message) -> None:
    await message_menu.handle_message(interaction, "queue", message)


async def save(interaction: Interaction, message: discord.Message) -> None:
    await message_menu.handle_message(interaction, "save", message)


async def friend_playback(interaction: Interaction, user: discord.User) -> None:
    """Private, whatever its user wants of replies: it is about somebody else."""
    await defer(interaction)
    name = f"**{safe(user.display_name)}**"
    if user.bot:
        await interaction.followup.send(f"{name} is a bot, and plays nothing. Choose a person.")
        return
    if user.id == interaction.user.id:
        await interaction.followup.send("That is you. See what you are playing with /now.")
        return
    state = await interaction.client.friends.now_playing(user.id, name)
    item = state.item if state else None
    if state is None or not state.is_playing:
        await interaction.followup.send(f"{name} is playing nothing now.")
        return
    if item is None:
        ad = state.currently_playing_type == "ad"
        what = "hearing an ad" if ad else "playing something that Spotify does not name"
        await interaction.followup.send(f"{name} is {what}. Look again in a minute.")
        return
    rows: list[cards.Row] = []
    if item.uri is not None:
        rows.append(ui.ActionRow(*lists.item_buttons(item, "play", "queue", "save", "add")))
    await interaction.followup.send(view=cards.card(item, *rows, heading=f"-# {name} is playing"))


async def setup(bot: Tonearm) -> None:
    for name, callback in (
        ("Play on Spotify", play),
        ("Queue on Spotify", queue),
        ("Save on Spotify", save),
        ("What are they playing?", friend_playback),
    ):
        bot.tree.add_command(app_commands.ContextMenu(name=name, callback=callback))
    bot.add_dynamic_items(message_menu.LinkSelect)
