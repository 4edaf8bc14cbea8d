"""The menu and button for adding an item to a playlist."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer_edit, edit_reply
from bot.library.playlists import add_to_playlist, resolve_addition, writable_playlists
from bot.services import Services
from bot.views import playlists
from bot.views.status_line import with_status


class PlaylistItems(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.sessions = services.sessions

    @on_component(playlists.PlaylistSelect)
    async def add(self, interaction: Interaction, menu: playlists.PlaylistSelect) -> None:
        await defer_edit(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(menu.uri)
        addition = await resolve_addition(spotify, item)
        await add_to_playlist(spotify, menu.playlist.id, addition)
        note = playlists.added_note(addition, menu.playlist)
        another = playlists.AddToAnotherButton(item.kind, item.require_uri().id)
        await edit_reply(interaction, view=with_status(interaction.message, note, another))

    @on_component(playlists.AddToAnotherButton)
    async def ask(self, interaction: Interaction, button: playlists.AddToAnotherButton) -> None:
        await defer_edit(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(button.uri)
        question = playlists.playlist_question(item, await writable_playlists(spotify))
        await edit_reply(interaction, view=with_status(interaction.message, *question))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(PlaylistItems(bot.services))
