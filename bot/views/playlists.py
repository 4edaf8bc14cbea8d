"""Adding to a playlist: the question which one, and the confirmation."""

from __future__ import annotations

import discord
from discord import ui

from bot.errors.content import NothingFound
from bot.interactions.components import PersistentButton, PersistentSelect
from bot.library.playlist_items import APPEND_REFUSED
from bot.library.playlists import ADDABLE_KINDS, Addition, WritablePlaylists
from bot.spotify.catalogue import Item
from bot.spotify.models import Playlist
from bot.spotify.uris import Kind, Uri
from bot.store import SavedDefault
from bot.text.escape import bold, safe, single_line
from bot.text.items import count

# Discord allows a menu this many options.
MAX_OPTIONS = 25

QUESTION = "Which playlist?"
_TWICE = "If it was already there, it’s in there twice now."
_NO_PLAYLIST = "You have no playlist to add to. Make one in Spotify, then try again."

_ITEM = rf"(?P<kind>{'|'.join(ADDABLE_KINDS)}):(?P<item_id>[0-9A-Za-z]{{22}})"


class PlaylistSelect(PersistentSelect, template=f"add:to:{_ITEM}"):
    """Adds an item to the selected playlist."""

    def __init__(self, kind: Kind, item_id: str, options: list[discord.SelectOption]) -> None:
        self.uri = Uri(kind, item_id)
        custom_id = f"add:to:{kind}:{item_id}"
        super().__init__(
            ui.Select(custom_id=custom_id, options=options, placeholder="Choose a playlist")
        )

    @property
    def playlist(self) -> SavedDefault:
        """The selected playlist."""
        return next(
            SavedDefault(option.value, option.label)
            for option in self.options
            if option.value == self.value
        )


class AddToAnotherButton(PersistentButton, template=f"add:other:{_ITEM}"):
    """Asks for another playlist to add the item to."""

    def __init__(self, kind: Kind, item_id: str) -> None:
        self.uri = Uri(kind, item_id)
        custom_id = f"add:other:{kind}:{item_id}"
        super().__init__(ui.Button(label="Add to another playlist", custom_id=custom_id))


def playlist_question(
    item: Item, playlists: WritablePlaylists, *, refused: SavedDefault | None = None
) -> tuple[str, PlaylistSelect]:
    """The question which playlist to add the item to, and the menu that answers it.

    Raises NothingFound if there are none.

    refused  the default playlist, if Spotify refused to add to it
    """
    writable = playlists.playlists.require(NothingFound("no playlist", message=_NO_PLAYLIST))
    options = [
        discord.SelectOption(
            label=single_line(playlist.name, 90) or "Untitled",
            description=describe(playlist),
            value=playlist.id or "",
        )
        for playlist in writable[:MAX_OPTIONS]
    ]
    note = "You can set a default in /settings."
    if len(writable) > MAX_OPTIONS or playlists.more:
        note = f"These are the first of yours. {note}"
    note = " ".join(filter(None, (note, writable.unread_note)))
    question = APPEND_REFUSED.format(name=bold(refused.name)) if refused else ""
    question = f"{question} {QUESTION}".strip()
    return f"{question} {note}", PlaylistSelect(item.kind, item.require_uri().id, options)


def added_line(addition: Addition, playlist: SavedDefault) -> str:
    """A line with the addition and the playlist."""
    name = safe(playlist.name) or "Untitled"
    return f"{addition.message} to [{name}]({Uri(Kind.PLAYLIST, playlist.id).link})"


def added_note(addition: Addition, playlist: SavedDefault) -> str:
    """The line, and a warning that the songs may be in there twice."""
    return f"{added_line(addition, playlist)}. {_TWICE}"


def describe(playlist: Playlist) -> str:
    """Its size, and whose it is if it is shared: tells those of one name apart in a menu."""
    parts = [] if playlist.total is None else [count(playlist.total, "song")]
    if playlist.collaborative:
        owner = single_line(playlist.owner.display_name, 40) if playlist.owner else ""
        parts.append(f"shared by {owner}" if owner else "shared")
    return single_line(" · ".join(parts)) or "Playlist"
