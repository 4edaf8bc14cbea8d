"""/export: the user's library as a file."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply, send_files
from bot.library.export_files import JSON, ZIP
from bot.library.export_lists import EVERYTHING
from bot.library.formats import FORMATS
from bot.services import Services
from bot.views import export as views

_CHOICES = {
    ZIP: "Everything in one archive: CSV and JSON",
    JSON: "JSON with all that Spotify says",
    **{key: form.label for key, form in FORMATS.items()},
}


class Export(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.autocomplete = services.autocomplete
        self.exports = services.exports
        self.running_work = services.running_work
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

        async def show(text: str, can_stop: bool) -> None:
            view = views.stop_view(interaction.id) if can_stop else None
            await edit_reply(interaction, text, view=view)

        about = interaction.id, show, views.READING, views.requests_note
        async with self.running_work.track(*about, keeps_message=False) as work:
            running = self.exports.start(
                interaction.user.id,
                spotify,
                what,
                kind,
                max_bytes=interaction.filesize_limit,
                exported_at=interaction.created_at.isoformat(timespec="seconds"),
                work=work,
                raw=raw,
            )
            async with running as done:
                if done is not None:
                    await work.finish()
                    files = [discord.File(file, name) for name, file in done.files]
                    await send_files(interaction, views.export_message(done), files)
            if done is None:
                await work.finish(views.STOPPED)

    @on_component(views.StopExportButton)
    async def stop(self, interaction: Interaction, button: views.StopExportButton) -> None:
        await defer_edit(interaction)
        if not await self.running_work.stop(button.work_id):
            await edit_reply(interaction, views.NOT_RUNNING)

    @export.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.exportable(interaction, typed)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Export(bot.services))
