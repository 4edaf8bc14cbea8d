"""What somebody gets who presses a panel that is not theirs."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.browsing import actions
from bot.panel.drawing import body_of
from bot.panel.looking import shown_in
from bot.ui import cards
from bot.ui.answer import defer


async def get_your_own(interaction: discord.Interaction[Any]) -> None:
    """What the panel shows, with buttons for whoever pressed it; asks Spotify nothing."""
    await defer(interaction)
    view = ui.LayoutView(timeout=None)
    told: ui.TextDisplay[Any] = ui.TextDisplay(
        "This is somebody else’s remote. Get your own with /now."
    )
    body = body_of(interaction.message)
    rows: list[ui.ActionRow[Any]] = []
    if uri := shown_in(interaction.message):
        rows = [ui.ActionRow(*actions(uri, "play", "save"))]
    view.add_item(ui.Container(told, *body, *rows, accent_colour=cards.GREEN))
    await interaction.followup.send(view=view)
