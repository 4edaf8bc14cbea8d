"""/now and /devices: what plays, and where."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.interactions.responses import defer
from bot.panel.panels import PanelButton, Panels
from bot.views import device_buttons


class Panel(commands.Cog):
    def __init__(self, panels: Panels, replies: ReplyVisibility) -> None:
        self.panels = panels
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(share="Show it to everybody here; only you can press its buttons")
    async def now(self, interaction: Interaction, share: bool | None = None) -> None:
        """See what plays, with buttons for all you do with it."""
        shared = not self.replies.is_private(interaction.user.id) if share is None else share
        await self.replies.defer(interaction, share=shared)
        await self.panels.send(interaction, shared=shared)

    @app_commands.command()
    async def devices(self, interaction: Interaction) -> None:
        """See your devices, play on another one, or choose your default."""
        await defer(interaction)
        await device_buttons.send_devices(interaction)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Panel(bot.panels, bot.reply_visibility))
    bot.add_dynamic_items(PanelButton, *device_buttons.ITEMS)
