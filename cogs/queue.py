"""/queue show and /queue add, and their buttons."""

from __future__ import annotations

from functools import partial

from discord import app_commands, ui
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply, reply
from bot.player.jump import read_queue
from bot.player.queue_progress import queue_with_progress
from bot.services import Services
from bot.views import queue, queue_question
from bot.views.panel import visitor_card
from bot.views.panel_controls import QueueButton


class Queue(commands.GroupCog, group_name="queue", group_description="What comes next"):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.autocomplete = services.autocomplete
        self.panels = services.panels
        self.player = services.player
        self.replies = services.reply_visibility
        self.running_work = services.running_work
        self.sessions = services.sessions

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Show what’s playing and what’s next."""
        await self.replies.defer(interaction)
        await reply(interaction, await self._card(interaction.user.id))

    @app_commands.command()
    @app_commands.describe(
        what="A name, or links to songs, episodes, albums or your playlists",
        now="Also skip to it now",
        on="The device to play on",
    )
    async def add(
        self, interaction: Interaction, what: str, now: bool = False, on: str | None = None
    ) -> None:
        """Add to the queue: a song, several, or a whole album."""
        await self.replies.defer(interaction)
        queued = await self.player.queue(interaction.user.id, what, on=on, now=now)
        await reply(interaction, queue_question.queued_reply(queued, now=now, on=on))

    @add.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.queueable(interaction, typed)

    @add.autocomplete("on")
    async def complete_device(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.device(interaction, typed)

    @on_component(QueueButton)
    async def show_from_panel(self, interaction: Interaction, button: QueueButton) -> None:
        await defer(interaction)
        is_owner = interaction.user.id == button.owner
        view = await self._card(button.owner) if is_owner else visitor_card(interaction.message)
        await reply(interaction, view)

    @on_component(queue.QueuePageButton)
    async def turn_page(self, interaction: Interaction, button: queue.QueuePageButton) -> None:
        if interaction.user.id != button.owner:
            await defer(interaction)
            await reply(interaction, await self._card(interaction.user.id))
            return
        await defer_edit(interaction)
        view = await self._card(button.owner, button.page)
        await edit_reply(interaction, view=view)

    @on_component(queue.JumpSelect)
    async def jump(self, interaction: Interaction, menu: queue.JumpSelect) -> None:
        user_id = interaction.user.id
        if user_id != menu.owner:
            await defer(interaction)
            await reply(interaction, await self._card(user_id))
            return
        await defer_edit(interaction)
        outcome = await self.player.perform(user_id, menu.selected)
        after = await read_queue(await self.sessions.session(user_id))
        self.panels.queue_changed(user_id)
        await edit_reply(interaction, view=queue.jumped_card(outcome, after, user_id))

    @on_component(queue_question.ConfirmButton)
    async def confirm(self, interaction: Interaction, button: queue_question.ConfirmButton) -> None:
        await queue_with_progress(
            interaction,
            self.player,
            self.running_work,
            queue_question.listed_uris(interaction.message),
            partial(queue_question.progress_card, interaction.message, interaction.id),
            on=button.on,
            now=button.now,
        )

    @on_component(queue_question.StopQueueingButton)
    async def stop(
        self, interaction: Interaction, button: queue_question.StopQueueingButton
    ) -> None:
        await defer_edit(interaction)
        if not await self.running_work.stop(button.work_id):
            card = queue_question.progress_card(
                interaction.message, button.work_id, queue_question.NOT_RUNNING
            )
            await edit_reply(interaction, view=card)

    @on_component(queue_question.PlayInsteadButton)
    async def play_instead(
        self, interaction: Interaction, button: queue_question.PlayInsteadButton
    ) -> None:
        await defer_edit(interaction)
        message, user_id = interaction.message, interaction.user.id
        uris = queue_question.listed_uris(message)
        outcome = await self.player.play_items(user_id, uris, on=button.on)
        await edit_reply(interaction, view=queue_question.played_card(message, outcome, user_id))

    async def _card(self, user_id: int, page: int = 0) -> ui.LayoutView:
        spotify = await self.sessions.session(user_id)
        upcoming = await spotify.player.get_queue()
        self.panels.queue_changed(user_id)
        return queue.queue_card(upcoming, page, user_id)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Queue(bot.services))
