"""/export: the user's library as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.responses import defer
from bot.library.export_lists import EVERYTHING
from bot.library.formats import FORMATS, JSON, ZIP
from bot.library.running_job import JobHandlers, JobResult, RunningJob
from bot.notifications.earlier_files import fetch_last_export, save_attachment
from bot.notifications.job_place import place_of
from bot.store import JobKind
from bot.views import export as views

_CHOICES = {
    ZIP: "Everything in one archive: CSV and JSON",
    JSON: "JSON with all that Spotify says",
    **{key: form.label for key, form in FORMATS.items()},
}


class Export(commands.Cog):
    def __init__(self, bot: Tonearm) -> None:
        services = bot.services
        self.client = bot
        self.autocomplete = services.autocomplete
        self.backups = services.backups
        self.jobs = services.jobs
        self.sessions = services.sessions
        handlers = JobHandlers(self.run, lambda _: JobResult(views.STOPPED))
        self.jobs.register(JobKind.EXPORT, handlers)

    @app_commands.command()
    @app_commands.rename(kind="format")
    @app_commands.describe(
        what="Everything, a part of your library, or one of your playlists",
        kind="An archive with CSV and JSON by default",
        raw="Leave cells alone that a spreadsheet would run as formulas (CSV only)",
        since="An archive or JSON from /export: only what’s new is read",
        since_last="The same with the last one that I sent you by DM",
    )
    @app_commands.choices(
        kind=[app_commands.Choice(name=label, value=key) for key, label in _CHOICES.items()]
    )
    async def export(
        self,
        interaction: Interaction,
        what: str = EVERYTHING,
        kind: str = ZIP,
        raw: bool = False,
        since: discord.Attachment | None = None,
        since_last: bool = False,
    ) -> None:
        """Download your library, or a part of it, as a file."""
        await defer(interaction)
        await self.sessions.session(interaction.user.id, background=True)  # raises NeedsLogin
        arguments = {
            "request": {"what": what, "file_format": kind, "raw": raw},
            "since": since.id if since else "last" if since_last else None,
        }
        prepare = partial(save_attachment, since, interaction.filesize_limit) if since else None
        place = place_of(interaction)
        await self.jobs.begin(interaction.user.id, JobKind.EXPORT, arguments, place, prepare)

    async def run(self, job: RunningJob) -> JobResult:
        """Do an export, or what is left of it."""
        # What only jobs need is imported by the first one.
        from bot.library.export import ExportRequest, export
        from bot.library.open_earlier import open_earlier, open_last

        spotify = await self.sessions.session(job.user_id, background=True, goes_on_later=True)
        exported_at = datetime.fromtimestamp(job.row.started_at, UTC)
        request = ExportRequest(
            **job.arguments["request"], exported_at=exported_at.isoformat(timespec="seconds")
        )
        if job.arguments["since"] == "last":
            message = (await self.backups.get(job.user_id)).message
            await fetch_last_export(self.client, job.user_id, message, job.folder)
            earlier = await open_last(job.folder, spotify.account)
        else:
            earlier = await open_earlier(job.folder, spotify.account)
        done = await export(request, spotify, job.folder, report=job.report, earlier=earlier)

        async def fit(max_bytes: int) -> JobResult:
            fitted = await done.fit(max_bytes)
            return JobResult(views.export_message(fitted), fitted.files)

        # A later backup is compared with the whole library only.
        is_whole = done.file_format in (ZIP, JSON) and done.selection == EVERYTHING
        after = partial(self.backups.exported, job.user_id) if is_whole else None
        return JobResult(views.export_message(done), done.files, fit=fit, after=after)

    @export.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.exportable(interaction, typed)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Export(bot))
