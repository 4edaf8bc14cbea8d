"""What Spotify has as a choice to be picked or completed: plain text, since nothing is markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import discord

from bot.spotify.catalogue import MAX_QUERY, Item
from bot.spotify.models import Album, Artist, Audiobook, Device, Episode, Playlist, Show, Track
from bot.text.escape import single_line

# What Discord takes for the name of a choice, and for its value.
MAX_CHOICE = 100
_MAX_TITLE, _MAX_BYLINE = 56, 28


@dataclass(frozen=True)
class Choice:
    """`line` is read by people, `value` by the command; neither shows in a log."""

    name: str = field(repr=False)
    value: str = field(repr=False)


def item_choice(item: Item) -> Choice:
    """The item in one line, such as `Song · Artist` or `Album · Title · Artist`; its URI."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    return Choice(_join(kind, title(item), byline(item)), str(item.uri))


def playlist_choice(playlist: Playlist) -> Choice:
    """One of one's own playlists, or one that one follows."""
    return Choice(_join("Playlist", title(playlist)), str(playlist.uri))


def device_choice(device: Device) -> Choice:
    """`Kitchen Speaker · Speaker`; its id."""
    name = single_line(device.name, _MAX_TITLE) or "Unnamed device"
    return Choice(_join(name, single_line(device.type, _MAX_BYLINE)), device.id or "")


def select_option(item: Item) -> discord.SelectOption:
    """The item as an option of a select menu; its URI is the value."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    about = _join(kind, byline(item))
    return discord.SelectOption(label=title(item), description=about or None, value=str(item.uri))


def title(item: Item) -> str:
    return single_line(item.name, _MAX_TITLE) or "Untitled"


def byline(item: Item) -> str:
    """Who made it, or what it is a part of; empty where nobody is named."""
    match item:
        case Track() | Album():
            return _join_names(artist.name for artist in item.artists or [])
        case Playlist():
            return single_line(item.owner.display_name, _MAX_BYLINE) if item.owner else ""
        case Episode():
            return single_line(item.show.name, _MAX_BYLINE) if item.show else ""
        case Show():
            return single_line(item.publisher, _MAX_BYLINE)
        case Audiobook():
            return _join_names(author.name for author in item.authors or [])
        case Artist():
            return ""


def filter_choices(known: Iterable[Choice], typed: str) -> list[Choice]:
    """Those in which all typed words occur."""
    words = normalise(typed).split()
    return [one for one in known if all(word in normalise(one.name) for word in words)]


def normalise(text: str) -> str:
    """Without case and without accents, to compare names."""
    parts = unicodedata.normalize("NFKD", single_line(text, MAX_QUERY))
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def _join_names(names: Iterable[str | None]) -> str:
    seen = [name for one in names if (name := single_line(one))]
    return single_line(", ".join(seen), _MAX_BYLINE)


def _join(*parts: str) -> str:
    return single_line(" · ".join(part for part in parts if part), MAX_CHOICE)
