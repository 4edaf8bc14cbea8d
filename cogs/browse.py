"""/search: a list of what Spotify finds, to look through and to act on."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot import browse
from bot.accounts.sessions import Sessions
from bot.autocomplete import options
from bot.client import Interaction, Tonearm
from bot.interactions.reply_visibility import ReplyVisibility
from bot.spotify.uris import Kind
from bot.views import lists as browsing
from bot.views import playlists

SEARCH_KINDS: dict[str, Kind] = {
    "tracks": "track",
    "albums": "album",
    "artists": "artist",
    "playlists": "playlist",
    "shows": "show",
    "episodes": "episode",
    "audiobooks": "audiobook",
}


class Browse(commands.Cog):
    def __init__(self, accounts: Sessions, replies: ReplyVisibility) -> None:
        self.accounts = accounts
        self.replies = replies

    @app_commands.command()
    @app_commands.describe(
        query="What to look for: words, or a Spotify link", type="Songs, unless you choose"
    )
    @app_commands.autocomplete(query=options.query)
    async def search(
        self,
        interaction: Interaction,
        query: str,
        type: Literal[  # noqa: A002
            "tracks", "albums", "artists", "playlists", "shows", "episodes", "audiobooks"
        ] = "tracks",
    ) -> None:
        """Search Spotify, look through what it finds, and play, queue, save or share it."""
        await self.replies.defer(interaction)
        spotify = await self.accounts.catalogue_session(interaction.user.id)
        path, words = await browse.path_for_query(spotify, query, SEARCH_KINDS[type])
        interaction.client.autocomplete.history.add_search(interaction.user.id, query)
        await interaction.followup.send(view=await browsing.list_view(spotify, path, words))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Browse(bot.sessions, bot.reply_visibility))
    bot.add_dynamic_items(*browsing.ITEMS, *playlists.ITEMS)
