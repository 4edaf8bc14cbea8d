"""The card of /settings: its texts, switches and menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.errors.bot_error import BotError
from bot.interactions.components import PersistentButton, PersistentSelect
from bot.library.defaults import DefaultOptions
from bot.library.playlists import WritablePlaylists
from bot.spotify.entries import Entries
from bot.spotify.models import Device, Playlist
from bot.store import Preferences, SavedDefault
from bot.text.escape import single_line
from bot.text.items import count
from bot.views import cards
from bot.views.login import StartLogin

# The value of the option for no default; Spotify's ids are longer.
_NONE = "none"
# Discord allows 25 options, one of which is _NONE, and 100 characters for a value.
_MAX_OPTIONS, _MAX_VALUE_LENGTH = 24, 100
_DEVICE_NOTE, _PLAYLIST_NOTE = 101, 102
_DEVICE_MENU_ID, _PLAYLIST_MENU_ID, _LOGIN_BUTTON_ID = "set:device", "set:playlist", "login:start"

_FOR_DEVICE = "**Default device**\nUsed when nothing is playing."
_FOR_PLAYLIST = "**Default playlist**\n“Add to playlist” goes straight here."
_MORE = f"These are the first {_MAX_OPTIONS} of your playlists."
_NO_DEVICES = "Spotify shows no device you can choose. Open Spotify on one, then use /settings."
_NO_PLAYLISTS = "You have no playlist that you can add to yet. Make one in Spotify first."


class ToggleButton(
    PersistentButton, template="set:(?P<setting>replies|playing|reminders):(?P<value>on|off)"
):
    """Turns a setting on or off."""

    def __init__(self, setting: str, value: str, label: str = "") -> None:
        self.setting = setting
        self.turn_on = value == "on"
        super().__init__(ui.Button(label=label, custom_id=f"set:{setting}:{value}"))


class DefaultSelect(PersistentSelect, template="set:(?P<setting>device|playlist)"):
    """Selects the default device or playlist, or none."""

    def __init__(self, setting: str, options: list[discord.SelectOption]) -> None:
        self.setting = setting
        super().__init__(ui.Select(custom_id=f"set:{setting}", options=options))

    @property
    def selected(self) -> SavedDefault | None:
        names = {option.value: option.label for option in self.options}
        return None if self.value == _NONE else SavedDefault(self.value, names[self.value])


@dataclass(frozen=True)
class Menu:
    """The options of a menu, and the note below it."""

    options: Sequence[discord.SelectOption] = ()
    note: str = ""

    def with_selected(self, default: SavedDefault | None) -> list[discord.SelectOption]:
        """Copies of the options, with this default selected."""
        value = default.id if default else _NONE
        options = [option.copy() for option in self.options]
        for option in options:
            option.default = option.value == value
        return options


@dataclass(frozen=True)
class DefaultMenus:
    """The two menus. `login`: the card has a login button, since that resolves an error."""

    devices: Menu
    playlists: Menu
    login: bool = False


def settings_card(preferences: Preferences, menus: DefaultMenus) -> ui.LayoutView:
    """All settings as they are now; empty menus are left out."""
    parts: list[ui.Item[Any] | str] = ["### Settings", *_switches(preferences), ui.Separator()]
    rows = (
        (_FOR_DEVICE, "device", menus.devices, preferences.device, _DEVICE_NOTE),
        (_FOR_PLAYLIST, "playlist", menus.playlists, preferences.playlist, _PLAYLIST_NOTE),
    )
    for text, setting, menu, default, note_id in rows:
        parts.append(text)
        if menu.options:
            parts.append(ui.ActionRow(DefaultSelect(setting, menu.with_selected(default))))
        if menu.note:
            parts.append(ui.TextDisplay(f"-# {menu.note}", id=note_id))
    if menus.login:
        parts.append(ui.ActionRow(StartLogin()))
    return cards.container(*parts)


def _switches(preferences: Preferences) -> list[ui.Section[Any]]:
    """A section for each setting that is on or off: its text, and a button that changes it."""
    replies = (
        (
            "Everyone in the channel sees replies. Errors and account details stay private.",
            "Make private",
        )
        if preferences.shared_replies
        else ("Only you see replies.", "Make public")
    )
    playing = (
        ("Others can see what you’re playing: **What are they playing?** in your menu.", "Hide")
        if preferences.shows_playing
        else ("Others can’t see what you’re playing.", "Allow")
    )
    reminders = (
        ("You get a DM 30 and 7 days before your Spotify login expires.", "Turn off")
        if preferences.reminders
        else ("No DM before your Spotify login expires.", "Turn on")
    )
    settings = (
        ("replies", preferences.shared_replies, "Replies", *replies),
        ("playing", preferences.shows_playing, "What you play", *playing),
        ("reminders", preferences.reminders, "Reminders", *reminders),
    )
    return [
        ui.Section(
            f"**{title}**\n{text}",
            accessory=ToggleButton(setting, "off" if is_on else "on", label),
        )
        for setting, is_on, title, text, label in settings
    ]


def default_menus(options: DefaultOptions, preferences: Preferences, operator: str) -> DefaultMenus:
    """The menus of what Spotify has; an error of Spotify becomes the note of its menu.

    The default that is stored can be given up in any case. `operator` is who runs the bot.
    """
    devices, playlists = options.devices, options.playlists
    return DefaultMenus(
        _unavailable_menu(devices.render(operator), preferences.device)
        if isinstance(devices, BotError)
        else _device_menu(devices, preferences.device),
        _unavailable_menu(playlists.render(operator), preferences.playlist)
        if isinstance(playlists, BotError)
        else _playlist_menu(playlists, preferences.playlist),
        login=options.needs_login,
    )


def read_menus(message: discord.Message | None) -> DefaultMenus:
    """The menus as they are in the message of a settings card."""
    view = cards.layout_of(message)
    return DefaultMenus(
        _read_menu(view, _DEVICE_MENU_ID, _DEVICE_NOTE),
        _read_menu(view, _PLAYLIST_MENU_ID, _PLAYLIST_NOTE),
        login=_find(view, _LOGIN_BUTTON_ID) is not None,
    )


def _read_menu(view: ui.LayoutView, custom_id: str, note_id: int) -> Menu:
    menu = _find(view, custom_id)
    options = menu.options if isinstance(menu, ui.Select) else ()
    return Menu(options, cards.text_of(view, note_id).removeprefix("-# "))


def _find(view: ui.LayoutView, custom_id: str) -> ui.Item[Any] | None:
    components = view.walk_children()
    return next((c for c in components if getattr(c, "custom_id", None) == custom_id), None)


def _device_menu(devices: Entries[Device], default: SavedDefault | None) -> Menu:
    """The devices that take commands."""
    options = [
        _option(device.id, device.name, device.type, "Unnamed device")
        for device in devices
        if device.id and len(device.id) <= _MAX_VALUE_LENGTH and not device.is_restricted
    ]
    return _menu(
        options,
        default,
        "Not open now",
        devices.unread_note if options else devices.why_empty(_NO_DEVICES),
    )


def _playlist_menu(writable: WritablePlaylists, default: SavedDefault | None) -> Menu:
    options = [
        _option(playlist.id, playlist.name, _song_count(playlist), "Untitled")
        for playlist in writable.playlists
    ]
    more = _MORE if writable.more or len(options) > _MAX_OPTIONS else ""
    note = " ".join(filter(None, (more, writable.playlists.unread_note)))
    return _menu(
        options,
        default,
        "Chosen before",
        note if options else writable.playlists.why_empty(_NO_PLAYLISTS),
    )


def _unavailable_menu(reason: str, default: SavedDefault | None) -> Menu:
    return _menu([], default, "Chosen before", reason)


def _menu(
    options: list[discord.SelectOption],
    default: SavedDefault | None,
    absent: str,
    note: str,
) -> Menu:
    """The default comes first, even if it is not among the options; `absent` describes it then."""
    by_value = {option.value: option for option in options}
    first: list[discord.SelectOption] = []
    if default:
        missing = _option(default.id, default.name, absent)
        first = [by_value.pop(default.id, missing)]
    first += list(by_value.values())[: _MAX_OPTIONS - len(first)]
    none = discord.SelectOption(label="None", value=_NONE)
    return Menu([none, *first] if first else [], note)


def _option(
    value: str | None, name: str | None, description: str | None, unnamed: str = "Unnamed"
) -> discord.SelectOption:
    return discord.SelectOption(
        label=single_line(name, _MAX_VALUE_LENGTH) or unnamed,
        value=value or "",
        description=single_line(description, _MAX_VALUE_LENGTH) or None,
    )


def _song_count(playlist: Playlist) -> str | None:
    if playlist.total is None:
        return None
    return count(playlist.total, "song")
