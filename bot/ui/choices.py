"""What Spotify has as a choice to be picked or completed: plain text, since nothing is markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import discord

from bot.spotify.catalogue import LONGEST_QUERY, Item
from bot.spotify.models import Album, Artist, Audiobook, Device, Episode, Playlist, Show, Track
from bot.ui.text import plain

# What Discord takes for the name of a choice, and for its value.
LONGEST = 100
_TITLE, _BY = 56, 28


@dataclass(frozen=True)
class Choice:
    """`line` is read by people, `value` by the command; neither shows in a log."""

    line: str = field(repr=False)
    value: str = field(repr=False)


def choice(item: Item) -> Choice:
    """The item in one line, such as `Song · Artist` or `Album · Title · Artist`; its URI."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    return Choice(_joined(kind, title(item), by(item)), str(item.uri))


def own(playlist: Playlist) -> Choice:
    """One of one's own playlists, or one that one follows."""
    return Choice(_joined("Playlist", title(playlist)), str(playlist.uri))


def device(device: Device) -> Choice:
    """`Kitchen Speaker · Speaker`; its id."""
    name = plain(device.name, _TITLE) or "Unnamed device"
    return Choice(_joined(name, plain(device.type, _BY)), device.id or "")


def option(item: Item) -> discord.SelectOption:
    """The item as an option of a select menu; its URI is the value."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    about = _joined(kind, by(item))
    return discord.SelectOption(label=title(item), description=about or None, value=str(item.uri))


def title(item: Item) -> str:
    return plain(item.name, _TITLE) or "Untitled"


def by(item: Item) -> str:
    """Who made it, or what it is a part of; empty where nobody is named."""
    match item:
        case Track() | Album():
            return _names(artist.name for artist in item.artists or [])
        case Playlist():
            return plain(item.owner.display_name, _BY) if item.owner else ""
        case Episode():
            return plain(item.show.name, _BY) if item.show else ""
        case Show():
            return plain(item.publisher, _BY)
        case Audiobook():
            return _names(author.name for author in item.authors or [])
        case Artist():
            return ""


def matching(known: Iterable[Choice], typed: str) -> list[Choice]:
    """Those in which all typed words occur."""
    words = folded(typed).split()
    return [one for one in known if all(word in folded(one.line) for word in words)]


def folded(text: str) -> str:
    """Without case and without accents, to compare names."""
    parts = unicodedata.normalize("NFKD", plain(text, LONGEST_QUERY))
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def _names(names: Iterable[str | None]) -> str:
    seen = [name for one in names if (name := plain(one))]
    return plain(", ".join(seen), _BY)


def _joined(*parts: str) -> str:
    return plain(" · ".join(part for part in parts if part), LONGEST)
