"""The list of devices, and the question which device an action is for."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.errors.spotify import DeviceChoiceNeeded
from bot.interactions.components import PersistentButton, PersistentSelect
from bot.player.actions import PATTERN, PlayerAction
from bot.player.devices import controllable, find_default
from bot.player.situation import no_device_sentence
from bot.spotify.entries import Entries
from bot.spotify.models import Device
from bot.store import SavedDefault
from bot.text.escape import safe, single_line
from bot.views import cards
from bot.views.status_line import with_status

_EMOJI_OF_TYPE = {
    "Computer": "💻",
    "Smartphone": "📱",
    "Tablet": "📱",
    "Speaker": "🔈",
    "TV": "📺",
    "Automobile": "🚗",
    "GameConsole": "🎮",
    "CastVideo": "📺",
    "CastAudio": "🔈",
}

# Discord allows a message 4,000 characters; the notes need the rest.
_MAX_LENGTH = 3500
# Discord allows a menu this many options.
_MAX_OPTIONS = 25
_LIST_ID = 101
_ACTIVE = "active"
# The player action of the menu below the list.
_TRANSFER = "move"


class DeviceSelect(PersistentSelect, template=rf"here:(?P<action>{PATTERN})"):
    """Performs a player action on the selected device."""

    def __init__(
        self, action: str, options: list[discord.SelectOption], placeholder: str = ""
    ) -> None:
        self.action = PlayerAction.parse(action)
        super().__init__(
            ui.Select(custom_id=f"here:{action}", options=options, placeholder=placeholder)
        )


class RetryButton(PersistentButton, template=rf"again:(?P<action>{PATTERN})"):
    """Performs a player action again, after the user has opened Spotify on a device."""

    def __init__(self, action: str) -> None:
        self.action = PlayerAction.parse(action)
        style = discord.ButtonStyle.primary
        super().__init__(ui.Button(label="Try again", style=style, custom_id=f"again:{action}"))


class DefaultDeviceSelect(PersistentSelect, template=r"device:default"):
    """Selects the device that is used when none is playing."""

    def __init__(self, options: list[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(
                custom_id="device:default",
                options=options,
                placeholder="Default device",
            )
        )


class RefreshButton(PersistentButton, template=r"device:list"):
    """Reads the devices again."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Refresh", emoji="🔄", custom_id="device:list"))


def device_card(devices: Entries[Device], default: SavedDefault | None) -> ui.LayoutView:
    """The list of devices, the default device, and the menus to change both."""
    default_device = find_default(devices, default)
    options = controllable(devices)[:_MAX_OPTIONS]
    # Spotify may call several devices active; a menu selects one.
    active = options[0] if options and options[0].is_active else None
    note = _default_note(default, awake=default_device is not None)
    return _layout(
        _device_list(devices),
        note,
        [_device_option(device, selected=device is active) for device in options],
        [_device_option(device, selected=device is default_device) for device in options],
    )


def with_default(
    message: discord.Message | None, menu: DefaultDeviceSelect
) -> tuple[SavedDefault, ui.LayoutView]:
    """The device that was selected in the menu, and its message with that as the default."""
    for option in menu.options:
        option.default = option.value == menu.value
    chosen = next(SavedDefault(o.value, o.label) for o in menu.options if o.default)
    view = cards.layout_of(message)
    menus = (part for part in view.walk_children() if isinstance(part, ui.Select))
    transfer = next((m.options for m in menus if m.custom_id == f"here:{_TRANSFER}"), [])
    note = _default_note(chosen, awake=True)
    return chosen, _layout(cards.text_of(view, _LIST_ID), note, transfer, menu.options)


def moved_card(message: discord.Message | None, menu: DeviceSelect, line: str) -> ui.LayoutView:
    """The list in its message after playback was moved to the selected device.

    line  says what happened; markdown that is safe already
    """
    view = with_status(message, line)
    for part in view.walk_children():
        inner = part.item if isinstance(part, ui.DynamicItem) else part
        if isinstance(inner, ui.TextDisplay) and inner.id == _LIST_ID:
            inner.content = inner.content.replace(f" · {_ACTIVE}", "")
        elif isinstance(inner, ui.Select) and inner.custom_id == menu.item.custom_id:
            for option in inner.options:
                option.default = option.value == menu.value
    return view


def device_question(error: DeviceChoiceNeeded) -> ui.View:
    """Below the error's text: a menu of the devices, or buttons to open Spotify and try again."""
    if error.devices:
        options = [_named_option(*device) for device in error.devices[:_MAX_OPTIONS]]
        return cards.buttons(DeviceSelect(error.action, options, "Choose a device"))
    link: ui.Button[Any] = ui.Button(label="Open Spotify", url="https://open.spotify.com")
    return cards.buttons(link, RetryButton(error.action))


def _layout(
    text: str,
    note: str,
    transfer: list[discord.SelectOption],
    defaults: list[discord.SelectOption],
) -> ui.LayoutView:
    """`transfer` and `defaults` are the options of the two menus; empty ones are left out."""
    parts: list[ui.Item[Any]] = [ui.TextDisplay(text, id=_LIST_ID)]
    parts += [ui.TextDisplay(f"-# {note}")] if note else []
    if transfer:
        parts.append(ui.ActionRow(DeviceSelect(_TRANSFER, transfer, "Play there")))
        parts.append(ui.ActionRow(DefaultDeviceSelect(defaults)))
    return cards.container(*parts, ui.ActionRow(RefreshButton()))


def _default_note(chosen: SavedDefault | None, *, awake: bool) -> str:
    """Names the default device; empty without one."""
    if chosen is None:
        return ""
    name = safe(chosen.name) or "Unnamed device"
    return f"**{name}** is your default device{'' if awake else ', but Spotify isn’t open on it'}."


def _device_list(devices: Entries[Device]) -> str:
    """All devices, those that take no commands, too; long lists are cut."""
    lines: list[str] = []
    for number, device in enumerate(devices):
        line = _line(device)
        if sum(map(len, lines)) + len(line) > _MAX_LENGTH:
            lines.append(f"-# And {len(devices) - number} more")
            break
        lines.append(line)
    if not devices:
        lines = [no_device_sentence(devices, "then press **Refresh**.")]
    elif devices.unreadable:
        lines.append(f"-# And {devices.unreadable} that I couldn’t read")
    return "\n".join(["### Your devices", *lines])


def _line(device: Device) -> str:
    marks = [
        _ACTIVE if device.is_active else "",
        f"volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "volume can’t be changed from here" if device.supports_volume is False else "",
        "private session" if device.is_private_session else "",
        "can’t be controlled from here" if device.is_restricted or not device.id else "",
    ]
    details = " · ".join([safe(device.type) or "Device", *filter(None, marks)])
    return f"{device_emoji(device.type)} **{safe(device.name) or 'Unnamed device'}** · {details}"


def _device_option(device: Device, *, selected: bool) -> discord.SelectOption:
    option = _named_option(device.id or "", device.name or "", device.type or "")
    option.default = selected
    return option


def _named_option(device_id: str, name: str, kind: str) -> discord.SelectOption:
    return discord.SelectOption(
        label=single_line(name, 90) or "Unnamed device",
        description=single_line(kind, 90) or "Device",
        value=device_id,
        emoji=device_emoji(kind),
    )


def device_emoji(device_type: str | None) -> str:
    """The plain emoji of Spotify's name for a type of device."""
    return _EMOJI_OF_TYPE.get(device_type or "", "🔈")
