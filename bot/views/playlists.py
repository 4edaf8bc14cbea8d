"""Adding to a playlist: to one's default at once, or to one that is chosen from a menu."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from bot.errors.content import NothingFound
from bot.errors.spotify import NotFound, NotPermitted, OutcomeUnknown
from bot.interactions.persistent import PersistentItem
from bot.library.defaults import can_add_to
from bot.spotify import Spotify
from bot.spotify.catalogue import Item
from bot.spotify.models import Playlist
from bot.spotify.paging import PAGE_SIZE
from bot.spotify.uris import Kind, Uri
from bot.store import SavedDefault
from bot.text.escape import safe, single_line
from bot.views import cards

Interaction = discord.Interaction[Any]

# What can be added; of an album its first SONGS, which is one call.
KINDS: tuple[Kind, ...] = ("track", "episode", "album")
MAX_ALBUM_SONGS = 50
# How many options a menu can have.
MAX_OPTIONS = 25

_ITEM = rf"(?P<kind>{'|'.join(KINDS)}):(?P<item_id>[0-9A-Za-z]{{22}})"

_NO_PLAYLIST = "You have no playlist to add to. Make one in Spotify, then try again."
_NO_SONGS = "Spotify shows no songs on that album, so nothing was added."
_OUTCOME_UNKNOWN = (
    "Spotify did not say whether that was added. Look at the playlist in Spotify before you "
    "repeat it: it would be there twice."
)


async def add_or_ask(interaction: Interaction, uri: Uri) -> None:
    """Answer a deferred press: add it to the default playlist of its user, or ask to which."""
    bot, user = interaction.client, interaction.user
    spotify = await bot.sessions.session(user.id)
    item = await spotify.catalogue.item(uri)
    favourite = (await bot.store.preferences.get(user.id)).playlist
    if favourite is None:
        view = await _playlist_menu(spotify, item, "Add it to which playlist?")
    else:
        what = await resolve_addition(spotify, item)
        try:
            view = await _add_and_confirm(spotify, item, what, favourite)
        except (NotPermitted, NotFound):
            gone = f"**{safe(favourite.name)}** cannot be added to any more. Choose another one."
            view = await _playlist_menu(spotify, item, gone)
    await interaction.followup.send(view=view)


@dataclass(frozen=True)
class Addition:
    """What is to be added, and what is said once it was."""

    uris: list[Uri]
    message: str = "Added"


async def _add_and_confirm(
    spotify: Spotify, item: Item, what: Addition, playlist: SavedDefault
) -> ui.LayoutView:
    """Add it, and say so. Raises OutcomeUnknown where that may have been done or not."""
    assert item.uri is not None, "the catalogue has ids"
    target = Uri("playlist", playlist.id)
    try:
        await spotify.playlists.add(target, *what.uris)
    except OutcomeUnknown as unknown:
        raise OutcomeUnknown(str(unknown), message=_OUTCOME_UNKNOWN) from None
    name = safe(playlist.name) or "Untitled"
    heading = f"-# {what.message} to [{name}]({target.link})"
    note = "-# Spotify adds it even where it is there already."
    return cards.card(
        item, ui.ActionRow(AddToAnotherButton(item.kind, item.uri.id)), heading=heading, below=note
    )


async def resolve_addition(spotify: Spotify, item: Item) -> Addition:
    """The item itself; of an album its first SONGS. Raises NothingFound, NotFound."""
    assert item.uri is not None, "the catalogue has ids"
    if item.kind != "album":
        return Addition([item.uri])
    page = await spotify.catalogue.album_tracks(item.uri).page()
    uris = [track.uri for track in page.items[:MAX_ALBUM_SONGS] if track and track.uri]
    if not uris:
        raise NothingFound("an album without songs", message=_NO_SONGS)
    songs = "1 song" if len(uris) == 1 else f"{len(uris)} songs"
    if page.total > len(uris):
        songs = f"The first {songs} of {page.total:,}"
    return Addition(uris, f"{songs}, added")


async def _playlist_menu(spotify: Spotify, item: Item, asks: str) -> ui.LayoutView:
    """The item, and the playlists that it can be added to. Raises NothingFound without any."""
    listed, me = await asyncio.gather(
        spotify.playlists.first_page(), spotify.profile.me(fresh=False)
    )
    found = [playlist for playlist in listed if can_add_to(playlist, me.id)]
    if not found:
        raise NothingFound("no playlist", message=_NO_PLAYLIST)
    assert item.uri is not None, "the catalogue has ids"
    options = [
        discord.SelectOption(
            label=single_line(playlist.name, 90) or "Untitled",
            description=single_line(_describe(playlist)),
            value=playlist.id or "",
        )
        for playlist in found[:MAX_OPTIONS]
    ]
    note = "-# /settings can make one of them your default."
    if len(found) > MAX_OPTIONS or len(listed) == PAGE_SIZE:
        note = f"-# These are the first of yours. {note.removeprefix('-# ')}"
    row: cards.Row = ui.ActionRow(PlaylistSelect(item.kind, item.uri.id, options))
    return cards.card(item, row, heading=f"-# {asks}", below=note)


def _describe(playlist: Playlist) -> str:
    count = playlist.total
    known = [] if count is None else [f"{count:,} song{'' if count == 1 else 's'}"]
    if playlist.collaborative:
        known.append("shared")
    return " · ".join(known) or "Playlist"


class PlaylistSelect(PersistentItem[ui.Select[Any]], template=f"add:to:{_ITEM}"):
    """Adds an item to the playlist that is chosen."""

    def __init__(self, kind: Kind, item_id: str, options: list[discord.SelectOption]) -> None:
        self.uri = Uri(kind, item_id)
        super().__init__(
            ui.Select(
                custom_id=f"add:to:{kind}:{item_id}", options=options, placeholder="A playlist"
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        assert isinstance(item, ui.Select)
        return cls(
            next(kind for kind in KINDS if kind == match["kind"]), match["item_id"], item.options
        )

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        chosen = next(one for one in self.item.options if one.value == self.item.values[0])
        spotify = await interaction.client.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        what = await resolve_addition(spotify, item)
        view = await _add_and_confirm(spotify, item, what, SavedDefault(chosen.value, chosen.label))
        await interaction.edit_original_response(view=view)


class AddToAnotherButton(PersistentItem[ui.Button[Any]], template=f"add:other:{_ITEM}"):
    """Asks to which other playlist an item is to be added."""

    def __init__(self, kind: Kind, item_id: str) -> None:
        self.uri = Uri(kind, item_id)
        super().__init__(
            ui.Button(label="Add to another playlist", custom_id=f"add:other:{kind}:{item_id}")
        )

    async def on_press(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        spotify = await interaction.client.sessions.session(interaction.user.id)
        item = await spotify.catalogue.item(self.uri)
        view = await _playlist_menu(spotify, item, "Add it to which playlist?")
        await interaction.edit_original_response(view=view)


ITEMS = (PlaylistSelect, AddToAnotherButton)
