"""/search: a list of songs, with a picker to play, queue or save one of them."""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot import playing
from bot.accounts import Accounts
from bot.client import Interaction, Tonearm
from bot.spotify.models import Track
from bot.spotify.uris import Uri
from bot.ui import cards
from bot.ui.lasting import Lasting
from bot.ui.text import safe


class Search(commands.Cog):
    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts

    @app_commands.command()
    @app_commands.describe(query="What to look for: a song, an artist, or both")
    async def search(self, interaction: Interaction, query: str) -> None:
        """Search Spotify for songs, then play, queue, save or share one."""
        await interaction.response.defer(ephemeral=True)
        spotify = await self.accounts.reader(interaction.user.id)
        tracks = await playing.search(spotify, query)
        options = [cards.option(track) for track in tracks]
        await interaction.followup.send(view=page(cards.results(query, tracks), options, tracks[0]))


def page(found: str, options: list[discord.SelectOption], chosen: Track) -> ui.LayoutView:
    """The list that was found, with one of its tracks chosen."""
    for option in options:
        option.default = option.value == chosen.id
    picker: cards.Row = ui.ActionRow(Picker(options))
    track_id = chosen.id or ""
    buttons: cards.Row = ui.ActionRow(*_actions(track_id), Share(track_id))
    return cards.card(chosen, picker, buttons, above=found)


class Picker(Lasting[ui.Select[Any]], template=r"results:pick"):
    """Chooses another track of the list. All it knows is in its message: it survives restarts."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(ui.Select(custom_id="results:pick", options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(item.options)

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        spotify = await interaction.client.accounts.reader(interaction.user.id)
        track = await spotify.catalogue.item(Uri("track", self.item.values[0]))
        assert isinstance(track, Track)
        view = page(cards.list_of(interaction.message), self.item.options, track)
        await interaction.edit_original_response(view=view)


VERBS = {
    "play": ("Play", discord.ButtonStyle.success, "Playing"),
    "queue": ("Queue", discord.ButtonStyle.secondary, "Queued"),
    "save": ("Save", discord.ButtonStyle.secondary, "Saved to your liked songs"),
}


class Action(
    Lasting[ui.Button[Any]],
    template=r"track:(?P<verb>play|queue|save):(?P<track_id>[0-9A-Za-z]{22})",
):
    """Does one thing with one track, for whoever presses it."""

    def __init__(self, verb: str, track_id: str) -> None:
        label, style, self.done = VERBS[verb]
        self.verb = verb
        self.uri = Uri("track", track_id)
        custom_id = f"track:{verb}:{track_id}"
        super().__init__(ui.Button(label=label, style=style, custom_id=custom_id))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        spotify = await interaction.client.accounts.session(interaction.user.id)
        track = await spotify.catalogue.item(self.uri)
        assert isinstance(track, Track)
        match self.verb:
            case "play":
                await playing.play(spotify, track)
            case "queue":
                await playing.queue(spotify, self.uri)
            case "save":
                await spotify.library.save(self.uri)
        await interaction.followup.send(view=cards.card(track, heading=f"-# {self.done}"))


class Share(Lasting[ui.Button[Any]], template=r"share:(?P<track_id>[0-9A-Za-z]{22})"):
    """Shows a track to everybody in the channel, who can then play, queue or save it themselves."""

    def __init__(self, track_id: str) -> None:
        self.uri = Uri("track", track_id)
        super().__init__(ui.Button(label="Share", custom_id=f"share:{track_id}"))

    async def pressed(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        spotify = await interaction.client.accounts.reader(interaction.user.id)
        track = await spotify.catalogue.item(self.uri)
        buttons: cards.Row = ui.ActionRow(*_actions(self.uri.id))
        who = f"-# {safe(interaction.user.display_name)} shared a song"
        # The first message takes the place of the deferred one, and is as private as that.
        await interaction.followup.send("Shared with everybody here.")
        await interaction.followup.send(view=cards.card(track, buttons, heading=who))


def _actions(track_id: str) -> list[Action]:
    return [Action(verb, track_id) for verb in VERBS]


async def setup(bot: Tonearm) -> None:
    await bot.add_cog(Search(bot.accounts))
    bot.add_dynamic_items(Picker, Action, Share)
