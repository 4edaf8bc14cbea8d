"""/playlist add, remove and tidy, and "Add to playlist" of messages."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.errors.content import NoDefaultPlaylist
from bot.interactions.message_text import message_text
from bot.interactions.responses import Reply, edit_reply, reply
from bot.library.playlist_additions import MAX_LINKS
from bot.library.playlist_lookup import find_playlist_among
from bot.library.playlists import writable_playlists
from bot.player.message_links import links_in, resolve_addable_links
from bot.player.resolve import Resolved, resolve_addable
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.ownership import WRITABLE
from bot.spotify.uris import Kind, Uri
from bot.views import playlist_items, playlist_removals, playlist_targets
from bot.views.playlist_targets import Place
from bot.views.progress import show_progress


class PlaylistItems(commands.GroupCog, group_name="playlist", group_description="Your playlists"):
    def __init__(self, services: Services, tree: app_commands.CommandTree[Tonearm]) -> None:
        super().__init__()
        self.autocomplete = services.autocomplete
        self.items = services.playlist_items
        self.pins = services.pins
        self.preferences = services.store.preferences
        self.replies = services.reply_visibility
        self.sessions = services.sessions
        menu = app_commands.ContextMenu(name="Add to playlist", callback=self.add_links)
        tree.add_command(menu)

    @app_commands.command()
    @app_commands.describe(
        what="A name, or links to songs, albums or playlists; empty for what’s playing",
        to="The playlist; empty for your default one",
        at="Where to add it",
    )
    async def add(
        self,
        interaction: Interaction,
        what: str | None = None,
        to: str | None = None,
        at: Literal["end", "top"] = "end",
    ) -> None:
        """Add songs to a playlist, after a look at what it has already."""
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        spotify = await self.sessions.session(user_id)
        resolved = await resolve_addable(spotify, what, limit=MAX_LINKS)
        playlist = await self._playlist(spotify, user_id, to)
        if playlist is None:
            await reply(interaction, await self._ask(spotify, user_id, resolved, Place(at)))
            return
        async with show_progress(interaction) as progress:
            wanted, result = await self.items.add_items(
                user_id, playlist, resolved.items, at_top=at == "top", progress=progress
            )
        await _finish(interaction, playlist_items.added_reply(result, resolved, wanted, Place(at)))

    @app_commands.command()
    @app_commands.rename(source="from")
    @app_commands.describe(
        what="A name, or links to songs", source="The playlist; empty for your default one"
    )
    async def remove(self, interaction: Interaction, what: str, source: str | None = None) -> None:
        """Remove songs from a playlist."""
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        spotify = await self.sessions.session(user_id)
        playlist = await self._playlist(spotify, user_id, source)
        if playlist is None:
            raise NoDefaultPlaylist
        async with show_progress(interaction) as progress:
            found = await self.items.find(user_id, playlist, what, progress)
        if playlist_removals.is_question_needed(found):
            view = playlist_removals.remove_question(found)
            await _finish(interaction, Reply(view=view, private=True))
            return
        uris = {found.songs[0][0].uri}
        removed = await self.items.remove(user_id, playlist, uris)
        await _finish(interaction, Reply(view=playlist_removals.removed_card(removed)))

    @app_commands.command()
    @app_commands.describe(name="The playlist’s name, or a link to it")
    async def tidy(self, interaction: Interaction, name: str) -> None:
        """Find songs that are in a playlist twice, and remove the extra copies."""
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        spotify = await self.sessions.session(user_id)
        playlist = await find_playlist_among(spotify, name, WRITABLE)
        async with show_progress(interaction) as progress:
            tidiness = await self.items.inspect(user_id, playlist.require_uri(), progress)
        view = playlist_removals.tidy_card(tidiness)
        await _finish(interaction, Reply(view=view, private=True))

    async def add_links(self, interaction: Interaction, _: discord.Message) -> None:
        """Ask to which playlist the links of the message are to be added."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        resolved = await resolve_addable_links(spotify, links_in(message_text(interaction)))
        await reply(interaction, await self._ask(spotify, interaction.user.id, resolved, Place.END))

    @add.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.addable(interaction, typed)

    @add.autocomplete("to")
    @remove.autocomplete("source")
    @tidy.autocomplete("name")
    async def complete_playlist(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.playlist(interaction, typed, among=WRITABLE)

    async def _ask(self, spotify: Spotify, user_id: int, resolved: Resolved, place: Place) -> Reply:
        """The question to which playlist."""
        playlists = await writable_playlists(spotify)
        first = await self.pins.preferred_playlists(user_id)
        return playlist_targets.target_question(resolved, playlists, place, first)

    async def _playlist(self, spotify: Spotify, user_id: int, name: str | None) -> Uri | None:
        """The named playlist, else the default one, if there is one."""
        if name is not None:
            return (await find_playlist_among(spotify, name, WRITABLE)).require_uri()
        default = (await self.preferences.get(user_id)).playlist
        return Uri(Kind.PLAYLIST, default.id) if default else None


async def _finish(interaction: Interaction, content: Reply) -> None:
    """Put the result into the reply, in place of the progress."""
    if content.private:
        await reply(interaction, content)
    else:
        await edit_reply(interaction, view=content.view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(PlaylistItems(bot.services, bot.tree))
