"""Formats items, playback, durations and counts as text that is safe to show."""

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

# Characters of the progress bar, of a title and of a byline.
_BAR_LENGTH = 10
_MAX_TITLE, MAX_BYLINE = 60, 60
# Ten numbered items with names of this length fit a message of 2,000 characters, escaped or not.
_SHORT_NAME = 25
# Pixels: the cover whose width is nearest to this one is used.
_COVER_WIDTH = 300


def count(number: int, noun: str) -> str:
    """The number with its noun, such as `1 song`, `1,200 songs`, `2 entries` or `2 matches`."""
    if number != 1:
        ending = "ies" if noun.endswith("ry") else "es" if noun.endswith("ch") else "s"
        noun = f"{noun.removesuffix('y') if ending == 'ies' else noun}{ending}"
    return f"{number:,} {noun}"


def title(item: Item, limit: int = _MAX_TITLE) -> str:
    """The item's name as a link to its page in Spotify; a local file has no link."""
    name = safe(item.name, limit) or "Untitled"
    return f"[{name}]({item.uri.link})" if item.uri else name


def source(item: Item) -> str:
    """Where the item is from: Spotify's rules require its name, but a local file is not there."""
    return "Local file" if isinstance(item, Track) and item.is_local else "On Spotify"


def byline(item: Item) -> str:
    """The artists, owner, show or authors of an item, escaped."""
    return escape(creator(item))


def creator(item: Item, limit: int = MAX_BYLINE) -> str:
    """The same as plain text, for places without markdown; without a name, the item's kind."""
    match item:
        case Track() | Album():
            return _names(item.artists, limit) or "Unknown artist"
        case Playlist():
            owner = single_line(item.owner.display_name, limit) if item.owner else ""
            return f"Playlist by {owner}" if owner else "Playlist"
        case Episode():
            return (single_line(item.show.name, limit) if item.show else "") or "Episode"
        case Show():
            return single_line(item.publisher, limit) or "Show"
        case Audiobook():
            return _names(item.authors, limit) or "Audiobook"
    return item.kind.capitalize()


def album_name(item: Item) -> str:
    """The album of a track, escaped; empty for other items."""
    return safe(item.album.name, MAX_BYLINE) if isinstance(item, Track) and item.album else ""


def _names(people: Sequence[Artist] | Sequence[Author] | None, limit: int) -> str:
    """Their names; names without a visible character are left out."""
    names = [name for person in people or [] if (name := single_line(person.name))]
    return single_line(", ".join(names), limit)


def playback_line(playback: Playback) -> str:
    """The player's state and device, if Spotify returns them."""
    verb = {True: "Playing", False: "Paused", None: ""}[playback.is_playing]
    name = safe(playback.device.name) if playback.device else ""
    if not name:
        return verb
    return f"{verb} on {name}" if verb else f"On {name}"


def progress_bar(progress_ms: int | None, duration_ms: int | None) -> str:
    """A bar with times, such as `▰▰▰▱▱▱▱▱▱▱ 1:02 / 3:20`, or as much of it as is known."""
    if progress_ms is None:
        return ""
    if not duration_ms:
        return format_duration(progress_ms)
    times = f"{format_duration(progress_ms)} / {format_duration(duration_ms)}"
    return f"{bar(progress_ms, duration_ms)} {times}"


def bar(part: int, whole: int) -> str:
    """A bar such as `▰▰▰▱▱▱▱▱▱▱`. It is full only if `part` is at least `whole`."""
    filled = min(_BAR_LENGTH, part * _BAR_LENGTH // whole)
    return "▰" * filled + "▱" * (_BAR_LENGTH - filled)


def format_duration(ms: int) -> str:
    """Milliseconds as m:ss or h:mm:ss."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def cover_url(item: Item) -> str | None:
    """The URL of the item's cover. Spotify allows it to be shown whole, never cropped."""
    images: list[Image] | None
    match item:
        case Track():
            images = item.album.images if item.album else None
        case Episode():
            images = item.images or (item.show.images if item.show else None)
        case _:
            images = item.images
    usable = [image for image in images or [] if image.url]
    if not usable:
        return None
    return min(usable, key=lambda image: abs((image.width or _COVER_WIDTH) - _COVER_WIDTH)).url


def links_left_out(number: int, limit: int) -> str:
    """A sentence about the links beyond the limit, without its full stop; empty for none."""
    links = "link was" if number == 1 else "links were"
    return f"{number:,} more {links} left out ({limit} at a time)" if number else ""


def numbered_items(items: Sequence[Item], max_name: int = _SHORT_NAME) -> list[str]:
    """A line for each item; its two names have `max_name` characters at most before escaping."""
    return [
        f"{number}. {title(item, max_name)} · {escape(creator(item, max_name))}"
        for number, item in enumerate(items, start=1)
    ]
