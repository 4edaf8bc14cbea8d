"""The queue: its pages, and the button that adds a whole album."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.errors import Fault
from bot.remote.several import Heap
from bot.ui import queue, replies
from bot.ui.answer import answer, defer
from bot.ui.lasting import Lasting
from bot.ui.progress import Progress

Interaction = discord.Interaction[Any]


async def send(interaction: Interaction) -> None:
    """Answer a deferred interaction with its user's queue."""
    await interaction.followup.send(view=await _view(interaction, 0))


async def add(
    interaction: Interaction, what: str, *, on: str | None = None, now: bool = False
) -> None:
    """Answer a deferred interaction: queue it, or ask first where it is much."""
    queued = await interaction.client.remote.queue(interaction.user.id, what, on=on, now=now)
    if isinstance(queued, Heap):
        await answer(interaction, view=question(queued, now=now))
    else:
        await interaction.followup.send(**replies.done(queued))


async def _view(interaction: Interaction, page: int) -> ui.LayoutView:
    spotify = await interaction.client.accounts.session(interaction.user.id)
    queued = await spotify.player.queued()
    last = queue.pages(queued) - 1
    page = min(page, last)
    owner = str(interaction.user.id)
    buttons = [Page(owner, "back", str(max(0, page - 1)), "◀️", off=page == 0)]
    buttons += [Page(owner, "same", str(page), "🔄")]
    buttons += [Page(owner, "on", str(min(last, page + 1)), "▶️", off=page == last)]
    return queue.shown(queued, page, ui.ActionRow(*buttons))


def question(heap: Heap, *, now: bool) -> ui.LayoutView:
    """Whether to queue so much."""
    how_much = queue.how_much(heap.songs, heap.total, heap.calls)
    left_out = f"{heap.left_out}." if heap.more else ""
    return queue.asked(heap.items, how_much, left_out, ui.ActionRow(Add("now" if now else "")))


class Page(
    Lasting[ui.Button[Any]],
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

    async def pressed(self, interaction: Interaction) -> None:
        if interaction.user.id != self.owner:
            await defer(interaction)
            await send(interaction)
            return
        await interaction.response.defer()
        await interaction.edit_original_response(view=await _view(interaction, self.page))


class Add(Lasting[ui.Button[Any]], template=r"queue:add:(?P<now>(?:now)?)"):
    """Queues all that its message lists."""

    def __init__(self, now: str) -> None:
        self.now = now == "now"
        style = discord.ButtonStyle.success
        super().__init__(ui.Button(label="Queue them", style=style, custom_id=f"queue:add:{now}"))

    async def pressed(self, interaction: Interaction) -> None:
        asked = interaction.message
        # Its button goes first: nothing takes out of the queue what a second press would add.
        await interaction.response.edit_message(view=queue.answered(asked, "Queueing."))

        async def say(says: str) -> None:
            await interaction.edit_original_response(view=queue.answered(asked, says))

        try:
            done = await interaction.client.remote.queue_these(
                interaction.user.id,
                queue.links(asked),
                now=self.now,
                progress=Progress(say, "Queueing"),
            )
        except Fault:
            await say("It has stopped; see below.")
            raise
        await say(f"{done.says}.")


ITEMS = (Page, Add)
