"""/play, /pause, /resume, /next, /previous and /restart."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.client import Interaction, Tonearm
from bot.interactions.responses import reply
from bot.player.actions import ActionVerb, PlayerAction
from bot.services import Services
from bot.views.outcome import outcome_reply


class Playback(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.autocomplete = services.autocomplete
        self.player = services.player
        self.replies = services.reply_visibility

    @app_commands.command()
    @app_commands.describe(
        what="A name, a link, one of your playlists, or “liked”; empty to continue",
        on="The device to play on",
        shuffle="Shuffle it?",
    )
    async def play(
        self,
        interaction: Interaction,
        what: str | None = None,
        on: str | None = None,
        shuffle: bool | None = None,
    ) -> None:
        """Play something, or continue where you left off."""
        if what is None:
            await self._resume(interaction, on, shuffle)
            return
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        outcome = await self.player.play(user_id, what, on=on, shuffle=shuffle)
        await reply(interaction, outcome_reply(outcome, controls_of=user_id))

    @play.autocomplete("what")
    async def complete_what(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.playable(interaction, typed)

    @play.autocomplete("on")
    async def complete_device(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.device(interaction, typed)

    @app_commands.command()
    async def pause(self, interaction: Interaction) -> None:
        """Pause the music."""
        await self._perform(interaction, "pause")

    @app_commands.command()
    @app_commands.describe(on="The device to play on")
    async def resume(self, interaction: Interaction, on: str | None = None) -> None:
        """Continue playing."""
        await self._resume(interaction, on)

    @resume.autocomplete("on")
    async def complete_resume_device(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.device(interaction, typed)

    @app_commands.command()
    async def next(self, interaction: Interaction) -> None:
        """Skip to the next track."""
        await self._perform(interaction, "next")

    @app_commands.command()
    async def previous(self, interaction: Interaction) -> None:
        """Go back to the previous track."""
        await self._perform(interaction, "previous")

    @app_commands.command()
    async def restart(self, interaction: Interaction) -> None:
        """Start this track over."""
        await self._perform(interaction, "restart")

    async def _resume(
        self, interaction: Interaction, on: str | None, shuffle: bool | None = None
    ) -> None:
        await self.replies.defer(interaction)
        user_id = interaction.user.id
        outcome = await self.player.perform(user_id, PlayerAction("resume", shuffle=shuffle), on=on)
        await reply(interaction, outcome_reply(outcome, controls_of=user_id))

    async def _perform(self, interaction: Interaction, verb: ActionVerb) -> None:
        await self.replies.defer(interaction)
        outcome = await self.player.perform(interaction.user.id, PlayerAction(verb))
        await reply(interaction, outcome_reply(outcome))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playback(bot.services))
