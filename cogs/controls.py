"""/seek, /volume, /shuffle and /repeat: how it sounds."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.player.actions import PlayerAction, seek_action, volume_action
from bot.player.player import Player
from bot.views.outcome import outcome_reply

_REPEAT = {"all": "context", "one": "track", "off": "off"}


class Controls(commands.Cog):
    def __init__(self, remote: Player, replies: ReplyVisibility) -> None:
        self.remote = remote
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(position="1:23, 83 for seconds, +30, -15 or 50%")
    async def seek(self, interaction: Interaction, position: str) -> None:
        """Go to another place in the track."""
        await self._perform(interaction, seek_action(position))

    @app_commands.command()
    @app_commands.describe(level="A number from 0 to 100, +10, -10 or mute; leave it out to see it")
    async def volume(self, interaction: Interaction, level: str | None = None) -> None:
        """Make it louder or quieter, or see how loud it is."""
        await self._perform(interaction, volume_action(level))

    @app_commands.command()
    @app_commands.describe(mode="Leave it out to switch")
    async def shuffle(
        self, interaction: Interaction, mode: Literal["on", "off"] | None = None
    ) -> None:
        """Turn shuffle on or off."""
        await self._perform(interaction, PlayerAction("shuffle", mode or ""))

    @app_commands.command()
    @app_commands.describe(mode="All of it, this one, or off; leave it out for the next")
    async def repeat(
        self, interaction: Interaction, mode: Literal["all", "one", "off"] | None = None
    ) -> None:
        """Repeat all of it, one track, or nothing."""
        await self._perform(interaction, PlayerAction("repeat", _REPEAT[mode] if mode else ""))

    async def _perform(self, interaction: Interaction, deed: PlayerAction) -> None:
        await self.replies.defer(interaction)
        changed = await self.remote.perform(interaction.user.id, deed)
        await interaction.followup.send(**outcome_reply(changed))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Controls(bot.player, bot.reply_visibility))
