"""What is done with the links of a message: at once with one, from a menu where there are more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, Self

import discord
from discord import ui

from bot.interactions.message_text import message_text
from bot.interactions.persistent import PersistentItem
from bot.interactions.responses import defer, reply_privately
from bot.player.actions import play_action
from bot.player.bulk_queue import plan_queue
from bot.player.message_links import MAX_LINKS, links_in, resolve_links
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, Uri, find_links
from bot.text import choices
from bot.text.items import byline, title
from bot.views import cards, outcome, queue_buttons
from bot.views.item_buttons import saved_message

Interaction = discord.Interaction[Any]
MenuVerb = Literal["play", "queue", "save"]

_QUEUEABLE_KINDS: tuple[Kind, ...] = ("track", "episode", "album", "playlist")


async def handle_message(
    interaction: Interaction, verb: MenuVerb, message: discord.Message
) -> None:
    """Do it with what the message links to, or ask with which of it. Raises Faults."""
    await interaction.client.reply_visibility.defer(interaction)
    links = links_in(message_text(message))
    spotify = await interaction.client.sessions.session(interaction.user.id)
    if verb != "save":
        spotify.require_player_quota()
    found = await resolve_links(spotify, links)
    items = found.items
    if verb == "queue":
        items = [item for item in items if item.kind in _QUEUEABLE_KINDS] or items
    if len(items) == 1 and not found.more:
        await _perform(interaction, spotify, verb, items)
    else:
        view = ui.View(timeout=None)
        view.add_item(LinkSelect(verb, [choices.select_option(item) for item in items]))
        await reply_privately(interaction, _question(verb, found.more), view=view)


def _question(verb: MenuVerb, more: int) -> str:
    there = "There is more than one Spotify link in that message."
    if more:
        there = (
            f"There are {MAX_LINKS + more} Spotify links in that message; "
            f"here are the first {MAX_LINKS}."
        )
    return f"{there} Choose {'one' if verb == 'play' else 'one or more'} to {verb}."


class LinkSelect(PersistentItem[ui.Select[Any]], template=r"menu:(?P<verb>play|queue|save)"):
    """Does it with what is chosen among a message's links. All it knows is in its own message."""

    def __init__(self, verb: MenuVerb, options: list[discord.SelectOption]) -> None:
        self.verb = verb
        most = 1 if verb == "play" else len(options)
        super().__init__(ui.Select(custom_id=f"menu:{verb}", options=options, max_values=most))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        verbs: tuple[MenuVerb, ...] = ("play", "queue", "save")
        return cls(next(verb for verb in verbs if verb == match["verb"]), item.options)

    async def on_press(self, interaction: Interaction) -> None:
        await defer(interaction)
        chosen = [one.value for one in self.item.options if one.value in self.item.values]
        spotify = await interaction.client.sessions.session(interaction.user.id)
        found = await resolve_links(spotify, find_links("\n".join(chosen)))
        await _perform(interaction, spotify, self.verb, found.items)


async def _perform(
    interaction: Interaction, spotify: Spotify, verb: MenuVerb, items: Sequence[Item]
) -> None:
    player, user = interaction.client.player, interaction.user.id
    uris = _uris(items)
    match verb:
        case "play":
            done = await player.perform(user, play_action(uris[0]), item=items[0])
            await interaction.followup.send(**outcome.outcome_reply(done))
        case "queue" if (much := plan_queue(items)).needs_confirmation:
            await reply_privately(interaction, view=queue_buttons.queue_question(much, now=False))
        case "queue":
            done = await player.queue_items(user, uris)
            await interaction.followup.send(**outcome.outcome_reply(done))
        case "save":
            await spotify.library.save(*uris)
            interaction.client.panels.saved(interaction.user.id, *uris)
            await interaction.followup.send(view=_saved(items))


def _uris(items: Sequence[Item]) -> list[Uri]:
    return [item.uri for item in items if item.uri is not None]


def _saved(items: Sequence[Item]) -> ui.LayoutView:
    if len(items) == 1:
        return cards.card(items[0], heading=f"-# {saved_message(items[0].kind)}")
    lines = [f"- {title(item)} · {byline(item)}" for item in items]
    return cards.list_card("\n".join(["### Saved", *lines, "-# On Spotify"]))
