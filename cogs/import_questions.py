"""The buttons and menus with which a user decides what an import adds."""

from __future__ import annotations

import asyncio

from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer_edit, edit_reply
from bot.library.import_plan import Plan
from bot.services import Services
from bot.views import import_buttons as buttons
from bot.views import import_overview
from bot.views import imports as views


class ImportQuestions(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.looks = services.imports.looks
        self.daily_limit = services.quota.limiter.daily_limit

    @on_component(buttons.OverviewButton)
    async def show(self, interaction: Interaction, button: buttons.OverviewButton) -> None:
        await defer_edit(interaction)
        await self._show(interaction, button.job_id, button.names)

    async def _show(self, interaction: Interaction, job_id: int, names: str) -> None:
        _, plan = await self.looks.question(interaction.user.id, job_id)
        shown = await asyncio.to_thread(import_overview.overview, plan, self.daily_limit, names)
        view = import_overview.overview_view(shown, job_id, names)
        await edit_reply(interaction, shown.text, view=view)

    @on_component(buttons.ChooseButton)
    async def choose(self, interaction: Interaction, button: buttons.ChooseButton) -> None:
        await defer_edit(interaction)
        _, plan = await self.looks.question(interaction.user.id, button.job_id)
        text, view = views.playlist_question(plan, button.job_id, button.names, button.page)
        await edit_reply(interaction, text, view=view)

    @on_component(buttons.ListSelect)
    async def pick(self, interaction: Interaction, menu: buttons.ListSelect) -> None:
        await defer_edit(interaction)
        offered = [int(option.value) for option in menu.options]
        user, job = interaction.user.id, menu.job_id
        plan = await self.looks.decide(user, job, lambda p: p.choose(offered, menu.chosen))
        text, view = views.playlist_question(plan, job, menu.names, menu.page)
        await edit_reply(interaction, text, view=view)

    @on_component(buttons.DoubtsButton)
    async def doubts(self, interaction: Interaction, button: buttons.DoubtsButton) -> None:
        await defer_edit(interaction)
        await self._ask(interaction, button.job_id, button.names)

    @on_component(buttons.DoubtSelect)
    async def decide(self, interaction: Interaction, menu: buttons.DoubtSelect) -> None:
        await defer_edit(interaction)
        user, number, uri = interaction.user.id, menu.number, menu.uri
        await self.looks.decide(user, menu.job_id, lambda plan: plan.decide(number, uri))
        await self._ask(interaction, menu.job_id, menu.names)

    @on_component(buttons.DecideAllButton)
    async def decide_all(self, interaction: Interaction, button: buttons.DecideAllButton) -> None:
        await defer_edit(interaction)
        user, likeliest = interaction.user.id, button.how == "likeliest"
        await self.looks.decide(user, button.job_id, lambda p: p.decide_all(likeliest=likeliest))
        await self._show(interaction, button.job_id, button.names)

    @on_component(buttons.ReopenButton)
    async def reopen(self, interaction: Interaction, button: buttons.ReopenButton) -> None:
        await defer_edit(interaction)
        await self.looks.decide(interaction.user.id, button.job_id, Plan.reopen)
        await self._ask(interaction, button.job_id, button.names)

    async def _ask(self, interaction: Interaction, job_id: int, names: str) -> None:
        _, plan = await self.looks.question(interaction.user.id, job_id)
        question = views.doubt_question(plan, job_id, names)
        if question is None:
            await self._show(interaction, job_id, names)
        else:
            await edit_reply(interaction, question[0], view=question[1])


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(ImportQuestions(bot.services))
