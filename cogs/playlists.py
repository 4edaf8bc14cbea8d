"""/playlist list, show, create, rename, describe, visibility, delete and default."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.options import Choices
from bot.browse.pages import read_page
from bot.browse.paths import ListKind, ListPath, path_for_playlist
from bot.client import Interaction, Tonearm
from bot.interactions.responses import reply
from bot.library.playlist_changes import Details, validate_description, validate_name
from bot.library.playlist_lookup import find_playlist
from bot.services import Services
from bot.spotify.ownership import EDITABLE, WRITABLE, Ownership
from bot.views import list_text, lists, playlist_changes

_NAME = "The playlist’s name, or a link to it"


class Playlists(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.autocomplete = services.autocomplete
        self.changes = services.playlist_changes
        self.operator = services.operator
        self.preferences = services.store.preferences
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
    @app_commands.describe(name=_NAME)
    async def show(self, interaction: Interaction, name: str) -> None:
        """Show the songs in a playlist."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        playlist, ownership = await find_playlist(spotify, name)
        page = await read_page(spotify, path_for_playlist(playlist.require_uri(), ownership))
        note = list_text.FOLLOWED if ownership is Ownership.FOLLOWED else ""
        await reply(interaction, lists.list_view(page, note=note))

    @app_commands.command()
    @app_commands.describe(
        name="The new playlist’s name",
        public="Show it on your profile (private by default)",
        description="A line about it",
        source="playing, queue, recent, top, liked, or links to songs, albums or playlists",
    )
    @app_commands.rename(source="from")
    async def create(
        self,
        interaction: Interaction,
        name: str,
        public: bool = False,
        description: str = "",
        source: str | None = None,
    ) -> None:
        """Make a playlist."""
        await self.replies.defer(interaction)
        created = await self.changes.create(
            interaction.user.id, name, public=public, description=description, source=source
        )
        await reply(interaction, playlist_changes.created_card(created, self.operator))

    @create.autocomplete("source")
    async def complete_source(self, interaction: Interaction, typed: str) -> Choices:
        return playlist_changes.source_choices(typed)

    @app_commands.command()
    @app_commands.describe(name=_NAME, to="The new name")
    async def rename(self, interaction: Interaction, name: str, to: str) -> None:
        """Give one of your playlists another name."""
        await self.replies.defer(interaction)
        details = Details(name=validate_name(to))
        edited = await self.changes.edit(interaction.user.id, name, details)
        await reply(interaction, playlist_changes.renamed_card(edited))

    @app_commands.command()
    @app_commands.describe(name=_NAME, text="A line about it")
    async def describe(self, interaction: Interaction, name: str, text: str) -> None:
        """Change the description of one of your playlists."""
        await self.replies.defer(interaction)
        details = Details(description=validate_description(text))
        edited = await self.changes.edit(interaction.user.id, name, details)
        await reply(interaction, playlist_changes.described_card(edited))

    @app_commands.command()
    @app_commands.describe(name=_NAME, to="Who can see it on your profile")
    async def visibility(
        self, interaction: Interaction, name: str, to: Literal["private", "public"]
    ) -> None:
        """Show one of your playlists on your profile, or hide it."""
        await self.replies.defer(interaction)
        details = Details(public=to == "public")
        edited = await self.changes.edit(interaction.user.id, name, details)
        await reply(interaction, playlist_changes.visibility_card(edited))

    @app_commands.command()
    @app_commands.describe(name=_NAME)
    async def delete(self, interaction: Interaction, name: str) -> None:
        """Delete one of your playlists, or unfollow another."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        playlist, ownership = await find_playlist(spotify, name)
        await reply(interaction, playlist_changes.delete_question(playlist, ownership))

    @app_commands.command()
    @app_commands.describe(name="The playlist to add to; empty to see it")
    async def default(self, interaction: Interaction, name: str | None = None) -> None:
        """Choose where songs go if you name no playlist."""
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        if name is None:
            default = (await self.preferences.get(user_id)).playlist
        else:
            default = await self.changes.set_default(user_id, name)
        text = playlist_changes.default_text(default, is_new=name is not None)
        await reply(interaction, text)

    @show.autocomplete("name")
    @delete.autocomplete("name")
    async def complete_any(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.playlist(interaction, typed)

    @default.autocomplete("name")
    async def complete_writable(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.playlist(interaction, typed, among=WRITABLE)

    @rename.autocomplete("name")
    @describe.autocomplete("name")
    @visibility.autocomplete("name")
    async def complete_own(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.playlist(interaction, typed, among=EDITABLE)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playlists(bot.services))
