"""What is done with the links of a message: at once with one, from a menu where there are more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, Self

import discord
from discord import ui

from bot import queue
from bot.remote.deeds import playing
from bot.remote.linked import MOST, linked, links_in
from bot.remote.several import heap
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.uris import Kind, Uri, find
from bot.ui import cards, choices, replies
from bot.ui.answer import answer, defer
from bot.ui.items import saved
from bot.ui.lasting import Lasting
from bot.ui.messages import texts_of

Interaction = discord.Interaction[Any]
Verb = Literal["play", "queue", "save"]

_QUEUED: tuple[Kind, ...] = ("track", "episode", "album", "playlist")


async def begin(interaction: Interaction, verb: Verb, message: discord.Message) -> None:
    """Do it with what the message links to, or ask with which of it. Raises Faults."""
    await interaction.client.replies.begin(interaction)
    links = links_in(texts_of(message))
    spotify = await interaction.client.accounts.session(interaction.user.id)
    if verb != "save":
        spotify.check_commands()
    found = await linked(spotify, links)
    items = found.items
    if verb == "queue":
        items = [item for item in items if item.kind in _QUEUED] or items
    if len(items) == 1 and not found.more:
        await _carry_out(interaction, spotify, verb, items)
    else:
        view = ui.View(timeout=None)
        view.add_item(Pick(verb, [choices.option(item) for item in items]))
        await answer(interaction, _asks(verb, found.more), view=view)


def _asks(verb: Verb, more: int) -> str:
    there = "There is more than one Spotify link in that message."
    if more:
        there = f"There are {MOST + more} Spotify links in that message; here are the first {MOST}."
    return f"{there} Choose {'one' if verb == 'play' else 'one or more'} to {verb}."


class Pick(Lasting[ui.Select[Any]], template=r"menu:(?P<verb>play|queue|save)"):
    """Does it with what is chosen among a message's links. All it knows is in its own message."""

    def __init__(self, verb: Verb, options: list[discord.SelectOption]) -> None:
        self.verb = verb
        most = 1 if verb == "play" else len(options)
        super().__init__(ui.Select(custom_id=f"menu:{verb}", options=options, max_values=most))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        verbs: tuple[Verb, ...] = ("play", "queue", "save")
        return cls(next(verb for verb in verbs if verb == match["verb"]), item.options)

    async def pressed(self, interaction: Interaction) -> None:
        await defer(interaction)
        chosen = [one.value for one in self.item.options if one.value in self.item.values]
        spotify = await interaction.client.accounts.session(interaction.user.id)
        found = await linked(spotify, find("\n".join(chosen)))
        await _carry_out(interaction, spotify, self.verb, found.items)


async def _carry_out(
    interaction: Interaction, spotify: Spotify, verb: Verb, items: Sequence[Item]
) -> None:
    remote, user = interaction.client.remote, interaction.user.id
    uris = _uris(items)
    match verb:
        case "play":
            done = await remote.do(user, playing(uris[0]), item=items[0])
            await interaction.followup.send(**replies.done(done))
        case "queue" if (much := heap(items)).asks:
            await answer(interaction, view=queue.question(much, now=False))
        case "queue":
            done = await remote.queue_these(user, uris)
            await interaction.followup.send(**replies.done(done))
        case "save":
            await spotify.library.save(*uris)
            interaction.client.panels.saved(interaction.user.id, *uris)
            await interaction.followup.send(view=_saved(items))


def _uris(items: Sequence[Item]) -> list[Uri]:
    return [item.uri for item in items if item.uri is not None]


def _saved(items: Sequence[Item]) -> ui.LayoutView:
    if len(items) == 1:
        return cards.card(items[0], heading=f"-# {saved(items[0].kind)}")
    lines = [f"- {cards.title(item)} · {cards.byline(item)}" for item in items]
    return cards.alone("\n".join(["### Saved", *lines, "-# On Spotify"]))
