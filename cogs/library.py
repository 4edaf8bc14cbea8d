"""/save and /export: the user's library."""

from __future__ import annotations

import io

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.content import ExportInProgress, NotSavable
from bot.interactions.progress import ProgressMessage
from bot.interactions.responses import defer, edit_reply, reply, send_file
from bot.library.export import liked_songs
from bot.library.formats import FORMATS
from bot.player.state import now_playing
from bot.services import Services
from bot.views.export import export_message
from bot.views.items import saved_card


class Library(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.replies = services.reply_visibility
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        self._exporting: set[int] = set()

    @app_commands.command()
    async def save(self, interaction: Interaction) -> None:
        """Save what is playing to your liked songs."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        item = await now_playing(spotify)
        if item.uri is None:
            raise NotSavable
        await self.saved_items.save(spotify, interaction.user.id, item.uri)
        await reply(interaction, saved_card([item]))

    @app_commands.command()
    @app_commands.rename(kind="format")
    @app_commands.describe(
        kind="csv for spreadsheets and other services, json for programs, and more",
        raw="Leave cells alone that a spreadsheet would run as formulas (CSV only)",
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=f.label, value=k) for k, f in FORMATS.items()]
    )
    async def export(self, interaction: Interaction, kind: str, raw: bool = False) -> None:
        """Download your liked songs as a file."""
        await defer(interaction)
        user = interaction.user.id
        spotify = await self.sessions.session(user, background=True)
        if user in self._exporting:
            raise ExportInProgress
        self._exporting.add(user)

        async def show(text: str) -> None:
            await edit_reply(interaction, text)

        try:
            export = await liked_songs(
                spotify,
                kind,
                max_bytes=interaction.filesize_limit,
                exported_at=interaction.created_at.isoformat(timespec="seconds"),
                progress=ProgressMessage(show, "Reading your liked songs"),
                raw=raw,
            )
        finally:
            self._exporting.discard(user)
        file = discord.File(io.BytesIO(export.content), export.name)
        await send_file(interaction, export_message(export), file)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Library(bot.services))
