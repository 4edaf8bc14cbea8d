"""The question to which playlist something is added: a menu, and a form to find another one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import discord
from discord import ui

from bot.errors.content import NothingFound
from bot.interactions.components import Form, PersistentButton, PersistentSelect
from bot.interactions.responses import Reply
from bot.library.playlist_additions import MAX_LINKS
from bot.library.playlists import WritablePlaylists
from bot.player.resolve import Resolved
from bot.spotify.uris import Kind, Uri
from bot.text.choices import normalise
from bot.text.escape import safe, single_line
from bot.text.items import links_left_out, numbered_items
from bot.views import cards, playlists, song_lines

_NO_PLAYLIST = "You have no playlist to add to. Make one with /playlist create."
_FIRST = "These are the first of yours."
_NO_MATCH = "None of your playlists has “{words}” in its name."
# Seconds until Discord's library forgets a form.
_FORM_TIMEOUT = 15 * 60.0


class Place(StrEnum):
    """Where songs are added; part of a custom_id."""

    END = "end"
    TOP = "top"


class TargetSelect(PersistentSelect, template=rf"plist:to:(?P<place>{'|'.join(Place)})"):
    """Selects the playlist for what its message links to."""

    def __init__(self, place: str, options: list[discord.SelectOption]) -> None:
        self.place = Place(place)
        custom_id = f"plist:to:{place}"
        placeholder = "Choose a playlist"
        super().__init__(ui.Select(custom_id=custom_id, options=options, placeholder=placeholder))

    @property
    def playlist(self) -> Uri:
        """The selected one."""
        return Uri(Kind.PLAYLIST, self.value)


class FindButton(PersistentButton, template=rf"plist:find:(?P<place>{'|'.join(Place)})"):
    """Opens the form for a part of the playlist's name."""

    allow_double = True

    def __init__(self, place: str) -> None:
        self.place = Place(place)
        super().__init__(ui.Button(label="Find a playlist", custom_id=f"plist:find:{place}"))


class FindForm(Form, title="Find a playlist"):
    """The form for a part of the playlist's name."""

    name: ui.Label[Any] = ui.Label(
        text="A part of its name",
        component=ui.TextInput(custom_id="name", min_length=1, max_length=100),
    )

    def __init__(self, place: Place) -> None:
        super().__init__(timeout=_FORM_TIMEOUT, custom_id="plist:form")
        self.place = place

    @property
    def words(self) -> str:
        assert isinstance(self.name.component, ui.TextInput)
        return single_line(self.name.component.value)


def target_question(
    resolved: Resolved,
    own: WritablePlaylists,
    place: Place,
    first: Sequence[str] = (),
    words: str = "",
) -> Reply:
    """The question to which playlist the items are to be added. Raises NothingFound without one.

    first  the IDs of the playlists that come first in the menu
    words  only playlists with these in their names, if there are any
    """
    writable = own.playlists.require(NothingFound("no playlist", message=_NO_PLAYLIST))
    rank = {playlist_id: number for number, playlist_id in enumerate(first)}
    ordered = sorted(writable, key=lambda playlist: rank.get(playlist.id or "", len(rank)))
    wanted = normalise(words).split()
    matching = [
        each for each in ordered if all(word in normalise(each.name or "") for word in wanted)
    ]
    options = [
        discord.SelectOption(
            label=single_line(playlist.name, song_lines.MAX_LABEL) or "Untitled",
            description=playlists.describe(playlist),
            value=playlist.id or "",
        )
        for playlist in (matching or ordered)[: song_lines.MAX_OPTIONS]
    ]
    has_more = len(writable) > len(options) or own.more
    notes = [*resolved_notes(resolved), _FIRST if has_more and not words else ""]
    notes += ["" if matching else _NO_MATCH.format(words=safe(words, 40)), writable.unread_note]
    lines = ["### Add to which playlist?", *numbered_items(resolved.items, song_lines.MAX_NAME)]
    rows: list[cards.Row] = [ui.ActionRow(TargetSelect(place, options))]
    if has_more:
        rows.append(ui.ActionRow(FindButton(place)))
    view = song_lines.container([*lines, song_lines.small(*notes)], *rows)
    return Reply(view=view, private=True)


def resolved_notes(resolved: Resolved) -> list[str]:
    """Sentences about what is not added."""
    left_out = links_left_out(resolved.links_left_out, MAX_LINKS)
    return [f"{note}." for note in (left_out, resolved.note) if note]
