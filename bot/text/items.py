"""TODO."""

from __future__ import annotations

from collections.abc import Sequence

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
from bot.text.escape import escape, safe, single_line

_BAR_LENGTH = 10


_MAX_TITLE, _MAX_BYLINE = 60, 60


_COVER_WIDTH = 300


def title(item: Item, limit: int = _MAX_TITLE) -> str:
    """The item's name, linked to its page at Spotify; unlinked where it has none (local files)."""
    name = safe(item.name, limit) or "Untitled"
    return f"[{name}]({item.uri.link})" if item.uri else name


def byline(item: Item) -> str:
    """Who made it; for an episode, its show."""
    return escape(creator(item))


def creator(item: Item, limit: int = _MAX_BYLINE) -> str:
    """The same as plain text, for places without markdown; where nobody is named, what it is."""
    match item:
        case Track() | Album():
            return _names(item.artists, limit) or "Unknown artist"
        case Playlist():
            owner = single_line(item.owner.display_name, limit) if item.owner else ""
            return f"Playlist by {owner}" if owner else "Playlist"
        case Episode():
            return single_line(item.show.name, limit) if item.show else "Episode"
        case Show():
            return single_line(item.publisher, limit) or "Show"
        case Audiobook():
            return _names(item.authors, limit) or "Audiobook"
    return item.kind.capitalize()


def album_name(item: Item) -> str:
    """The album of a track; empty for all that is no part of anything."""
    return safe(item.album.name, _MAX_BYLINE) if isinstance(item, Track) and item.album else ""


def _names(people: Sequence[Artist] | Sequence[Author] | None, limit: int) -> str:
    """Those of which something can be seen."""
    names = [name for one in people or [] if (name := single_line(one.name))]
    return single_line(", ".join(names), limit)


def playback_line(state: Playback) -> str:
    """Whether it plays, and on which device."""
    says = "Playing" if state.is_playing else "Paused"
    name = safe(state.device.name) if state.device else ""
    return f"{says} on {name}" if name else says


def progress_bar(at_ms: int | None, of_ms: int | None) -> str:
    """A bar with times, such as `▰▰▰▱▱▱▱▱▱▱ 1:02 / 3:20`; what Spotify does not say is left out."""
    if at_ms is None:
        return ""
    if not of_ms:
        return format_duration(at_ms)
    done = min(_BAR_LENGTH, at_ms * _BAR_LENGTH // of_ms)
    bar = "▰" * done + "▱" * (_BAR_LENGTH - done)
    return f"{bar} {format_duration(at_ms)} / {format_duration(of_ms)}"


def format_duration(ms: int) -> str:
    """Milliseconds as m:ss or h:mm:ss."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def cover_url(item: Item) -> str | None:
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
    return min(images, key=lambda image: abs((image.width or _COVER_WIDTH) - _COVER_WIDTH)).url


# Ten lines with such names are a message of 2,000 characters, whatever has to be escaped in them.
_SHORT_NAME = 25


def numbered_items(items: Sequence[Item], longest: int = _SHORT_NAME) -> list[str]:
    """A line for each, whose two names have `longest` characters at most before escaping."""
    return [
        f"{n}. {title(item, longest)} · {escape(creator(item, longest))}"
        for n, item in enumerate(items, start=1)
    ]
