"""/import: files with a library, which are looked at before anything is added."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply
from bot.interactions.uploads import save_upload
from bot.library.import_outcome import TakenBack
from bot.library.import_steps import Choice
from bot.library.running_job import JobHandlers, JobResult, RunningJob
from bot.notifications.job_place import place_of
from bot.services import Services
from bot.store import JobKind
from bot.views import import_buttons as buttons
from bot.views import import_overview
from bot.views import imports as views

_MORE_FILES = [f"file{number}" for number in range(2, 11)]


class Imports(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.imports, self.looks = services.imports, services.imports.looks
        self.daily_limit = services.quota.limiter.daily_limit
        self.sessions = services.sessions
        services.jobs.register(
            JobKind.IMPORT,
            JobHandlers(
                self._look,
                lambda _: JobResult(views.STOPPED_LOOKING),
                lambda _, result: isinstance(result, JobResult) and result.view is not None,
            ),
        )
        services.jobs.register(
            JobKind.RESTORE,
            JobHandlers(self._run, self._stopped, lambda job, _: self.imports.is_kept(job)),
        )

    @app_commands.command(name="import")
    @app_commands.describe(
        file="What /export made, or a file of Exportify, TuneMyMusic or Shazam",
        **dict.fromkeys(_MORE_FILES, "Another file, such as the next part of a divided export"),
    )
    async def import_(
        self,
        interaction: Interaction,
        file: discord.Attachment,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
        file4: discord.Attachment | None = None,
        file5: discord.Attachment | None = None,
        file6: discord.Attachment | None = None,
        file7: discord.Attachment | None = None,
        file8: discord.Attachment | None = None,
        file9: discord.Attachment | None = None,
        file10: discord.Attachment | None = None,
    ) -> None:
        """Import a library or playlists from files. It says first what would change."""
        await defer(interaction)
        more = (file2, file3, file4, file5, file6, file7, file8, file9, file10)
        files = [file, *filter(None, more)]
        await self.sessions.session(interaction.user.id, background=True)

        async def save(number: int, path: Path) -> None:
            await save_upload(files[number], path, interaction.filesize_limit)

        names, place = [each.filename for each in files], place_of(interaction)
        await self.looks.begin(interaction.user.id, interaction.id, names, place, save)

    async def _look(self, job: RunningJob) -> JobResult:
        plan = await self.looks.look(job)
        shown = await asyncio.to_thread(import_overview.overview, plan, self.daily_limit)
        left_out = import_overview.left_out_text(plan)
        files = self.looks.write(job, import_overview.LEFT_OUT, left_out)
        return JobResult(shown.text, files, lambda: import_overview.overview_view(shown, job.id))

    async def _run(self, job: RunningJob) -> JobResult:
        done = await self.imports.run(job)
        if isinstance(done, TakenBack):
            return JobResult(views.taken_back_text(done))
        view = None if done.is_empty else partial(views.undo_view, job.id)
        files = self.imports.matches(job)
        return JobResult(views.outcome_text(done, has_matches=bool(files)), files, view)

    def _stopped(self, job: RunningJob) -> JobResult:
        done, files = self.imports.outcome(job), self.imports.matches(job)
        text = views.outcome_text(done, stopped=True, has_matches=bool(files))
        return JobResult(text, files)

    @on_component(buttons.ImportButton)
    async def apply(self, interaction: Interaction, button: buttons.ImportButton) -> None:
        await defer_edit(interaction)
        user = interaction.user.id
        _, plan = await self.looks.question(user, button.job_id)
        name = f"Import of {interaction.created_at:%d %b %Y}"
        choice = Choice(button.scope, plan.chosen, button.names == "merge", name)
        await self.imports.apply(user, button.job_id, choice, place_of(interaction))

    @on_component(buttons.CancelButton)
    async def cancel(self, interaction: Interaction, button: buttons.CancelButton) -> None:
        await defer_edit(interaction)
        await self.looks.cancel(interaction.user.id, button.job_id)
        await edit_reply(interaction, views.CANCELLED, keeps_files=False)

    @on_component(buttons.UndoImportButton)
    async def undo(self, interaction: Interaction, button: buttons.UndoImportButton) -> None:
        await defer_edit(interaction)
        await self.imports.undo(interaction.user.id, button.job_id, place_of(interaction))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Imports(bot.services))
