"""Devices as people know them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.models import Device
from bot.store import SavedDefault
from bot.text.escape import safe, single_line
from bot.views import cards

_EMOJI = {
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

# Of a message of 4,000 characters, with what else stands there.
_MAX_LENGTH = 3500
# The list is known again by it.
_LIST_ID = 101


def device_card(text: str, default: str, *rows: ui.ActionRow[Any]) -> ui.LayoutView:
    """The list, what is said of the default device, and the menus for both."""
    parts: list[ui.Item[Any]] = [ui.TextDisplay(text, id=_LIST_ID)]
    parts += [ui.TextDisplay(f"-# {default}")] if default else []
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, *rows, accent_colour=cards.GREEN))
    return view


def list_text(message: discord.Message | None) -> str:
    """The list in a message that `listed` made."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    found = view.find_item(_LIST_ID)
    return found.content if isinstance(found, ui.TextDisplay) else ""


def default_note(chosen: SavedDefault | None, *, awake: bool) -> str:
    """What is said of the default device; empty where there is none."""
    if chosen is None:
        return ""
    name = safe(chosen.name) or "Unnamed device"
    return f"**{name}** is your default device{'' if awake else ', and is not awake'}."


def device_list(devices: Sequence[Device]) -> str:
    """All of them, whether they take commands or not."""
    lines: list[str] = []
    for number, device in enumerate(devices):
        line = _line(device)
        if sum(map(len, lines)) + len(line) > _MAX_LENGTH:
            lines.append(f"-# And {len(devices) - number} more")
            break
        lines.append(line)
    if not lines:
        lines = [
            "Spotify is not open anywhere. Open it on your phone or computer and play anything "
            "for a second, then press **Look again**."
        ]
    return "\n".join(["### Your devices", *lines])


def _line(device: Device) -> str:
    marks = [
        "playing here" if device.is_active else "",
        f"volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "no remote volume" if device.supports_volume is False else "",
        "private session" if device.is_private_session else "",
        "takes no commands" if device.is_restricted or not device.id else "",
    ]
    told = " · ".join([safe(device.type) or "Device", *filter(None, marks)])
    return f"{device_emoji(device.type)} **{safe(device.name) or 'Unnamed device'}** · {told}"


def device_option(device: Device, *, chosen: bool) -> discord.SelectOption:
    """A device as a choice in a select menu."""
    made = named_device_option(device.id or "", device.name or "", device.type or "")
    made.default = chosen
    return made


def named_device_option(device_id: str, name: str, kind: str) -> discord.SelectOption:
    """A device as a choice in a select menu, by what is known of it."""
    return discord.SelectOption(
        label=single_line(name, 90) or "Unnamed device",
        description=single_line(kind, 90) or "Device",
        value=device_id[:100],
        emoji=device_emoji(kind),
    )


def device_emoji(kind: str | None) -> str:
    return _EMOJI.get(kind or "", "🔈")
