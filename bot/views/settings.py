"""The panel of settings: what it says, and what its menus offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.spotify.models import Device, Playlist
from bot.store import Preferences, SavedDefault
from bot.text.escape import single_line
from bot.views.cards import GREEN, Row

# Of the choice to have none; Spotify's ids are longer.
NONE = "none"
# Discord shows 25 options, one of which is NONE; and takes 100 characters for each value.
_MAX_OPTIONS, _MAX_VALUE_LENGTH = 24, 100
_DEVICE_NOTE, _PLAYLIST_NOTE = 101, 102
# The panel knows its menus and its login button again by their custom_id.
DEVICE_MENU_ID, PLAYLIST_MENU_ID, LOGIN_BUTTON_ID = "set:device", "set:playlist", "login:start"

_FOR_DEVICE = "**Your device**\nMusic starts there when nothing is playing anywhere."
_FOR_PLAYLIST = "**Your playlist**\nWhat you add to a playlist goes there at once."
_MORE = f"You have more playlists than fit here; these are the first {_MAX_OPTIONS}."
_NO_DEVICES = "Spotify shows no device that can be chosen. Open Spotify on one, then use /settings."
_NO_PLAYLISTS = "You have no playlist that you can add to yet. Make one in Spotify first."


@dataclass(frozen=True)
class Switch:
    """One setting that is on or off: what holds now, and what its button is called."""

    name: str
    on: bool
    text: str
    label: str


@dataclass(frozen=True)
class Menu:
    """What there is to choose from, and what is said of it."""

    options: Sequence[discord.SelectOption] = ()
    note: str = ""

    def with_selected(self, favourite: SavedDefault | None) -> list[discord.SelectOption]:
        """Its options, with this one chosen."""
        wanted = favourite.id if favourite else NONE
        options = [option.copy() for option in self.options]
        for option in options:
            option.default = option.value == wanted
        return options


@dataclass(frozen=True)
class DefaultMenus:
    """The menus of the panel. `login`: why something is missing is a matter of a new login."""

    devices: Menu
    playlists: Menu
    login: bool = False


def switches(kept: Preferences) -> list[Switch]:
    """All that can be on or off, in the order in which it is shown."""
    replies = (
        (
            "Everybody here sees them; errors, questions and your account are yours alone.",
            "Keep them private",
        )
        if kept.shared_replies
        else ("You alone see them.", "Share them")
    )
    playing = (
        ("Others see it with **What are they playing?** in your menu.", "Hide it")
        if kept.shows_playing
        else ("Nobody can ask Tonearm what you play.", "Let others see it")
    )
    reminders = (
        ("You get a message 30 and 7 days before Spotify ends your login.", "Turn off")
        if kept.reminders
        else ("You get no message before Spotify ends your login.", "Turn on")
    )
    return [
        Switch("replies", kept.shared_replies, f"**Replies**\n{replies[0]}", replies[1]),
        Switch("playing", kept.shows_playing, f"**What you play**\n{playing[0]}", playing[1]),
        Switch("reminders", kept.reminders, f"**Reminders**\n{reminders[0]}", reminders[1]),
    ]


def settings_card(
    switches: Iterable[ui.Section[Any]],
    choices: DefaultMenus,
    rows: tuple[Row, Row],
    login: Row,
) -> ui.LayoutView:
    """All of it. `rows` hold the menus, `login` its button; what is of no use is left out."""
    parts: list[ui.Item[Any]] = [ui.TextDisplay("### Settings"), *switches, ui.Separator()]
    about = (
        (_FOR_DEVICE, choices.devices, _DEVICE_NOTE),
        (_FOR_PLAYLIST, choices.playlists, _PLAYLIST_NOTE),
    )
    for (says, menu, note_id), row in zip(about, rows, strict=True):
        parts.append(ui.TextDisplay(says))
        parts += [row] if menu.options else []
        parts += [ui.TextDisplay(f"-# {menu.note}", id=note_id)] if menu.note else []
    parts += [login] if choices.login else []
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, accent_colour=GREEN))
    return view


def read_menus(message: discord.Message | None) -> DefaultMenus:
    """The menus as they stand in the message of a panel."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    return DefaultMenus(
        _read_menu(view, DEVICE_MENU_ID, _DEVICE_NOTE),
        _read_menu(view, PLAYLIST_MENU_ID, _PLAYLIST_NOTE),
        login=_find(view, LOGIN_BUTTON_ID) is not None,
    )


def _read_menu(view: ui.LayoutView, custom_id: str, note_id: int) -> Menu:
    menu, note = _find(view, custom_id), view.find_item(note_id)
    return Menu(
        menu.options if isinstance(menu, ui.Select) else (),
        note.content.removeprefix("-# ") if isinstance(note, ui.TextDisplay) else "",
    )


def _find(view: ui.LayoutView, custom_id: str) -> ui.Item[Any] | None:
    items = view.walk_children()
    return next((item for item in items if getattr(item, "custom_id", None) == custom_id), None)


def device_menu(found: Iterable[Device], favourite: SavedDefault | None) -> Menu:
    """Those that take commands."""
    options = [
        _option(device.id, device.name, device.type, "Unnamed device")
        for device in found
        if device.id and len(device.id) <= _MAX_VALUE_LENGTH and not device.is_restricted
    ]
    return _menu(options, favourite, "Not awake now", "" if options else _NO_DEVICES)


def playlist_menu(found: Sequence[Playlist], favourite: SavedDefault | None, *, more: bool) -> Menu:
    """Those that were found, of which one can add to all; `more`: there may be others."""
    options = [_option(one.id, one.name, _song_count(one), "Untitled") for one in found]
    note = _MORE if more or len(options) > _MAX_OPTIONS else ""
    return _menu(options, favourite, "Chosen before", note if options else _NO_PLAYLISTS)


def unavailable_menu(why: str, favourite: SavedDefault | None) -> Menu:
    """Where Spotify cannot be asked: what was chosen before can still be given up."""
    return _menu([], favourite, "Chosen before", why)


def _menu(
    options: list[discord.SelectOption], favourite: SavedDefault | None, absent: str, note: str
) -> Menu:
    """What is chosen stands first, also where Spotify does not have it now."""
    found = {option.value: option for option in options}
    first: list[discord.SelectOption] = []
    if favourite:
        missing = _option(favourite.id, favourite.name, absent)
        first = [found.pop(favourite.id, missing)]
    first += list(found.values())[: _MAX_OPTIONS - len(first)]
    none = discord.SelectOption(label="None", value=NONE)
    return Menu([none, *first] if first else [], note)


def _option(
    value: str | None, name: str | None, about: str | None, unnamed: str = "Unnamed"
) -> discord.SelectOption:
    return discord.SelectOption(
        label=single_line(name, _MAX_VALUE_LENGTH) or unnamed,
        value=value or "",
        description=single_line(about, _MAX_VALUE_LENGTH) or None,
    )


def _song_count(playlist: Playlist) -> str | None:
    if playlist.total is None:
        return None
    return "1 song" if playlist.total == 1 else f"{playlist.total:,} songs"
