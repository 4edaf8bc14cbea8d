"""The buttons of the question whether to delete a playlist."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import (
    defer_edit,
    edit_at_once,
    edit_reply,
)
from bot.services import Services
from bot.views import playlist_changes


class PlaylistButtons(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.changes = services.playlist_changes

    @on_component(playlist_changes.DeleteButton)
    async def delete(self, interaction: Interaction, button: playlist_changes.DeleteButton) -> None:
        await defer_edit(interaction)
        deleted = await self.changes.delete(interaction.user.id, button.uri)
        await edit_reply(interaction, view=playlist_changes.deleted_card(deleted))

    @on_component(playlist_changes.KeepButton)
    async def keep(self, interaction: Interaction, _: playlist_changes.KeepButton) -> None:
        await edit_at_once(interaction, playlist_changes.kept_card())


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(PlaylistButtons(bot.services))
