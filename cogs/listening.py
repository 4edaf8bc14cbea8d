"""/recent and /top: what somebody played lately, and plays most."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.accounts.sessions import Sessions
from bot.browse import ListPath
from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.views import lists

Period = Literal["about four weeks", "about six months", "about a year"]

TOP_KINDS = {"songs": "track", "artists": "artist"}
TOP_RANGES: dict[Period, str] = {
    "about four weeks": "short",
    "about six months": "medium",
    "about a year": "long",
}


class TopAndRecent(commands.Cog):
    def __init__(self, accounts: Sessions, replies: ReplyVisibility) -> None:
        self.accounts = accounts
        self.replies = replies

    @app_commands.command()
    async def recent(self, interaction: Interaction) -> None:
        """See what you played lately, and play, queue, save or share it."""
        await self._show(interaction, ListPath("recent"))

    @app_commands.command()
    @app_commands.describe(kind="Songs or artists", range="Over how long")
    async def top(
        self,
        interaction: Interaction,
        kind: Literal["songs", "artists"] = "songs",
        range: Period = "about six months",  # noqa: A002
    ) -> None:
        """See the songs or artists that you play most."""
        await self._show(interaction, ListPath("top", f"{TOP_KINDS[kind]}.{TOP_RANGES[range]}"))

    async def _show(self, interaction: Interaction, path: ListPath) -> None:
        await self.replies.defer(interaction)
        spotify = await self.accounts.session(interaction.user.id)
        view = await lists.list_view(spotify, path, whose=interaction.user.display_name)
        await interaction.followup.send(view=view)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(TopAndRecent(bot.sessions, bot.reply_visibility))
