"""The login button, and what its message becomes."""

from __future__ import annotations

import discord
from discord import ui

from bot.errors import Fault
from bot.store import Link
from bot.ui.text import safe


def button(url: str) -> ui.View:
    """A view with the button that opens the login page."""
    view = ui.View(timeout=None)
    view.add_item(
        ui.Button(label="Link Spotify", style=discord.ButtonStyle.link, url=url, emoji="🔗")
    )
    return view


def ending(end: Link | Fault) -> str:
    """What the private reply says once the browser is done."""
    if isinstance(end, Fault):
        return end.says
    return f"Linked to **{safe(end.name)}**. Try /search or /play."
