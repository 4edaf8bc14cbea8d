"""/queue show and /queue add: what comes next."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot import completion, queue
from bot.client import Interaction, Tonearm
from bot.replies import Replies


class Queue(commands.GroupCog, group_name="queue", group_description="What comes next"):
    def __init__(self, replies: Replies) -> None:
        super().__init__()
        self.replies = replies

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """See what plays, and what comes after it."""
        await self.replies.begin(interaction)
        await queue.send(interaction)

    @app_commands.command()
    @app_commands.describe(
        what="Words, or links to songs, episodes, albums or your playlists, in order",
        now="Skip to it as well",
        on="The device to play on",
    )
    @app_commands.autocomplete(what=completion.queueable, on=completion.device)
    async def add(
        self, interaction: Interaction, what: str, now: bool = False, on: str | None = None
    ) -> None:
        """Put songs into the queue: one, several, or a whole album."""
        await self.replies.begin(interaction)
        await queue.add(interaction, what, on=on, now=now)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Queue(bot.replies))
    bot.add_dynamic_items(*queue.ITEMS)
