"""/save and /export: what the user keeps."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.accounts.sessions import Sessions
from bot.client import Interaction, Tonearm
from bot.errors.content import ExportInProgress, NotSavable
from bot.interactions.progress import ProgressMessage
from bot.interactions.reply_visibility import ReplyVisibility
from bot.interactions.responses import defer, send_file
from bot.library.export import ExportFormat, liked_songs
from bot.panel.panels import Panels
from bot.player.now_playing import now_playing
from bot.views import cards
from bot.views.export import export_message
from bot.views.item_buttons import saved_message


class Library(commands.Cog):
    def __init__(self, accounts: Sessions, panels: Panels, replies: ReplyVisibility) -> None:
        self.accounts = accounts
        self.replies = replies
        self.panels = panels
        self._exporting: set[int] = set()

    @app_commands.command()
    async def save(self, interaction: Interaction) -> None:
        """Save what is playing to your liked songs."""
        await self.replies.defer(interaction)
        spotify = await self.accounts.session(interaction.user.id)
        item = await now_playing(spotify)
        if item.uri is None:
            raise NotSavable
        await spotify.library.save(item.uri)
        self.panels.saved(interaction.user.id, item.uri)
        view = cards.card(item, heading=f"-# {saved_message(item.uri.kind)}")
        await interaction.followup.send(view=view)

    @app_commands.command()
    @app_commands.rename(kind="format")
    @app_commands.describe(kind="json for programs, csv for spreadsheets and other services")
    async def export(self, interaction: Interaction, kind: ExportFormat) -> None:
        """Take all your liked songs home as a file."""
        await defer(interaction)
        user = interaction.user.id
        spotify = await self.accounts.session(user, background=True)
        if user in self._exporting:
            raise ExportInProgress
        self._exporting.add(user)

        async def say(says: str) -> None:
            await interaction.edit_original_response(content=says)

        try:
            export = await liked_songs(
                spotify,
                kind,
                largest=interaction.filesize_limit,
                exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
                progress=ProgressMessage(say, "Reading your liked songs"),
            )
        finally:
            self._exporting.discard(user)
        file = discord.File(io.BytesIO(export.content), export.name)
        await send_file(interaction, export_message(export), file)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Library(bot.sessions, bot.panels, bot.reply_visibility))
