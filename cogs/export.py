"""/export: the user's library as a file."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.responses import defer
from bot.library.export import ExportRequest, export
from bot.library.export_files import JSON, ZIP
from bot.library.export_lists import EVERYTHING
from bot.library.formats import FORMATS
from bot.library.running_job import JobResult, RunningJob
from bot.notifications.job_place import place_of
from bot.services import Services
from bot.store import JobKind
from bot.views import export as views

_CHOICES = {
    ZIP: "Everything in one archive: CSV and JSON",
    JSON: "JSON with all that Spotify says",
    **{key: form.label for key, form in FORMATS.items()},
}


class Export(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.autocomplete = services.autocomplete
        self.jobs = services.jobs
        self.sessions = services.sessions
        self.jobs.register(JobKind.EXPORT, self.run, lambda _: JobResult(views.STOPPED))

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
        await self.sessions.session(interaction.user.id, background=True)  # raises NeedsLogin
        arguments = {"what": what, "file_format": kind, "raw": raw}
        place = place_of(interaction)
        await self.jobs.begin(interaction.user.id, JobKind.EXPORT, arguments, place)

    async def run(self, job: RunningJob) -> JobResult:
        """Do an export, or what is left of it."""
        spotify = await self.sessions.session(job.user_id, background=True, goes_on_later=True)
        exported_at = datetime.fromtimestamp(job.row.started_at, UTC)
        request = ExportRequest(
            **job.arguments, exported_at=exported_at.isoformat(timespec="seconds")
        )
        done = await export(request, spotify, job.folder, report=job.report)

        async def fit(max_bytes: int) -> JobResult:
            fitted = await done.fit(max_bytes)
            return JobResult(views.export_message(fitted), fitted.files)

        return JobResult(views.export_message(done), done.files, fit=fit)

    @export.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.exportable(interaction, typed)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Export(bot.services))
