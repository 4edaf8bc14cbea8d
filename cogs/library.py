"""/save, /unsave, /saved and /undo: the user's library."""

from __future__ import annotations

from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.autocomplete.limits import Choices
from bot.browse.pages import read_page
from bot.browse.paths import ListKind, ListPath
from bot.client import Interaction, Tonearm
from bot.errors.spotify import NotFound
from bot.interactions.responses import Reply, reply
from bot.player.savable import find_savable
from bot.services import Services
from bot.spotify.uris import Kind
from bot.text.escape import single_line
from bot.text.library import titles
from bot.views.imports import undo_question, undo_view
from bot.views.lists import list_reply
from bot.views.saved import SavedReport, report_reply, undone_reply

SavedKind = Literal["songs", "albums", "artists", "playlists", "shows", "episodes", "audiobooks"]
SAVED_KINDS: dict[str, Kind] = {"songs": Kind.TRACK} | {f"{kind}s": kind for kind in Kind}
# Characters of the words to find: a link in the list carries them, each up to 12 characters long.
MAX_FIND = 40


class Library(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.replies = services.reply_visibility
        self.autocomplete = services.autocomplete
        self.imports = services.imports
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        self.undo_log = services.undo_log

    @app_commands.command()
    @app_commands.describe(what="Links, several at once, or words. Leave empty for what’s playing")
    async def save(self, interaction: Interaction, what: str | None = None) -> None:
        """Save what’s playing, or anything else, to your library; follow artists and playlists."""
        await self._change(interaction, what, save=True)

    @app_commands.command()
    @app_commands.describe(what="Links, several at once, or words. Leave empty for what’s playing")
    async def unsave(self, interaction: Interaction, what: str | None = None) -> None:
        """Remove what’s playing, or anything else, from your library."""
        await self._change(interaction, what, save=False)

    async def _change(self, interaction: Interaction, what: str | None, *, save: bool) -> None:
        await self.replies.defer(interaction)
        user = interaction.user.id
        spotify = await self.sessions.session(user)
        found = await find_savable(spotify, what)
        items = list(found.items.values())
        write = self.saved_items.save if save else self.saved_items.remove
        change = await write(spotify, user, *found.uris, titles=titles(items), fresh=True)
        change.require(NotFound)
        report = SavedReport(change, items, save, found.unusable)
        await reply(interaction, report_reply(report))

    @save.autocomplete("what")
    async def complete_save(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.queueable(interaction, typed)

    @unsave.autocomplete("what")
    async def complete_unsave(self, interaction: Interaction, typed: str) -> Choices:
        return await self.autocomplete.unsavable(interaction, typed)

    @app_commands.command()
    @app_commands.describe(kind="Songs unless you choose", find="Words in the name or its artists")
    async def saved(
        self,
        interaction: Interaction,
        kind: SavedKind = "songs",
        find: app_commands.Range[str, 1, MAX_FIND] | None = None,
    ) -> None:
        """Look through your library: liked songs, albums, artists and more, newest first."""
        await self.replies.defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        words = single_line(find, MAX_FIND)
        if not words:
            spotify.forget_library()
        page = await read_page(spotify, ListPath(ListKind.SAVED, SAVED_KINDS[kind]), words)
        saved = page.uris if self.replies.is_reply_private(interaction) else ()
        owner = interaction.user.display_name
        await reply(interaction, list_reply(page, words, owner_name=owner, saved=saved))

    @saved.autocomplete("find")
    async def complete_find(self, interaction: Interaction, typed: str) -> Choices:
        kind = SAVED_KINDS.get(str(getattr(interaction.namespace, "kind", "")), Kind.TRACK)
        return await self.autocomplete.saved(interaction, kind, typed, MAX_FIND)

    @app_commands.command()
    async def undo(self, interaction: Interaction) -> None:
        """Undo your last change to your library or a playlist, or your last import."""
        await self.replies.defer(interaction)
        user = interaction.user.id
        change = self.undo_log.last(user)
        if change is None and (last := await self.imports.last(user)):
            question = undo_question(last)
            await reply(interaction, Reply(question, undo_view(last.id), private=True))
            return
        spotify = await self.sessions.session(user, background=bool(change and change.background))
        _, undone = await self.undo_log.undo(user, spotify)
        await reply(interaction, undone_reply(undone))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Library(bot.services))
