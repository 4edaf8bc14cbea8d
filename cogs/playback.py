"""/play, /pause, /resume, /next, /previous and /restart: what sounds."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.autocomplete import options
from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.player.actions import ActionVerb, PlayerAction
from bot.player.player import Player
from bot.views.outcome import outcome_reply


class Playback(commands.Cog):
    def __init__(self, remote: Player, replies: ReplyVisibility) -> None:
        self.remote = remote
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(
        what="Words, a link, one of your playlists, or liked; leave it out to go on",
        on="The device to play on",
        shuffle="Shuffled, or in order",
    )
    @app_commands.autocomplete(what=options.playable, on=options.device)
    async def play(
        self,
        interaction: Interaction,
        what: str | None = None,
        on: str | None = None,
        shuffle: bool | None = None,
    ) -> None:
        """Play a song, album, artist, playlist, show or episode, or go on where you were."""
        await self.replies.defer(interaction)
        user = interaction.user.id
        if what is None:
            played = await self.remote.perform(user, PlayerAction("resume", shuffle=shuffle), on=on)
        else:
            played = await self.remote.play(user, what, on=on, shuffle=shuffle)
        await interaction.followup.send(**outcome_reply(played))

    @app_commands.command()
    async def pause(self, interaction: Interaction) -> None:
        """Pause the music."""
        await self._perform(interaction, "pause")

    @app_commands.command()
    @app_commands.describe(on="The device to play on")
    @app_commands.autocomplete(on=options.device)
    async def resume(self, interaction: Interaction, on: str | None = None) -> None:
        """Go on with the music."""
        await self._perform(interaction, "resume", on)

    @app_commands.command()
    async def next(self, interaction: Interaction) -> None:
        """Skip to the next track."""
        await self._perform(interaction, "next")

    @app_commands.command()
    async def previous(self, interaction: Interaction) -> None:
        """Go back to the track before."""
        await self._perform(interaction, "previous")

    @app_commands.command()
    async def restart(self, interaction: Interaction) -> None:
        """Hear this track from the start."""
        await self._perform(interaction, "restart")

    async def _perform(
        self, interaction: Interaction, verb: ActionVerb, on: str | None = None
    ) -> None:
        await self.replies.defer(interaction)
        played = await self.remote.perform(interaction.user.id, PlayerAction(verb), on=on)
        await interaction.followup.send(**outcome_reply(played))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playback(bot.player, bot.reply_visibility))
