"""/playlist list, show, create, rename, describe, visibility, delete and default."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.browse.pages import ListPage, hidden_page, read_page
from bot.browse.paths import ListKind, ListPath, path_for_item
from bot.client import Interaction, Tonearm
from bot.interactions.responses import reply
from bot.library.playlist_changes import Details, validate_description, validate_name
from bot.library.playlist_lookup import find_playlist
from bot.library.saved_items import saved_on
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.ownership import EDITABLE, WRITABLE, Ownership
from bot.views import lists, playlist_changes

_NAME = "The playlist’s name, or a link to it"


class Playlists(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.autocomplete = services.autocomplete
        self.changes = services.playlist_changes
        self.operator = services.operator
        self.replies = services.reply_visibility
        self.sessions = services.sessions

    @app_commands.command(name="list")
    async def list_playlists(self, interaction: Interaction) -> None:
        """Look through your playlists."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        page = await read_page(spotify, ListPath(ListKind.PLAYLISTS))
        await self._show(interaction, spotify, page)

    @app_commands.command()
    @app_commands.describe(name=_NAME)
    async def show(self, interaction: Interaction, name: str) -> None:
        """Show the songs in a playlist."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        playlist, ownership = await find_playlist(spotify, name)
        path = path_for_item(playlist.require_uri())
        hidden = ownership is Ownership.FOLLOWED
        page = hidden_page(path, playlist) if hidden else await read_page(spotify, path)
        await self._show(interaction, spotify, page)

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
        default = await self.changes.default(interaction.user.id, name)
        await reply(interaction, playlist_changes.default_text(default, is_new=name is not None))

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

    async def _show(self, interaction: Interaction, spotify: Spotify, page: ListPage) -> None:
        saved = await saved_on(spotify, page) if self.replies.is_reply_private(interaction) else ()
        name = interaction.user.display_name
        await reply(interaction, lists.list_reply(page, owner_name=name, saved=saved))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playlists(bot.services))
