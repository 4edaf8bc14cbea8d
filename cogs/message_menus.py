"""The menus of messages (play, queue or save their links) and of users (what they are playing)."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Interaction, Tonearm
from bot.interactions.components import on_component
from bot.interactions.message_text import message_text
from bot.interactions.responses import Reply, defer, reply
from bot.player.actions import play_action
from bot.player.bulk_queue import plan_queue
from bot.player.message_links import links_in, resolve_links
from bot.services import Services
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, find_links
from bot.text.escape import safe
from bot.views import friends, items
from bot.views.message_menu import LinkSelect, MessageAction, link_menu
from bot.views.outcome import outcome_reply
from bot.views.queue import queued_reply

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

    async def play(self, interaction: Interaction, message: discord.Message) -> None:
        await self._handle(interaction, MessageAction.PLAY, message)

    async def queue(self, interaction: Interaction, message: discord.Message) -> None:
        await self._handle(interaction, MessageAction.QUEUE, message)

    async def save(self, interaction: Interaction, message: discord.Message) -> None:
        await self._handle(interaction, MessageAction.SAVE, message)

    async def friend_playback(self, interaction: Interaction, user: discord.User) -> None:
        """Private in any case, since it is about another user."""
        await defer(interaction)
        name = f"**{safe(user.display_name)}**"
        if user.bot:
            await reply(interaction, friends.IS_BOT)
        elif user.id == interaction.user.id:
            await reply(interaction, friends.OWN_PLAYBACK)
        else:
            state = await self.friends.now_playing(user.id, name)
            await reply(interaction, friends.friend_playback(name, state))

    @on_component(LinkSelect)
    async def select_links(self, interaction: Interaction, menu: LinkSelect) -> None:
        await defer(interaction)
        spotify = await self.sessions.session(interaction.user.id)
        resolved = await resolve_links(spotify, find_links("\n".join(menu.selected)))
        content = await self._perform(interaction.user.id, spotify, menu.action, resolved.items)
        await reply(interaction, content)

    async def _handle(
        self, interaction: Interaction, action: MessageAction, message: discord.Message
    ) -> None:
        """Act on what the message links to, or ask which of its links is meant."""
        await self.replies.defer(interaction)
        links = links_in(message_text(message))
        user_id = interaction.user.id
        spotify = await self.sessions.session(user_id)
        if action is not MessageAction.SAVE:
            spotify.require_player_quota()
        resolved = await resolve_links(spotify, links)
        found = resolved.items
        if action is MessageAction.QUEUE:
            found = [item for item in found if item.kind in QUEUEABLE_KINDS] or found
        if len(found) == 1 and not resolved.more:
            await reply(interaction, await self._perform(user_id, spotify, action, found))
        else:
            await reply(interaction, link_menu(action, found, resolved.more))

    async def _perform(
        self, user_id: int, spotify: Spotify, action: MessageAction, found: Sequence[Item]
    ) -> Reply:
        uris = [item.uri for item in found if item.uri is not None]
        match action:
            case MessageAction.PLAY:
                outcome = await self.player.perform(user_id, play_action(uris[0]), item=found[0])
                return outcome_reply(outcome)
            case MessageAction.QUEUE:
                request = plan_queue(found)
                if request.needs_confirmation:
                    return queued_reply(request)
                return outcome_reply(await self.player.queue_items(user_id, uris))
            case MessageAction.SAVE:
                await self.saved_items.save(spotify, user_id, *uris)
                return Reply(view=items.saved_card(found))


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(MessageMenus(bot.services, bot.tree))
