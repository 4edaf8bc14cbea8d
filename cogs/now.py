"""/now and /devices: what plays, and where."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot import devices
from bot.client import Interaction, Tonearm
from bot.panel import Panels, Press
from bot.replies import Replies
from bot.ui.answer import defer


class Now(commands.Cog):
    def __init__(self, panels: Panels, replies: Replies) -> None:
        self.panels = panels
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(share="Show it to everybody here; only you can press its buttons")
    async def now(self, interaction: Interaction, share: bool | None = None) -> None:
        """See what plays, with buttons for all you do with it."""
        shared = not self.replies.private(interaction.user.id) if share is None else share
        await self.replies.begin(interaction, share=shared)
        await self.panels.send(interaction, shared=shared)

    @app_commands.command()
    async def devices(self, interaction: Interaction) -> None:
        """See your devices, play on another one, or choose your default."""
        await defer(interaction)
        await devices.send(interaction)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Now(bot.panels, bot.replies))
    bot.add_dynamic_items(Press, *devices.ITEMS)
