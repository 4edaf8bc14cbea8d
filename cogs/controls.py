"""/seek, /volume, /shuffle and /repeat."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import (
    defer,
    defer_in_place,
    is_own_message,
    reply,
    reply_in_place,
)
from bot.player.actions import PlayerAction, seek_action, volume_action
from bot.services import Services
from bot.views.outcome import outcome_reply
from bot.views.panel import visitor_card
from bot.views.panel_controls import VolumeMenuButton
from bot.views.volume import VolumeButton, VolumeSelect, volume_card

# The words of /repeat, and Spotify's.
_REPEAT = {"all": "context", "one": "track", "off": "off"}


class Controls(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.player = services.player
        self.replies = services.reply_visibility

    @app_commands.command()
    @app_commands.describe(position="1:23, 83 for seconds, +30, -15 or 50%")
    async def seek(self, interaction: Interaction, position: str) -> None:
        """Jump to a point in the track."""
        await self._perform(interaction, seek_action(position))

    @app_commands.command()
    @app_commands.describe(level="0 to 100, +10, -10, mute or unmute; empty for a menu")
    async def volume(self, interaction: Interaction, level: str | None = None) -> None:
        """Change the volume, or see it."""
        await self.replies.defer(interaction)
        outcome = await self.player.perform(interaction.user.id, volume_action(level))
        await reply(interaction, volume_card(outcome))

    @on_component(VolumeSelect)
    async def select_volume(self, interaction: Interaction, menu: VolumeSelect) -> None:
        await self._change_volume(interaction, menu.action)

    @on_component(VolumeButton)
    async def press_volume(self, interaction: Interaction, button: VolumeButton) -> None:
        await self._change_volume(interaction, button.action)

    @on_component(VolumeMenuButton)
    async def show_volume(self, interaction: Interaction, button: VolumeMenuButton) -> None:
        await defer(interaction)
        if interaction.user.id != button.owner:
            await reply(interaction, visitor_card(interaction.message))
            return
        outcome = await self.player.perform(button.owner, PlayerAction("volume"))
        await reply(interaction, volume_card(outcome))

    @app_commands.command()
    @app_commands.describe(mode="Leave empty to switch")
    async def shuffle(
        self, interaction: Interaction, mode: Literal["on", "off"] | None = None
    ) -> None:
        """Turn shuffle on or off."""
        await self._perform(interaction, PlayerAction("shuffle", mode or ""))

    @app_commands.command()
    @app_commands.describe(mode="Everything, one track, or off; empty for the next mode")
    async def repeat(
        self, interaction: Interaction, mode: Literal["all", "one", "off"] | None = None
    ) -> None:
        """Repeat everything, one track, or turn repeat off."""
        await self._perform(interaction, PlayerAction("repeat", _REPEAT[mode] if mode else ""))

    async def _change_volume(self, interaction: Interaction, action: PlayerAction) -> None:
        """Change it in the user's own message; show their own volume below somebody else's."""
        await defer_in_place(interaction)
        own = is_own_message(interaction)
        outcome = await self.player.perform(
            interaction.user.id, action if own else PlayerAction("volume")
        )
        await reply_in_place(interaction, volume_card(outcome))

    async def _perform(self, interaction: Interaction, action: PlayerAction) -> None:
        await self.replies.defer(interaction)
        outcome = await self.player.perform(interaction.user.id, action)
        await reply(interaction, outcome_reply(outcome))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Controls(bot.services))
