"""/playlist pin, and the menus of the pins."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import (
    defer,
    defer_edit,
    defer_in_place,
    edit_reply,
    reply,
    reply_in_place,
)
from bot.player.actions import play_action
from bot.services import Services
from bot.views import pins
from bot.views.outcome import outcome_line
from bot.views.status_line import is_in_place, result_view


class Pins(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.autocomplete = services.autocomplete
        self.pins = services.pins
        self.sessions = services.sessions
        self.player = services.player
        self.replies = services.reply_visibility

    @app_commands.command()
    @app_commands.describe(
        what="A link, or the name of one of your playlists; empty to see your pins",
        name="A name of yours for it",
    )
    async def pin(
        self, interaction: Interaction, what: str | None = None, name: str | None = None
    ) -> None:
        """Keep up to five things at hand: playlists, albums, artists, shows."""
        await self.replies.defer(interaction)
        user_id, note = interaction.user.id, ""
        if what is not None:
            note = pins.pinned_note(await self.pins.add(user_id, what, name))
        else:
            await self.sessions.require_account(user_id)
        await reply(interaction, pins.pins_card(await self.pins.of(user_id), note))

    @pin.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.queueable(interaction, typed)

    @on_component(pins.PlayPinSelect)
    async def play_pin(self, interaction: Interaction, menu: pins.PlayPinSelect) -> None:
        in_place = is_in_place(interaction)
        await (defer_edit if in_place else defer)(interaction)
        outcome = await self.player.perform(interaction.user.id, play_action(menu.uri))
        view = result_view(interaction, outcome_line(outcome, named=True), in_place=in_place)
        await (edit_reply(interaction, view=view) if in_place else reply(interaction, view))

    @on_component(pins.UnpinSelect)
    async def unpin(self, interaction: Interaction, menu: pins.UnpinSelect) -> None:
        await defer_in_place(interaction)
        user_id = interaction.user.id
        removed = await self.pins.remove(user_id, menu.value)
        name = next(each.label for each in menu.options if each.value == menu.value)
        note = pins.unpinned_note(name) if removed else ""
        await reply_in_place(interaction, pins.pins_card(await self.pins.of(user_id), note))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Pins(bot.services))
