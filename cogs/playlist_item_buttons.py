"""The menus and buttons for adding to a playlist and removing from it."""

from __future__ import annotations

from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import defer, defer_edit, edit_reply, open_form, reply
from bot.library.playlist_items import Duplicates
from bot.library.playlist_lookup import MAX_PAGES
from bot.library.playlists import resolve_addition, writable_playlists
from bot.player.resolve import Resolved
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.uris import Uri
from bot.views import playlist_items, playlist_removals, playlist_targets, playlists
from bot.views.playlist_items import Answer
from bot.views.playlist_targets import Place
from bot.views.progress import show_progress
from bot.views.queue_question import listed_uris
from bot.views.status_line import is_in_place, result_view, with_status


class PlaylistItemButtons(commands.Cog):
    """The questions are private, so that only the user who was asked can answer."""

    def __init__(self, services: Services) -> None:
        self.items = services.playlist_items
        self.sessions = services.sessions

    @on_component(playlists.PlaylistSelect)
    async def add(self, interaction: Interaction, menu: playlists.PlaylistSelect) -> None:
        await defer_edit(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(menu.uri)
        addition = await resolve_addition(spotify, item)
        await self.items.append(interaction.user.id, spotify, menu.playlist, addition)
        note = playlists.added_note(addition, menu.playlist)
        another = playlists.AddToAnotherButton(item.kind, item.require_uri().id)
        await edit_reply(interaction, view=with_status(interaction.message, note, another))

    @on_component(playlists.AddToAnotherButton)
    async def ask(self, interaction: Interaction, button: playlists.AddToAnotherButton) -> None:
        in_place = is_in_place(interaction, names_playlists=True)
        await (defer_edit if in_place else defer)(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(button.uri)
        line, menu = playlists.playlist_question(item, await writable_playlists(spotify))
        view = result_view(interaction, line, menu, in_place=in_place, item=item)
        await (edit_reply(interaction, view=view) if in_place else reply(interaction, view))

    @on_component(playlist_targets.FindButton)
    async def open_find(
        self, interaction: Interaction, button: playlist_targets.FindButton
    ) -> None:
        await open_form(interaction, playlist_targets.FindForm(button.place))

    @on_component(playlist_targets.FindForm)
    async def find(self, interaction: Interaction, form: playlist_targets.FindForm) -> None:
        await defer_edit(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        resolved = await self._listed(interaction, spotify)
        own = await writable_playlists(spotify, pages=MAX_PAGES)
        question = playlist_targets.target_question(resolved, own, form.place, words=form.words)
        await edit_reply(interaction, view=question.view)

    @on_component(playlist_targets.TargetSelect)
    async def choose(self, interaction: Interaction, menu: playlist_targets.TargetSelect) -> None:
        await self._add(interaction, menu.playlist, menu.place, Duplicates.ASK)

    @on_component(playlist_items.AnswerButton)
    async def answer(self, interaction: Interaction, button: playlist_items.AnswerButton) -> None:
        if button.answer is Answer.CANCEL:
            await defer_edit(interaction)
            await edit_reply(interaction, view=playlist_items.cancelled_card())
            return
        await self._add(interaction, button.playlist, button.place, button.answer.duplicates)

    async def _listed(self, interaction: Interaction, spotify: Spotify) -> Resolved:
        """What the message links to."""
        uris = listed_uris(interaction.message)
        return Resolved([await spotify.catalogue.item(uri) for uri in uris])

    async def _add(
        self, interaction: Interaction, playlist: Uri, place: Place, duplicates: Duplicates
    ) -> None:
        """Add what the message links to."""
        await defer_edit(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        resolved = await self._listed(interaction, spotify)
        async with show_progress(interaction) as progress:
            wanted, result = await self.items.add_items(
                interaction.user.id,
                playlist,
                resolved.items,
                at_top=place is Place.TOP,
                duplicates=duplicates,
                progress=progress,
            )
        done = playlist_items.added_reply(result, resolved, wanted, place)
        await edit_reply(interaction, view=done.view)

    @on_component(playlist_removals.RemoveSelect)
    async def remove(self, interaction: Interaction, menu: playlist_removals.RemoveSelect) -> None:
        await defer_edit(interaction)
        async with show_progress(interaction) as progress:
            removed = await self.items.remove(
                interaction.user.id, menu.playlist, menu.uris, progress
            )
        await edit_reply(interaction, view=playlist_removals.removed_card(removed))

    @on_component(playlist_removals.TidySelect)
    async def tidy(self, interaction: Interaction, menu: playlist_removals.TidySelect) -> None:
        await self._tidy(interaction, menu.playlist, menu.uris)

    @on_component(playlist_removals.TidyAllButton)
    async def tidy_all(
        self, interaction: Interaction, button: playlist_removals.TidyAllButton
    ) -> None:
        await self._tidy(interaction, button.playlist, None)

    async def _tidy(
        self, interaction: Interaction, playlist: Uri, uris: frozenset[str] | None
    ) -> None:
        await defer_edit(interaction)
        async with show_progress(interaction) as progress:
            removed, left = await self.items.tidy(interaction.user.id, playlist, uris, progress)
        await edit_reply(interaction, view=playlist_removals.tidy_card(left, removed))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(PlaylistItemButtons(bot.services))
