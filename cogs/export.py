"""/export: the user's library as a file."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.autocomplete.options import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.progress import Progress, ProgressMessage
from bot.interactions.responses import defer, edit_reply, send_file
from bot.library.export_files import JSON, ZIP
from bot.library.export_lists import EVERYTHING
from bot.library.formats import FORMATS
from bot.services import Services
from bot.views.export import export_message

_CHOICES = {
    ZIP: "Everything in one archive: CSV and JSON",
    JSON: "JSON with all that Spotify says",
    **{key: form.label for key, form in FORMATS.items()},
}


class Export(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.autocomplete = services.autocomplete
        self.exports = services.exports
        self.sessions = services.sessions

    @app_commands.command()
    @app_commands.rename(kind="format")
    @app_commands.describe(
        what="Everything, a part of your library, or one of your playlists",
        kind="An archive with CSV and JSON by default",
        raw="Leave cells alone that a spreadsheet would run as formulas (CSV only)",
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=label, value=key) for key, label in _CHOICES.items()]
    )
    async def export(
        self, interaction: Interaction, what: str = EVERYTHING, kind: str = ZIP, raw: bool = False
    ) -> None:
        """Download your library, or a part of it, as a file."""
        await defer(interaction)
        spotify = await self.sessions.session(interaction.user.id, background=True)

        async def show(text: str) -> None:
            await edit_reply(interaction, text)

        def progress(name: str) -> Progress:
            return ProgressMessage(show, f"Reading {name}")

        running = self.exports.start(
            interaction.user.id,
            spotify,
            what,
            kind,
            max_bytes=interaction.filesize_limit,
            exported_at=interaction.created_at.isoformat(timespec="seconds"),
            progress=progress,
            raw=raw,
        )
        async with running as done:
            with done.path.open("rb") as content:
                file = discord.File(content, done.path.name)
                await send_file(interaction, export_message(done), file)

    @export.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.exportable(interaction, typed)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Export(bot.services))
