"""What somebody gets who presses a panel that is not theirs."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.interactions.responses import defer
from bot.panel.snapshot import item_of_message
from bot.views import cards
from bot.views.lists import item_buttons
from bot.views.panel import read_body


async def reply_to_visitor(interaction: discord.Interaction[Any]) -> None:
    """What the panel shows, with buttons for whoever pressed it; asks Spotify nothing."""
    await defer(interaction)
    view = ui.LayoutView(timeout=None)
    told: ui.TextDisplay[Any] = ui.TextDisplay(
        "This is somebody else’s remote. Get your own with /now."
    )
    body = read_body(interaction.message)
    rows: list[ui.ActionRow[Any]] = []
    if uri := item_of_message(interaction.message):
        rows = [ui.ActionRow(*item_buttons(uri, "play", "save"))]
    view.add_item(ui.Container(told, *body, *rows, accent_colour=cards.GREEN))
    await interaction.followup.send(view=view)
