"""The buttons below an item: play, queue, save, add to a playlist, share, open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from discord import ui
from discord.ext import commands

from bot.browse.pages import read_page
from bot.browse.paths import path_for_item
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import (
    Reply,
    defer,
    defer_edit,
    edit_reply,
    is_own_message,
    reply,
)
from bot.library.playlists import resolve_addition, try_add_to_playlist, writable_playlists
from bot.library.saved_items import saved_among
from bot.player.actions import play_action
from bot.player.outcome import Outcome
from bot.services import Services
from bot.spotify.uris import Uri
from bot.views import items, lists, playlists
from bot.views.item_buttons import ItemAction, ItemActionButton, saved_message, unsaved_message
from bot.views.outcome import outcome_line, outcome_reply
from bot.views.queue import queued_reply


@dataclass(frozen=True)
class _Done:
    """The result of an action: as a reply, and as a line with buttons; empty for a question.

    saved  whether the item is saved now; None if that has not changed
    """

    reply: Reply
    line: str = ""
    buttons: tuple[ui.Item[Any], ...] = ()
    saved: bool | None = None


class Items(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.player = services.player
        self.preferences = services.store.preferences
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        self.writes = services.writes

    @on_component(ItemActionButton)
    async def act(self, interaction: Interaction, button: ItemActionButton) -> None:
        """Show the result in the list, or in a reply if the message is no list."""
        if button.action in (ItemAction.SHARE, ItemAction.OPEN):
            await defer(interaction)
            show = self._share if button.action == ItemAction.SHARE else self._open
            await show(interaction, button.uri)
            return
        message = interaction.message
        in_place = is_own_message(interaction) and lists.is_list(message)
        await (defer_edit if in_place else defer)(interaction)
        done = await self._perform(interaction.user.id, button)
        if in_place and message is not None and done.line:
            view = lists.with_status(
                message,
                done.line,
                *done.buttons,
                uri=button.uri,
                saved=done.saved if message.flags.ephemeral else None,
            )
            await edit_reply(interaction, view=view)
        else:
            await reply(interaction, replace(done.reply, private=in_place or done.reply.private))

    async def _perform(self, user_id: int, button: ItemActionButton) -> _Done:
        uri = button.uri
        match button.action:
            case ItemAction.PLAY:
                outcome = await self.player.perform(user_id, play_action(uri))
                return _Done(outcome_reply(outcome), outcome_line(outcome))
            case ItemAction.QUEUE:
                queued = await self.player.queue(user_id, str(uri))
                line = outcome_line(queued) if isinstance(queued, Outcome) else ""
                return _Done(queued_reply(queued), line)
            case ItemAction.SAVE:
                return await self._save(user_id, uri)
            case ItemAction.UNSAVE:
                return await self._unsave(user_id, uri)
        return await self._add(user_id, uri)

    async def _save(self, user_id: int, uri: Uri) -> _Done:
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        await self.saved_items.save(spotify, user_id, uri)
        return _Done(Reply(view=items.saved_card([item])), saved_message(uri.kind), saved=True)

    async def _unsave(self, user_id: int, uri: Uri) -> _Done:
        spotify = await self.sessions.session(user_id)
        await self.saved_items.remove(spotify, user_id, uri)
        message = unsaved_message(uri.kind)
        return _Done(Reply(f"{message}."), message, saved=False)

    async def _add(self, user_id: int, uri: Uri) -> _Done:
        """Add the item to the default playlist, or ask for one."""
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        default = (await self.preferences.get(user_id)).playlist
        if default is not None:
            addition = await resolve_addition(spotify, item)
            if await try_add_to_playlist(spotify, default.id, addition):
                another = playlists.AddToAnotherButton(uri.kind, uri.id)
                return _Done(
                    Reply(view=playlists.added_card(item, addition, default)),
                    playlists.added_note(addition, default),
                    (another,),
                )
        writable = await writable_playlists(spotify)
        return _Done(Reply(view=playlists.playlist_menu(item, writable, refused=default)))

    async def _share(self, interaction: Interaction, uri: Uri) -> None:
        spotify = await self.sessions.catalogue_session(interaction.user.id)
        item = await spotify.catalogue.item(uri)
        # The first message replaces the deferred reply, and is as private as that.
        await edit_reply(interaction, items.SHARING)
        card = items.shared_card(item, interaction.user.display_name)
        with self.writes.track(interaction.user.id):
            sent = await reply(interaction, card)
        # If the app may not speak in the channel, Discord shows the card to this user alone.
        text = items.NOT_SHARED if sent.flags.ephemeral else items.SHARED
        await edit_reply(interaction, text)

    async def _open(self, interaction: Interaction, uri: Uri) -> None:
        path = path_for_item(uri)
        open_session = self.sessions.session if path.personal else self.sessions.catalogue_session
        spotify = await open_session(interaction.user.id)
        page = await read_page(spotify, path)
        saved = await saved_among(spotify, page.uris)
        name = interaction.user.display_name
        await reply(interaction, lists.list_view(page, owner_name=name, saved=saved))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Items(bot.services))
