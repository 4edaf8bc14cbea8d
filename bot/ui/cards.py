"""Cards of what Spotify has and plays: its art whole, a link back, and Spotify's name on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Artist, Episode, Image, Playback, Playlist, Show, Track
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
    art = _art(item)
    parts: list[ui.Item[Any]] = [ui.Section(text, accessory=ui.Thumbnail(art)) if art else text]
    if above:
        parts = [ui.TextDisplay(above, id=_LIST_ID), ui.Separator(), *parts]
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*parts, *rows, accent_colour=GREEN))
    return view


def results(query: str, tracks: Sequence[Track]) -> str:
    """The numbered list of a search."""
    lines = [f"### Songs for “{safe(query, 80)}”"]
    for number, track in enumerate(tracks, start=1):
        known = [title(track), artists(track)]
        known += [clock(track.duration_ms)] if track.duration_ms else []
        lines.append(f"{number}. {' · '.join(known)}")
    return "\n".join(lines)


def list_of(message: discord.Message | None) -> str:
    """The list in a message that `card(above=…)` made."""
    view = ui.LayoutView.from_message(message, timeout=None) if message else ui.LayoutView()
    found = view.find_item(_LIST_ID)
    return found.content if isinstance(found, ui.TextDisplay) else ""


def title(item: Item) -> str:
    """The item's name, linked to its page at Spotify; unlinked where it has none (local files)."""
    name = safe(item.name, _TITLE) or "Untitled"
    return f"[{name}]({item.uri.link})" if item.uri else name


def byline(item: Item) -> str:
    """Who made it; for an episode, its show."""
    match item:
        case Track():
            return artists(item)
        case Album():
            return _names(item.artists)
        case Playlist():
            return (
                f"Playlist by {safe(item.owner.display_name)}"
                if item.owner and item.owner.display_name
                else "Playlist"
            )
        case Episode():
            return safe(item.show.name, _BYLINE) if item.show else "Episode"
        case Show():
            return safe(item.publisher, _BYLINE) or "Show"
    return item.kind.capitalize()


def part_of(item: Item) -> str:
    """The album of a track; empty for all that is no part of anything."""
    return safe(item.album.name, _BYLINE) if isinstance(item, Track) and item.album else ""


def artists(track: Track) -> str:
    return _names(track.artists)


def _names(artists: list[Artist] | None) -> str:
    return escape(_said(artists, _BYLINE))


def _said(artists: list[Artist] | None, limit: int) -> str:
    """The names of which something can be seen, as plain text."""
    names = [name for artist in artists or [] if (name := plain(artist.name))]
    return plain(", ".join(names), limit) or "Unknown artist"


def option(track: Track) -> discord.SelectOption:
    """The track as a choice in a select menu, where nothing is markdown."""
    return discord.SelectOption(
        label=plain(track.name, 90) or "Untitled",
        description=_said(track.artists, 90),
        value=track.id or "",
    )


def now(playback: Playback, item: Track | Episode) -> ui.LayoutView:
    """What plays, how far it is, and where."""
    state = "Playing" if playback.is_playing else "Paused"
    if playback.device:
        state += f" on {safe(playback.device.name)}"
    bar = progress(playback.progress_ms, item.duration_ms)
    return card(item, heading=f"-# {state}", below=bar)


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


def _art(item: Item) -> str | None:
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
