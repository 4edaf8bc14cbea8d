"""/playlist list and create."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.browse.pages import read_page
from bot.browse.paths import ListKind, ListPath
from bot.client import Interaction, Tonearm
from bot.interactions.responses import reply
from bot.library.playlist_changes import create_playlist
from bot.services import Services
from bot.views import lists, playlist_changes


class Playlists(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.replies = services.reply_visibility
        self.sessions = services.sessions

    @app_commands.command(name="list")
    async def list_playlists(self, interaction: Interaction) -> None:
        """Look through your playlists."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        page = await read_page(spotify, ListPath(ListKind.PLAYLISTS))
        await reply(interaction, lists.list_view(page, owner_name=interaction.user.display_name))

    @app_commands.command()
    @app_commands.describe(
        name="The new playlist’s name",
        public="Show it on your profile (private by default)",
        description="A line about it",
    )
    async def create(
        self, interaction: Interaction, name: str, public: bool = False, description: str = ""
    ) -> None:
        """Make a playlist."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        playlist = await create_playlist(spotify, name, public=public, description=description)
        await reply(interaction, playlist_changes.created_card(playlist))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playlists(bot.services))
