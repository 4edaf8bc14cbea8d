"""Cards of what Spotify has and plays: its art whole, a link back, and Spotify's name on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.catalogue import Item
from bot.spotify.models import (
    Album,
    Artist,
    Audiobook,
    Author,
    Episode,
    Image,
    Playback,
    Playlist,
    Show,
    Track,
)
from bot.ui.text import escape, plain, safe

GREEN = discord.Colour(0x1F8A5B)
_BAR = 10
_TITLE, _BYLINE = 60, 60
_ART_WIDTH = 300
_LIST_ID = 100

Row = ui.ActionRow[Any]


def card(
    item: Item, *rows: Row, above: str = "", heading: str = "", below: str = ""
) -> ui.LayoutView:
    """One item with its art; `above`, `heading` and `below` are markdown that is safe already."""
    source = f"-# {part} · On Spotify" if (part := part_of(item)) else "-# On Spotify"
    lines = [heading, f"**{title(item)}**", byline(item), below, source]
    text: ui.TextDisplay[Any] = ui.TextDisplay("\n".join(line for line in lines if line))
    cover = art(item)
    parts: list[ui.Item[Any]] = [ui.Section(text, accessory=ui.Thumbnail(cover)) if cover else text]
    if above:
        parts = [ui.TextDisplay(above, id=_LIST_ID), ui.Separator(), *parts]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, *rows, accent_colour=GREEN))
    return view


def alone(above: str, *rows: Row) -> ui.LayoutView:
    """A list without anything chosen; `above` is markdown that is safe already."""
    view = ui.LayoutView(timeout=None)
    text: ui.TextDisplay[Any] = ui.TextDisplay(above, id=_LIST_ID)
    view.add_item(ui.Container(text, *rows, accent_colour=GREEN))
    return view


def list_of(message: discord.Message | None) -> str:
    """The list in a message that `card(above=…)` or `alone` made."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    found = view.find_item(_LIST_ID)
    return found.content if isinstance(found, ui.TextDisplay) else ""


def title(item: Item, limit: int = _TITLE) -> str:
    """The item's name, linked to its page at Spotify; unlinked where it has none (local files)."""
    name = safe(item.name, limit) or "Untitled"
    return f"[{name}]({item.uri.link})" if item.uri else name


def byline(item: Item) -> str:
    """Who made it; for an episode, its show."""
    return escape(made_by(item))


def made_by(item: Item, limit: int = _BYLINE) -> str:
    """The same as plain text, for places without markdown; where nobody is named, what it is."""
    match item:
        case Track() | Album():
            return _names(item.artists, limit) or "Unknown artist"
        case Playlist():
            owner = plain(item.owner.display_name, limit) if item.owner else ""
            return f"Playlist by {owner}" if owner else "Playlist"
        case Episode():
            return plain(item.show.name, limit) if item.show else "Episode"
        case Show():
            return plain(item.publisher, limit) or "Show"
        case Audiobook():
            return _names(item.authors, limit) or "Audiobook"
    return item.kind.capitalize()


def part_of(item: Item) -> str:
    """The album of a track; empty for all that is no part of anything."""
    return safe(item.album.name, _BYLINE) if isinstance(item, Track) and item.album else ""


def _names(people: Sequence[Artist] | Sequence[Author] | None, limit: int) -> str:
    """Those of which something can be seen."""
    names = [name for one in people or [] if (name := plain(one.name))]
    return plain(", ".join(names), limit)


def where(state: Playback) -> str:
    """Whether it plays, and on which device."""
    says = "Playing" if state.is_playing else "Paused"
    name = safe(state.device.name) if state.device else ""
    return f"{says} on {name}" if name else says


def progress(at_ms: int | None, of_ms: int | None) -> str:
    """A bar with times, such as `▰▰▰▱▱▱▱▱▱▱ 1:02 / 3:20`; what Spotify does not say is left out."""
    if at_ms is None:
        return ""
    if not of_ms:
        return clock(at_ms)
    done = min(_BAR, at_ms * _BAR // of_ms)
    return f"{'▰' * done}{'▱' * (_BAR - done)} {clock(at_ms)} / {clock(of_ms)}"


def clock(ms: int) -> str:
    """Milliseconds as m:ss or h:mm:ss."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def art(item: Item) -> str | None:
    """The address of the item's cover, of about _ART_WIDTH pixels; shown whole, never cropped."""
    images: list[Image] | None
    match item:
        case Track():
            images = item.album.images if item.album else None
        case Episode():
            images = item.images or (item.show.images if item.show else None)
        case _:
            images = item.images
    if not images:
        return None
    return min(images, key=lambda image: abs((image.width or _ART_WIDTH) - _ART_WIDTH)).url
