"""The *Stop* button of long work, which works after a restart and in direct messages, too."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer_edit, edit_reply
from bot.services import Services
from bot.views import jobs as views


class Jobs(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.jobs = services.jobs

    @on_component(views.StopJobButton)
    async def stop(self, interaction: Interaction, button: views.StopJobButton) -> None:
        await defer_edit(interaction)
        stopped = await self.jobs.stop(interaction.user.id, button.job_id)
        await edit_reply(interaction, views.NOT_RUNNING if stopped is None else stopped)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Jobs(bot.services))
