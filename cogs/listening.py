"""/recent and /top: what somebody played lately, and plays most."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot import browsing
from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.remote.lists import Path
from bot.replies import Replies

Over = Literal["about four weeks", "about six months", "about a year"]

KINDS = {"songs": "track", "artists": "artist"}
RANGES: dict[Over, str] = {
    "about four weeks": "short",
    "about six months": "medium",
    "about a year": "long",
}


class Listening(commands.Cog):
    def __init__(self, accounts: Accounts, replies: Replies) -> None:
        self.accounts = accounts
        self.replies = replies

    @app_commands.command()
    async def recent(self, interaction: Interaction) -> None:
        """See what you played lately, and play, queue, save or share it."""
        await self._show(interaction, Path("recent"))

    @app_commands.command()
    @app_commands.describe(kind="Songs or artists", range="Over how long")
    async def top(
        self,
        interaction: Interaction,
        kind: Literal["songs", "artists"] = "songs",
        range: Over = "about six months",  # noqa: A002
    ) -> None:
        """See the songs or artists that you play most."""
        await self._show(interaction, Path("top", f"{KINDS[kind]}.{RANGES[range]}"))

    async def _show(self, interaction: Interaction, path: Path) -> None:
        await self.replies.begin(interaction)
        spotify = await self.accounts.session(interaction.user.id)
        view = await browsing.view(spotify, path, whose=interaction.user.display_name)
        await interaction.followup.send(view=view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Listening(bot.accounts, bot.replies))
