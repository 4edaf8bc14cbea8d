"""/save and /export: what the user keeps."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.errors import ExportUnderWay, NotATrack
from bot.export import Format, liked_songs
from bot.panel import Panels
from bot.remote.doing import current
from bot.replies import Replies
from bot.ui import cards
from bot.ui.answer import defer, deliver
from bot.ui.exported import says
from bot.ui.items import saved
from bot.ui.progress import Progress


class Library(commands.Cog):
    def __init__(self, accounts: Accounts, panels: Panels, replies: Replies) -> None:
        self.accounts = accounts
        self.replies = replies
        self.panels = panels
        self._exporting: set[int] = set()

    @app_commands.command()
    async def save(self, interaction: Interaction) -> None:
        """Save what is playing to your liked songs."""
        await self.replies.begin(interaction)
        spotify = await self.accounts.session(interaction.user.id)
        item = await current(spotify)
        if item.uri is None:
            raise NotATrack
        await spotify.library.save(item.uri)
        self.panels.saved(interaction.user.id, item.uri)
        view = cards.card(item, heading=f"-# {saved(item.uri.kind)}")
        await interaction.followup.send(view=view)

    @app_commands.command()
    @app_commands.rename(kind="format")
    @app_commands.describe(kind="json for programs, csv for spreadsheets and other services")
    async def export(self, interaction: Interaction, kind: Format) -> None:
        """Take all your liked songs home as a file."""
        await defer(interaction)
        user = interaction.user.id
        spotify = await self.accounts.session(user, background=True)
        if user in self._exporting:
            raise ExportUnderWay
        self._exporting.add(user)

        async def say(says: str) -> None:
            await interaction.edit_original_response(content=says)

        try:
            export = await liked_songs(
                spotify,
                kind,
                largest=interaction.filesize_limit,
                exported_at=datetime.now(UTC).isoformat(timespec="seconds"),
                progress=Progress(say, "Reading your liked songs"),
            )
        finally:
            self._exporting.discard(user)
        file = discord.File(io.BytesIO(export.content), export.name)
        await deliver(interaction, says(export), file)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Library(bot.accounts, bot.panels, bot.replies))
