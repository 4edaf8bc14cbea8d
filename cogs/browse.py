"""/search, /recent and /top, and the menu and buttons of the lists that they show."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.browse.pages import ListPage, read_page
from bot.browse.paths import ListKind, ListPath, path_for_query
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer_in_place, is_own_message, reply, reply_in_place
from bot.library.saved_items import saved_on
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.uris import Kind, Uri
from bot.views import list_text, lists
from bot.views.list_navigation import NavigateButton

Period = Literal["last 4 weeks", "last 6 months", "last year"]

SEARCH_KINDS: dict[str, Kind] = {
    "tracks": Kind.TRACK,
    "albums": Kind.ALBUM,
    "artists": Kind.ARTIST,
    "playlists": Kind.PLAYLIST,
    "shows": Kind.SHOW,
    "episodes": Kind.EPISODE,
    "audiobooks": Kind.AUDIOBOOK,
}
TOP_KINDS = {"songs": "track", "artists": "artist"}
TOP_RANGES: dict[Period, str] = {
    "last 4 weeks": "short",
    "last 6 months": "medium",
    "last year": "long",
}


class Browse(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.autocomplete = services.autocomplete
        self.replies = services.reply_visibility
        self.recent_changes = services.recent_changes
        self.sessions = services.sessions

    @app_commands.command()
    @app_commands.describe(
        query="A name, words, or a Spotify link", type="What to search for (songs by default)"
    )
    async def search(
        self,
        interaction: Interaction,
        query: str,
        type: Literal[  # noqa: A002
            "tracks", "albums", "artists", "playlists", "shows", "episodes", "audiobooks"
        ] = "tracks",
    ) -> None:
        """Search Spotify, then play, queue, save or share what you find."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.catalogue_session(interaction.user.id)
        path, words = await path_for_query(spotify, query, SEARCH_KINDS[type])
        self.autocomplete.history.add_search(interaction.user.id, query)
        page = await read_page(spotify, path, words)
        saved = await self._saved(interaction, spotify, page)
        await reply(interaction, lists.list_reply(page, words, saved=saved))

    @search.autocomplete("query")
    async def complete_query(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.query(interaction, typed)

    @app_commands.command()
    async def recent(self, interaction: Interaction) -> None:
        """Show what you played recently."""
        await self._list(interaction, ListPath(ListKind.RECENT))

    @app_commands.command()
    @app_commands.describe(kind="Songs or artists", range="Period")
    async def top(
        self,
        interaction: Interaction,
        kind: Literal["songs", "artists"] = "songs",
        range: Period = "last 6 months",  # noqa: A002
    ) -> None:
        """Show the songs or artists you play most."""
        path = ListPath(ListKind.TOP, f"{TOP_KINDS[kind]}.{TOP_RANGES[range]}")
        await self._list(interaction, path)

    async def _list(self, interaction: Interaction, path: ListPath) -> None:
        await self.replies.defer(interaction)
        page, saved = await self._read(interaction, path)
        name = interaction.user.display_name
        await reply(interaction, lists.list_reply(page, owner_name=name, saved=saved))

    @on_component(lists.ItemSelect)
    async def select_item(self, interaction: Interaction, menu: lists.ItemSelect) -> None:
        await defer_in_place(interaction)
        spotify = await self.sessions.catalogue_session(interaction.user.id)
        item = await spotify.catalogue.item(list_text.parse_option(menu.value))
        message = lists.ListMessage.from_message(menu, interaction.message)
        if not is_own_message(interaction):
            message = message.for_other_user()
        view = lists.render(message, item, menu.value)
        lists.show_changes(view, interaction.message, self.recent_changes)
        await reply_in_place(interaction, view)

    @on_component(NavigateButton)
    async def navigate(self, interaction: Interaction, button: NavigateButton) -> None:
        await defer_in_place(interaction)
        path, note = button.path, ""
        if not is_own_message(interaction):
            path, note = path.for_other_user(), lists.visitor_note(path, interaction.message)
        query = lists.query_of(interaction.message)
        selected = lists.opened_item_id(interaction.message, path)
        page, saved = await self._read(interaction, path, query)
        name = interaction.user.display_name
        view = lists.list_view(
            page, query, selected=selected, owner_name=name, note=note, saved=saved
        )
        await reply_in_place(interaction, view)

    async def _read(
        self, interaction: Interaction, path: ListPath, query: str = ""
    ) -> tuple[ListPage, Collection[Uri]]:
        """The page, and what of it is saved."""
        open_session = self.sessions.session if path.personal else self.sessions.catalogue_session
        spotify = await open_session(interaction.user.id)
        page = await read_page(spotify, path, query)
        return page, await self._saved(interaction, spotify, page)

    async def _saved(
        self, interaction: Interaction, spotify: Spotify, page: ListPage
    ) -> Collection[Uri]:
        """The saved items; empty for a public reply, whose buttons act for other users, too."""
        if not self.replies.is_reply_private(interaction):
            return ()
        return await saved_on(spotify, page)


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Browse(bot.services))
