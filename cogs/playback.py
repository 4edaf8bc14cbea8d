"""/play, /pause, /next and /now: what sounds."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot import playing
from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.ui import cards


class Playback(commands.Cog):
    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    @app_commands.command()
    @app_commands.describe(what="Words to search for, or a Spotify link")
    async def play(self, interaction: Interaction, what: str) -> None:
        """Play a song, album, artist, playlist, show or episode."""
        await interaction.response.defer(ephemeral=True)
        spotify = await self.accounts.session(interaction.user.id)
        item = await playing.find(spotify, what)
        await playing.play(spotify, item)
        await interaction.followup.send(view=cards.card(item, heading="-# Playing"))

    @app_commands.command()
    async def pause(self, interaction: Interaction) -> None:
        """Pause the music."""
        await interaction.response.defer(ephemeral=True)
        spotify = await self.accounts.session(interaction.user.id)
        await playing.pause(spotify)
        await interaction.followup.send("Paused.")

    @app_commands.command()
    async def next(self, interaction: Interaction) -> None:
        """Skip to the next track."""
        await interaction.response.defer(ephemeral=True)
        spotify = await self.accounts.session(interaction.user.id)
        await playing.skip(spotify)
        await interaction.followup.send("Skipped. See what plays with /now.")

    @app_commands.command()
    async def now(self, interaction: Interaction) -> None:
        """Show what is playing."""
        await interaction.response.defer(ephemeral=True)
        spotify = await self.accounts.session(interaction.user.id)
        state, item = await playing.current(spotify)
        await interaction.followup.send(view=cards.now(state, item))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Playback(bot.accounts))
