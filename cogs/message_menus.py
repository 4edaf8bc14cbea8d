"""The menus of messages (play, queue or save their links) and of users (what they are playing)."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.browse.pages import read_page
from bot.browse.paths import ListKind, ListPath
from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.message_text import message_text
from bot.interactions.responses import Reply, defer, defer_edit, edit_reply, reply
from bot.player.bulk_queue import QueueRequest, plan_queue
from bot.player.message_links import LinkedItem, items_of, links_in, resolve_links
from bot.player.outcome import Outcome
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.links import SearchLink, find_links
from bot.spotify.uris import Kind
from bot.text.escape import safe
from bot.text.library import titles
from bot.views import friends
from bot.views.lists import list_view
from bot.views.message_menu import LinkSelect, MessageAction, link_menu
from bot.views.outcome import outcome_line
from bot.views.queue_question import queued_reply
from bot.views.saved import SavedReport, report_line, report_reply
from bot.views.status_line import is_in_place, result_view

QUEUEABLE_KINDS: tuple[Kind, ...] = (Kind.TRACK, Kind.EPISODE, Kind.ALBUM, Kind.PLAYLIST)


class MessageMenus(commands.Cog):
    def __init__(self, services: Services, tree: app_commands.CommandTree[Tonearm]) -> None:
        self.friends = services.friends
        self.player = services.player
        self.replies = services.reply_visibility
        self.saved_items = services.saved_items
        self.sessions = services.sessions
        for name, callback in (
            ("Play on Spotify", self.play),
            ("Queue on Spotify", self.queue),
            ("Save on Spotify", self.save),
        ):
            tree.add_command(app_commands.ContextMenu(name=name, callback=callback))
        name = "What are they playing?"
        tree.add_command(app_commands.ContextMenu(name=name, callback=self.friend_playback))

    async def play(self, interaction: Interaction, _: discord.Message) -> None:
        await self._handle(interaction, MessageAction.PLAY)

    async def queue(self, interaction: Interaction, _: discord.Message) -> None:
        await self._handle(interaction, MessageAction.QUEUE)

    async def save(self, interaction: Interaction, _: discord.Message) -> None:
        await self._handle(interaction, MessageAction.SAVE)

    async def friend_playback(self, interaction: Interaction, user: discord.User) -> None:
        """Private in any case, since it is about another user."""
        await defer(interaction)
        name = f"**{safe(user.display_name)}**"
        if user.bot:
            await reply(interaction, friends.IS_BOT)
        elif user.id == interaction.user.id:
            await reply(interaction, friends.OWN_PLAYBACK)
        else:
            state = await self.friends.now_playing(user.id, name, asker=interaction.user.id)
            await reply(interaction, friends.friend_playback(user.id, name, state))

    @on_component(LinkSelect)
    async def select_links(self, interaction: Interaction, menu: LinkSelect) -> None:
        """Show the result below the menu, which stays for another choice."""
        in_place = is_in_place(interaction)
        await (defer_edit if in_place else defer)(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        resolved = await resolve_links(spotify, find_links("\n".join(menu.selected)))
        done = await self._perform(interaction.user.id, spotify, menu.action, resolved.found)
        if isinstance(done, QueueRequest):
            await reply(interaction, queued_reply(done))
            return
        line = outcome_line(done, named=True) if isinstance(done, Outcome) else report_line(done)
        view = result_view(interaction, line, in_place=in_place)
        await (edit_reply(interaction, view=view) if in_place else reply(interaction, view))

    async def _handle(self, interaction: Interaction, action: MessageAction) -> None:
        """Act on what the message links to, or ask which of its links is meant."""
        await self.replies.defer(interaction)
        links = links_in(message_text(interaction))
        user_id = interaction.user.id
        spotify = await self.sessions.session(user_id)
        if isinstance(links[0], SearchLink):
            await reply(interaction, await self._results(spotify, links[0]))
            return
        if action is not MessageAction.SAVE:
            spotify.require_player_quota()
        resolved = await resolve_links(spotify, links)
        found = resolved.found
        found = [linked for linked in found if _is_possible(action, linked)] or found
        if len(found) == 1 and not resolved.more:
            done = await self._perform(user_id, spotify, action, found)
            if isinstance(done, Outcome | QueueRequest):
                await reply(interaction, queued_reply(done))
            else:
                await reply(interaction, report_reply(done))
        else:
            await reply(interaction, link_menu(action, found, resolved.more))

    async def _results(self, spotify: Spotify, link: SearchLink) -> Reply:
        """Show the results of the linked search as a list."""
        path = ListPath(ListKind.SEARCH, link.kind or Kind.TRACK)
        page = await read_page(spotify, path, link.words)
        return Reply(view=list_view(page, link.words), private=True)

    async def _perform(
        self, user_id: int, spotify: Spotify, action: MessageAction, found: Sequence[LinkedItem]
    ) -> Outcome | QueueRequest | SavedReport:
        """The outcome; the question before queueing many; or what was saved."""
        if action is MessageAction.PLAY:
            first = found[0]
            return await self.player.perform(user_id, first.play_action, item=first.item)
        linked = items_of(found)
        uris = [item.require_uri() for item in linked]
        if action is MessageAction.SAVE:
            change = await self.saved_items.save(spotify, user_id, *uris, titles=titles(linked))
            return SavedReport(change, linked)
        request = await plan_queue(spotify, linked)
        if request.needs_confirmation:
            return request
        return await self.player.queue_items(user_id, uris)


def _is_possible(action: MessageAction, linked: LinkedItem) -> bool:
    """Whether the action is possible for the item. Liked songs can only be played."""
    if action is MessageAction.PLAY or linked.item is None:
        return action is MessageAction.PLAY
    return action is MessageAction.SAVE or linked.item.kind in QUEUEABLE_KINDS


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(MessageMenus(bot.services, bot.tree))
