"""The buttons below an item: play, queue, save, add to a playlist, share, open."""

from __future__ import annotations

from discord.ext import commands

from bot.browse.pages import read_page
from bot.browse.paths import path_for_item
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.responses import Reply, defer, edit_reply, reply
from bot.library.playlists import resolve_addition, try_add_to_playlist, writable_playlists
from bot.player.actions import play_action
from bot.services import Services
from bot.spotify.uris import Uri
from bot.views import items, lists, playlists
from bot.views.item_buttons import ItemAction, ItemActionButton
from bot.views.outcome import outcome_reply
from bot.views.queue import queued_reply


class Items(commands.Cog):
    def __init__(self, services: Services) -> None:
        self.player = services.player
        self.preferences = services.store.preferences
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        self.writes = services.writes

    @on_component(ItemActionButton)
    async def act(self, interaction: Interaction, button: ItemActionButton) -> None:
        await defer(interaction)
        user_id, uri = interaction.user.id, button.uri
        match button.action:
            case ItemAction.PLAY:
                outcome = await self.player.perform(user_id, play_action(uri))
                await reply(interaction, outcome_reply(outcome))
            case ItemAction.QUEUE:
                await reply(interaction, queued_reply(await self.player.queue(user_id, str(uri))))
            case ItemAction.SAVE:
                await reply(interaction, await self._save(user_id, uri))
            case ItemAction.ADD:
                await reply(interaction, await self._add(user_id, uri))
            case ItemAction.SHARE:
                await self._share(interaction, uri)
            case ItemAction.OPEN:
                await reply(interaction, await self._open(interaction, uri))

    async def _save(self, user_id: int, uri: Uri) -> Reply:
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        await self.saved_items.save(spotify, user_id, uri)
        return Reply(view=items.saved_card([item]))

    async def _add(self, user_id: int, uri: Uri) -> Reply:
        """Add the item to the default playlist, or ask for one."""
        spotify = await self.sessions.session(user_id)
        item = await spotify.catalogue.item(uri)
        default = (await self.preferences.get(user_id)).playlist
        if default is not None:
            addition = await resolve_addition(spotify, item)
            if await try_add_to_playlist(spotify, default.id, addition):
                return Reply(view=playlists.added_card(item, addition, default))
        writable = await writable_playlists(spotify)
        return Reply(view=playlists.playlist_menu(item, writable, refused=default))

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

    async def _open(self, interaction: Interaction, uri: Uri) -> Reply:
        path = path_for_item(uri)
        open_session = self.sessions.session if path.personal else self.sessions.catalogue_session
        spotify = await open_session(interaction.user.id)
        page = await read_page(spotify, path)
        return Reply(view=lists.list_view(page, owner_name=interaction.user.display_name))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Items(bot.services))
