"""Devices as people know them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.models import Device
from bot.store import Favourite
from bot.ui import cards
from bot.ui.text import plain, safe

_KINDS = {
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
_LONGEST = 3500


def listed(
    devices: Sequence[Device],
    default: Favourite | None,
    held: Device | None,
    *rows: ui.ActionRow[Any],
) -> ui.LayoutView:
    """All of them, whether they take commands or not; `held` is the default one among them."""
    lines: list[str] = []
    for number, device in enumerate(devices):
        line = _line(device, device is held)
        if sum(map(len, lines)) + len(line) > _LONGEST:
            lines.append(f"-# And {len(devices) - number} more")
            break
        lines.append(line)
    if not lines:
        lines = [
            "Spotify is not open anywhere. Open it on your phone or computer and play anything "
            "for a second, then press **Look again**."
        ]
    if default and held is None:
        lines.append(f"-# Your default device, {safe(default.name)}, is not awake.")
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(["### Your devices", *lines]))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(text, *rows, accent_colour=cards.GREEN))
    return view


def _line(device: Device, is_default: bool) -> str:
    marks = [
        "playing here" if device.is_active else "",
        f"volume {device.volume_percent}%" if device.volume_percent is not None else "",
        "no remote volume" if device.supports_volume is False else "",
        "private session" if device.is_private_session else "",
        "takes no commands" if device.is_restricted or not device.id else "",
        "your default" if is_default else "",
    ]
    told = " · ".join([safe(device.type) or "Device", *filter(None, marks)])
    return f"{emoji(device.type)} **{safe(device.name) or 'Unnamed device'}** · {told}"


def option(device: Device, *, chosen: bool) -> discord.SelectOption:
    """A device as a choice in a select menu."""
    made = choice(device.id or "", device.name or "", device.type or "")
    made.default = chosen
    return made


def choice(device_id: str, name: str, kind: str) -> discord.SelectOption:
    """A device as a choice in a select menu, by what is known of it."""
    return discord.SelectOption(
        label=plain(name, 90) or "Unnamed device",
        description=plain(kind, 90) or "Device",
        value=device_id[:100],
        emoji=emoji(kind),
    )


def emoji(kind: str | None) -> str:
    return _KINDS.get(kind or "", "🔈")
