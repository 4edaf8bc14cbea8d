"""Queues the items that a message lists, and shows the progress in that message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.interactions.payloads import View
from bot.interactions.progress import RunningWork
from bot.interactions.responses import Interaction, edit_at_once, edit_reply
from bot.player.player import Player
from bot.spotify.uris import Uri

Card = Callable[[str, bool], View]
"""The message with a text, and with a *Stop* button or without."""


async def queue_with_progress(
    interaction: Interaction,
    player: Player,
    running_work: RunningWork,
    uris: Sequence[Uri],
    card: Card,
    *,
    on: str | None = None,
    now: bool = False,
) -> None:
    """Queue all songs of these items; the interaction's user can stop it. Raises BotError."""
    # Remove the buttons first: a queued song cannot be removed, so nobody may press them twice.
    await edit_at_once(interaction, card("Queueing.", True))

    async def show(text: str, can_stop: bool) -> None:
        await edit_reply(interaction, view=card(text, can_stop))

    async with running_work.track(interaction.id, show, "Queueing") as work:
        user_id = interaction.user.id
        outcome = await player.queue_items(user_id, uris, on=on, now=now, work=work)
        await work.finish(f"{outcome.message}.")
