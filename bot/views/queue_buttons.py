"""The queue: its pages, and the button that adds a whole album."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.errors.bot_error import BotError
from bot.interactions.persistent import PersistentItem
from bot.interactions.progress import ProgressMessage
from bot.interactions.responses import defer, reply_privately
from bot.player.bulk_queue import QueueRequest
from bot.views import outcome, queue

Interaction = discord.Interaction[Any]


async def send_queue(interaction: Interaction) -> None:
    """Answer a deferred interaction with its user's queue."""
    await interaction.followup.send(view=await _queue_page(interaction, 0))


async def add_to_queue(
    interaction: Interaction, what: str, *, on: str | None = None, now: bool = False
) -> None:
    """Answer a deferred interaction: queue it, or ask first where it is much."""
    queued = await interaction.client.player.queue(interaction.user.id, what, on=on, now=now)
    if isinstance(queued, QueueRequest):
        await reply_privately(interaction, view=queue_question(queued, now=now))
    else:
        await interaction.followup.send(**outcome.outcome_reply(queued))


async def _queue_page(interaction: Interaction, page: int) -> ui.LayoutView:
    spotify = await interaction.client.sessions.session(interaction.user.id)
    queued = await spotify.player.get_queue()
    last = queue.page_count(queued) - 1
    page = min(page, last)
    owner = str(interaction.user.id)
    buttons = [QueuePageButton(owner, "back", str(max(0, page - 1)), "◀️", off=page == 0)]
    buttons += [QueuePageButton(owner, "same", str(page), "🔄")]
    buttons += [QueuePageButton(owner, "on", str(min(last, page + 1)), "▶️", off=page == last)]
    return queue.queue_card(queued, page, ui.ActionRow(*buttons))


def queue_question(heap: QueueRequest, *, now: bool) -> ui.LayoutView:
    """Whether to queue so much."""
    how_much = queue.cost_text(heap.songs, heap.total, heap.calls)
    left_out = f"{heap.left_out_note}." if heap.links_left_out else ""
    return queue.confirmation_card(
        heap.items, how_much, left_out, ui.ActionRow(ConfirmButton("now" if now else ""))
    )


class QueuePageButton(
    PersistentItem[ui.Button[Any]],
    template=r"queue:(?P<owner>\d{1,20}):(?P<side>back|same|on):(?P<page>\d{1,2})",
):
    """Shows a page of the queue as it is now; to anybody but its owner, theirs, privately."""

    def __init__(
        self, owner: str, side: str, page: str, emoji: str = "", *, off: bool = False
    ) -> None:
        self.owner = int(owner)
        self.page = int(page)
        custom_id = f"queue:{owner}:{side}:{page}"
        super().__init__(ui.Button(emoji=emoji or None, disabled=off, custom_id=custom_id))

    async def on_press(self, interaction: Interaction) -> None:
        if interaction.user.id != self.owner:
            await defer(interaction)
            await send_queue(interaction)
            return
        await interaction.response.defer()
        await interaction.edit_original_response(view=await _queue_page(interaction, self.page))


class ConfirmButton(PersistentItem[ui.Button[Any]], template=r"queue:add:(?P<now>(?:now)?)"):
    """Queues all that its message lists."""

    def __init__(self, now: str) -> None:
        self.now = now == "now"
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Queue them", style=style, custom_id=f"queue:add:{now}"))

    async def on_press(self, interaction: Interaction) -> None:
        asked = interaction.message
        # Its button goes first: nothing takes out of the queue what a second press would add.
        await interaction.response.edit_message(view=queue.progress_card(asked, "Queueing."))

        async def say(says: str) -> None:
            await interaction.edit_original_response(view=queue.progress_card(asked, says))

        try:
            done = await interaction.client.player.queue_items(
                interaction.user.id,
                queue.listed_uris(asked),
                now=self.now,
                progress=ProgressMessage(say, "Queueing"),
            )
        except BotError:
            await say("It has stopped; see below.")
            raise
        await say(f"{done.says}.")


ITEMS = (QueuePageButton, ConfirmButton)
