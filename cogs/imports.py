"""/import: a file with a library, which is looked at before anything is added."""

from __future__ import annotations

import asyncio
from functools import partial

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


class Imports(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.imports = services.imports
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
    @app_commands.describe(file="What /export made, or a file of Exportify, TuneMyMusic or Shazam")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Import a library or playlists from a file. It says first what would change."""
        await defer(interaction)
        await self.sessions.session(interaction.user.id, background=True)
        save = partial(save_upload, file, max_bytes=interaction.filesize_limit)
        place, name = place_of(interaction), file.filename
        await self.imports.begin(interaction.user.id, interaction.id, name, place, save)

    async def _look(self, job: RunningJob) -> JobResult:
        plan = await self.imports.look(job)
        shown = await asyncio.to_thread(import_overview.overview, plan, self.daily_limit)
        files = self.imports.write(
            job, import_overview.LEFT_OUT, import_overview.left_out_text(plan)
        )
        return JobResult(shown.text, files, lambda: import_overview.overview_view(shown, job.id))

    async def _run(self, job: RunningJob) -> JobResult:
        done = await self.imports.run(job)
        if isinstance(done, TakenBack):
            return JobResult(views.taken_back_text(done))
        view = None if done.is_empty else partial(views.undo_view, job.id)
        return JobResult(views.outcome_text(done), view=view)

    def _stopped(self, job: RunningJob) -> JobResult:
        return JobResult(views.outcome_text(self.imports.outcome(job), stopped=True))

    @on_component(buttons.ImportButton)
    async def apply(self, interaction: Interaction, button: buttons.ImportButton) -> None:
        await defer_edit(interaction)
        user = interaction.user.id
        _, plan = await self.imports.question(user, button.job_id)
        name = f"Import of {interaction.created_at:%d %b %Y}"
        choice = Choice(button.scope, plan.chosen, button.names == "merge", name)
        await self.imports.apply(user, button.job_id, choice, place_of(interaction))

    @on_component(buttons.OverviewButton)
    async def show(self, interaction: Interaction, button: buttons.OverviewButton) -> None:
        await defer_edit(interaction)
        await self._show(interaction, button.job_id, button.names)

    async def _show(self, interaction: Interaction, job_id: int, names: str) -> None:
        _, plan = await self.imports.question(interaction.user.id, job_id)
        shown = await asyncio.to_thread(import_overview.overview, plan, self.daily_limit, names)
        view = import_overview.overview_view(shown, job_id, names)
        await edit_reply(interaction, shown.text, view=view)

    @on_component(buttons.ChooseButton)
    async def choose(self, interaction: Interaction, button: buttons.ChooseButton) -> None:
        await defer_edit(interaction)
        _, plan = await self.imports.question(interaction.user.id, button.job_id)
        text, view = views.playlist_question(plan, button.job_id, button.names, button.page)
        await edit_reply(interaction, text, view=view)

    @on_component(buttons.ListSelect)
    async def pick(self, interaction: Interaction, menu: buttons.ListSelect) -> None:
        await defer_edit(interaction)
        offered = [int(option.value) for option in menu.options]
        user, job = interaction.user.id, menu.job_id
        plan = await self.imports.choose(user, job, offered, menu.chosen)
        text, view = views.playlist_question(plan, job, menu.names, menu.page)
        await edit_reply(interaction, text, view=view)

    @on_component(buttons.DoubtsButton)
    async def doubts(self, interaction: Interaction, button: buttons.DoubtsButton) -> None:
        await defer_edit(interaction)
        await self._ask(interaction, button.job_id, button.names)

    @on_component(buttons.DoubtSelect)
    async def decide(self, interaction: Interaction, menu: buttons.DoubtSelect) -> None:
        await defer_edit(interaction)
        await self.imports.settle(interaction.user.id, menu.job_id, menu.number, menu.uri)
        await self._ask(interaction, menu.job_id, menu.names)

    async def _ask(self, interaction: Interaction, job_id: int, names: str) -> None:
        _, plan = await self.imports.question(interaction.user.id, job_id)
        question = views.doubt_question(plan, job_id, names)
        if question is None:
            await self._show(interaction, job_id, names)
        else:
            await edit_reply(interaction, question[0], view=question[1])

    @on_component(buttons.CancelButton)
    async def cancel(self, interaction: Interaction, button: buttons.CancelButton) -> None:
        await defer_edit(interaction)
        await self.imports.cancel(interaction.user.id, button.job_id)
        await edit_reply(interaction, views.CANCELLED)

    @on_component(buttons.UndoImportButton)
    async def undo(self, interaction: Interaction, button: buttons.UndoImportButton) -> None:
        await defer_edit(interaction)
        await self.imports.undo(interaction.user.id, button.job_id, place_of(interaction))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Imports(bot.services))
