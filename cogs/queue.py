"""/queue show and /queue add: what comes next."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.autocomplete import options
from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.views import queue_buttons


class Queue(commands.GroupCog, group_name="queue", group_description="What comes next"):
    def __init__(self, replies: ReplyVisibility) -> None:
        super().__init__()
        self.replies = replies

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """See what plays, and what comes after it."""
        await self.replies.defer(interaction)
        await queue_buttons.send_queue(interaction)

    @app_commands.command()
    @app_commands.describe(
        what="Words, or links to songs, episodes, albums or your playlists, in order",
        now="Skip to it as well",
        on="The device to play on",
    )
    @app_commands.autocomplete(what=options.queueable, on=options.device)
    async def add(
        self, interaction: Interaction, what: str, now: bool = False, on: str | None = None
    ) -> None:
        """Put songs into the queue: one, several, or a whole album."""
        await self.replies.defer(interaction)
        await queue_buttons.add_to_queue(interaction, what, on=on, now=now)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Queue(bot.reply_visibility))
    bot.add_dynamic_items(*queue_buttons.ITEMS)
