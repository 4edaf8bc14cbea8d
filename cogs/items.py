"""The buttons below an item: play, queue, save, add to a playlist, share, open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from discord import ui
from discord.ext import commands

from bot.browse.pages import read_page
from bot.browse.paths import path_for_item
from bot.client import Interaction, Tonearm
from bot.errors.spotify import NotFound
from bot.interactions.components import on_component
from bot.interactions.in_flight import is_overtaken
from bot.interactions.responses import Reply, defer, defer_edit, edit_reply, reply
from bot.library.playlists import resolve_addition, writable_playlists
from bot.library.saved_items import saved_on
from bot.player.actions import play_action
from bot.player.outcome import Outcome
from bot.services import Services
from bot.spotify.catalogue import Item
from bot.spotify.uris import Uri
from bot.text.library import titles
from bot.views import items, lists, playlists, saved
from bot.views.item_buttons import ItemAction, ItemActionButton
from bot.views.outcome import outcome_line
from bot.views.queue_question import queued_reply
from bot.views.status_line import is_in_place, result_view, short_answer


@dataclass(frozen=True)
class _Done:
    """The result of an action: a line, and buttons for what may follow.

    item      that the action was about, if it was read
    saved     whether it is saved now; None if that has not changed
    question  a private reply, instead of the line
    """

    line: str = ""
    buttons: tuple[ui.Item[Any], ...] = ()
    item: Item | None = None
    saved: bool | None = None
    question: Reply | None = None


class Items(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.player = services.player
        self.preferences = services.store.preferences
        self.playlist_items = services.playlist_items
        self.recent_changes = services.recent_changes
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        self.writes = services.writes

    @on_component(ItemActionButton)
    async def act(self, interaction: Interaction, button: ItemActionButton) -> None:
        """Show the result in the message, or in a reply if the message is not to change."""
        if button.action == ItemAction.OPEN:
            await self._open(interaction, button.uri)
            return
        adds = button.action == ItemAction.ADD
        in_place = is_in_place(interaction, names_playlists=adds)
        await (defer_edit if in_place else defer)(interaction)
        if button.action == ItemAction.SHARE:
            done = await self._share(interaction, button.uri, in_place=in_place)
        else:
            done = await self._perform(interaction.user.id, button)
        if in_place and is_overtaken(interaction):
            card = short_answer(done.line, *done.buttons, item=done.item)
            done = replace(done, question=done.question or Reply(view=card))
        if done.question:
            await reply(interaction, replace(done.question, private=True))
            return
        head = lists.head_title(interaction.message, button.uri) if in_place else ""
        line = f"{head} · {done.line}" if head else done.line
        view = result_view(interaction, line, *done.buttons, in_place=in_place, item=done.item)
        is_private = interaction.message is not None and interaction.message.flags.ephemeral
        if in_place:
            lists.show_changes(view, interaction.message, self.recent_changes)
        if done.saved is not None and is_private:
            lists.show_saved(view, button.uri, saved=done.saved)
        if in_place or button.action == ItemAction.SHARE:
            await edit_reply(interaction, view=view)
        else:
            await reply(interaction, view)

    async def _perform(self, user_id: int, button: ItemActionButton) -> _Done:
        uri = button.uri
        match button.action:
            case ItemAction.PLAY:
                outcome = await self.player.perform(user_id, play_action(uri))
                return _Done(outcome_line(outcome), item=outcome.item)
            case ItemAction.QUEUE:
                queued = await self.player.queue(user_id, str(uri))
                if isinstance(queued, Outcome):
                    return _Done(outcome_line(queued), item=queued.item)
                return _Done(question=queued_reply(queued))
            case ItemAction.ADD:
                return await self._add(user_id, uri)
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        save = button.action == ItemAction.SAVE
        write = self.saved_items.save if save else self.saved_items.remove
        change = await write(spotify, user_id, uri, titles=titles([item]))
        change.require(NotFound)
        return _Done(saved.item_line(uri, change, saved=save), item=item, saved=save)

    async def _add(self, user_id: int, uri: Uri) -> _Done:
        """Add the item to the default playlist, or ask for one."""
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        default = (await self.preferences.get(user_id)).playlist
        if default is not None:
            addition = await resolve_addition(spotify, item)
            if await self.playlist_items.try_append(user_id, spotify, default, addition):
                another = playlists.AddToAnotherButton(uri.kind, uri.id)
                return _Done(playlists.added_note(addition, default), (another,), item)
        writable = await writable_playlists(spotify)
        question, menu = playlists.playlist_question(item, writable, refused=default)
        return _Done(question, (menu,), item)

    async def _share(self, interaction: Interaction, uri: Uri, *, in_place: bool) -> _Done:
        spotify = await self.sessions.catalogue_session(interaction.user.id)
        item = await spotify.catalogue.item(uri)
        if not in_place:
            # The first message replaces the deferred reply, and is as private as that.
            await edit_reply(interaction, view=short_answer(items.SHARING, item=item))
        card = items.shared_card(item, interaction.user.display_name)
        with self.writes.track(interaction.user.id):
            sent = await reply(interaction, card)
        # If the app may not speak in the channel, Discord shows the card to this user alone.
        return _Done(items.NOT_SHARED if sent.flags.ephemeral else items.SHARED, item=item)

    async def _open(self, interaction: Interaction, uri: Uri) -> None:
        await defer(interaction)
        path = path_for_item(uri)
        open_session = self.sessions.session if path.personal else self.sessions.catalogue_session
        spotify = await open_session(interaction.user.id)
        page = await read_page(spotify, path)
        saved = await saved_on(spotify, page)
        name = interaction.user.display_name
        await reply(interaction, lists.list_view(page, owner_name=name, saved=saved))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Items(bot.services))
