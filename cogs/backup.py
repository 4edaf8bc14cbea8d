"""/backup: the library by direct message every week or month, with what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.errors.backups import NoDirectMessages
from bot.errors.bot_error import BotError
from bot.interactions.components import on_component
from bot.interactions.payloads import mentions_of
from bot.interactions.responses import defer, defer_edit, edit_reply, reply
from bot.library.backup_schedule import SCHEDULED
from bot.library.running_job import JobHandlers, JobResult, RunningJob
from bot.notifications.earlier_files import fetch_last_export, save_attachment
from bot.notifications.job_place import place_of
from bot.notifications.logins import send_direct_message
from bot.store import Interval, JobKind
from bot.views import backup as views


class Backup(commands.GroupCog, group_name="backup", group_description="Backups"):
    def __init__(self, bot: Tonearm) -> None:
        super().__init__()
        self.client = bot
        self.backups = bot.services.backups
        self.jobs = bot.services.jobs
        self.sessions = bot.services.sessions
        self.jobs.register(
            JobKind.BACKUP,
            JobHandlers(self.run, self.stopped, failed=self.failed, on_stop=self.on_stop),
        )

    @app_commands.command()
    @app_commands.describe(period="week, month or off; empty to see how it is now")
    async def every(
        self, interaction: Interaction, period: Literal["week", "month", "off"] | None = None
    ) -> None:
        """Get your library by direct message regularly, with what changed."""
        await defer(interaction)
        user_id = interaction.user.id
        await self.sessions.require_account(user_id)
        backup = await self.backups.get(user_id)
        if period is None:
            await reply(interaction, views.state(backup, self.backups.now()))
        elif period == "off":
            await self.backups.turn_off(user_id)
            await reply(interaction, views.TURNED_OFF)
        elif backup.every is None:
            await reply(interaction, views.question(Interval(period)))
        else:
            changed = await self.backups.change(backup, Interval(period))
            await reply(interaction, views.state(changed, self.backups.now()))

    @app_commands.command()
    @app_commands.describe(
        since="A file from /export or another tool; empty for the last one by DM"
    )
    async def diff(self, interaction: Interaction, since: discord.Attachment | None = None) -> None:
        """See what changed in your library since an earlier export."""
        await defer(interaction)
        user_id = interaction.user.id
        await self.sessions.session(user_id, background=True)  # raises NeedsLogin
        await self.jobs.begin(
            user_id,
            JobKind.BACKUP,
            {"since": since.id if since else None},
            place_of(interaction),
            partial(save_attachment, since, interaction.filesize_limit) if since else None,
        )

    @on_component(views.ConfirmBackups)
    async def confirm(self, interaction: Interaction, button: views.ConfirmBackups) -> None:
        await defer_edit(interaction)
        user_id, text = interaction.user.id, views.turned_on(button.every)
        await self.sessions.require_account(user_id)
        if not await send_direct_message(self.client, user_id, text, mentions_of(interaction)):
            raise NoDirectMessages
        backup = await self.backups.turn_on(user_id, button.every)
        await edit_reply(interaction, views.state(backup, self.backups.now()))

    @on_component(views.CancelBackups)
    async def cancel(self, interaction: Interaction, _: views.CancelBackups) -> None:
        await defer_edit(interaction)
        await edit_reply(interaction, views.CANCELLED)

    # ---- the job

    async def run(self, job: RunningJob) -> JobResult:
        """Make a backup, or what is left of it."""
        from bot.library.backup import BackupResult, Earlier, back_up  # only jobs need these
        from bot.library.open_earlier import open_comparable, open_last
        from bot.views.backup_result import result_text

        is_scheduled = job.arguments == SCHEDULED
        spotify = await self.sessions.session(job.user_id, background=True, goes_on_later=True)
        earlier: Earlier | None
        if is_scheduled or job.arguments["since"] is None:
            message = (await self.backups.get(job.user_id)).message
            required = not is_scheduled
            await fetch_last_export(self.client, job.user_id, message, job.folder, required)
            earlier = await open_last(job.folder, spotify.account, required)
        else:
            earlier = await open_comparable(job.folder, spotify.account)
        result = await back_up(
            spotify,
            job.folder,
            earlier,
            started_at=datetime.fromtimestamp(job.row.started_at, UTC),
            only_changes=not is_scheduled,
            report=job.report,
        )
        after = partial(self.backups.delivered, job.user_id, result.is_sent)

        def shown(result: BackupResult) -> JobResult:
            text = result_text(result, only_changes=not is_scheduled)
            return JobResult(text, result.files, fit=fit, after=after if is_scheduled else None)

        async def fit(max_bytes: int) -> JobResult:
            return shown(await result.fit(max_bytes))

        return shown(result)

    async def failed(self, job: RunningJob, error: Exception) -> JobResult | None:
        """What the user reads of a scheduled backup that failed: nothing until they stop.

        None for a bug, which is logged and explained.
        """
        if job.arguments != SCHEDULED:
            return None
        if reason := await self.backups.failed(job.user_id, error):
            return JobResult(views.stopped(reason))
        return JobResult("") if isinstance(error, BotError) else None

    def stopped(self, job: RunningJob) -> JobResult:
        return JobResult(views.stopped_by_user(is_scheduled=job.arguments == SCHEDULED))

    async def on_stop(self, job: RunningJob) -> None:
        if job.arguments == SCHEDULED:
            await self.backups.stopped(job.user_id)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Backup(bot))
