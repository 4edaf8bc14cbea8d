"""Cards of what Spotify has and plays: its art whole, a link back, and Spotify's name on each."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.spotify.catalogue import Item
from bot.text.items import album_name, byline, cover_url, title

GREEN = discord.Colour(0x1F8A5B)
_LIST_ID = 100

Row = ui.ActionRow[Any]


def card(
    item: Item, *rows: Row, above: str = "", heading: str = "", below: str = ""
) -> ui.LayoutView:
    """One item with its art; `above`, `heading` and `below` are markdown that is safe already."""
    source = f"-# {part} · On Spotify" if (part := album_name(item)) else "-# On Spotify"
    lines = [heading, f"**{title(item)}**", byline(item), below, source]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(line for line in lines if line))
    cover = cover_url(item)
    parts: list[ui.Item[Any]] = [ui.Section(text, accessory=ui.Thumbnail(cover)) if cover else text]
    if above:
        parts = [ui.TextDisplay(above, id=_LIST_ID), ui.Separator(), *parts]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, *rows, accent_colour=GREEN))
    return view


def list_card(above: str, *rows: Row) -> ui.LayoutView:
    """A list without anything chosen; `above` is markdown that is safe already."""
    view = ui.LayoutView(timeout=None)
    text: ui.TextDisplay[Any] = ui.TextDisplay(above, id=_LIST_ID)
    view.add_item(ui.Container(text, *rows, accent_colour=GREEN))
    return view


def list_text(message: discord.Message | None) -> str:
    """The list in a message that `card(above=…)` or `alone` made."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    found = view.find_item(_LIST_ID)
    return found.content if isinstance(found, ui.TextDisplay) else ""
