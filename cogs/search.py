"""/search: a list of what Spotify finds, to look through and to act on."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot import adding, browsing, completion
from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.remote import lists
from bot.replies import Replies
from bot.spotify.uris import Kind

KINDS: dict[str, Kind] = {
    "tracks": "track",
    "albums": "album",
    "artists": "artist",
    "playlists": "playlist",
    "shows": "show",
    "episodes": "episode",
    "audiobooks": "audiobook",
}


class Search(commands.Cog):
    def __init__(self, accounts: Accounts, replies: Replies) -> None:
        self.accounts = accounts
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(
        query="What to look for: words, or a Spotify link", type="Songs, unless you choose"
    )
    @app_commands.autocomplete(query=completion.query)
    async def search(
        self,
        interaction: Interaction,
        query: str,
        type: Literal[  # noqa: A002
            "tracks", "albums", "artists", "playlists", "shows", "episodes", "audiobooks"
        ] = "tracks",
    ) -> None:
        """Search Spotify, look through what it finds, and play, queue, save or share it."""
        await self.replies.begin(interaction)
        spotify = await self.accounts.reader(interaction.user.id)
        path, words = await lists.asked(spotify, query, KINDS[type])
        interaction.client.completion.recents.searched(interaction.user.id, query)
        await interaction.followup.send(view=await browsing.view(spotify, path, words))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Search(bot.accounts, bot.replies))
    bot.add_dynamic_items(*browsing.ITEMS, *adding.ITEMS)
