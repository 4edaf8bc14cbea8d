"""Formats items, playlists and devices as choices, which have no markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import discord

from bot.spotify.catalogue import MAX_QUERY, Item
from bot.spotify.models import Album, Artist, Audiobook, Device, Episode, Playlist, Show, Track
from bot.spotify.ownership import Ownership
from bot.spotify.uris import Kind
from bot.store import Pin
from bot.text.escape import single_line
from bot.text.items import count

# Discord allows the name of a choice and its value this many characters.
MAX_CHOICE = 100
_MAX_TITLE, _MAX_BYLINE = 56, 28


@dataclass(frozen=True)
class Choice:
    """Users see `name`; the command gets `value`. Neither is logged."""

    name: str = field(repr=False)
    value: str = field(repr=False)


def item_choice(item: Item) -> Choice:
    """`Song · Artist` or `Album · Title · Artist`; the value is the URI."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    return Choice(_join(kind, plain_title(item), plain_byline(item)), str(item.uri))


def name_choice(item: Item, max_length: int) -> Choice:
    """The same with the title as its value, which may be cut."""
    return Choice(item_choice(item).name, single_line(item.name)[:max_length].strip())


def playlist_choice(playlist: Playlist) -> Choice:
    """A playlist of the user, or one that they follow; the value is the URI."""
    return Choice(_join("Playlist", plain_title(playlist)), str(playlist.uri))


def own_playlist_choice(playlist: Playlist, ownership: Ownership) -> Choice:
    """`Roadtrip · 30 songs · by Grace`: tells those of one name apart; the value is the URI."""
    return Choice(
        _join(plain_title(playlist), *playlist_details(playlist, ownership)), str(playlist.uri)
    )


def playlist_details(playlist: Playlist, ownership: Ownership) -> Iterator[str]:
    """Its number of songs, and whose it is unless it is the user's own."""
    if playlist.total is not None:
        yield count(playlist.total, "song")
    owner = single_line(playlist.owner.display_name, _MAX_BYLINE) if playlist.owner else ""
    if ownership is Ownership.SHARED:
        yield f"shared by {owner}" if owner else "shared"
    elif ownership is Ownership.FOLLOWED:
        yield f"by {owner}" if owner else "followed"


def pin_choice(pin: Pin) -> Choice:
    """`Pinned · Roadtrip`; the value is the URI."""
    return Choice(_join("Pinned", single_line(pin.name, _MAX_TITLE)), pin.uri)


def device_choice(device: Device) -> Choice:
    """`Kitchen Speaker · Speaker`; the value is the ID."""
    name = single_line(device.name, _MAX_TITLE) or "Unnamed device"
    return Choice(_join(name, single_line(device.type, _MAX_BYLINE)), device.id or "")


def select_option(item: Item) -> discord.SelectOption:
    """The item as an option of a select menu; the value is the URI."""
    kind = "" if isinstance(item, Track) else item.kind.capitalize()
    description = _join(kind, plain_byline(item))
    return discord.SelectOption(
        label=plain_title(item), description=description or None, value=str(item.uri)
    )


def plain_title(item: Item) -> str:
    return single_line(item.name, _MAX_TITLE) or "Untitled"


def plain_byline(item: Item) -> str:
    """The artists, owner, show, publisher or authors; empty if none is named."""
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


def filter_choices(choices: Iterable[Choice], typed: str) -> list[Choice]:
    """The choices whose name contains all typed words."""
    words = normalise(typed).split()
    return [choice for choice in choices if all(word in normalise(choice.name) for word in words)]


def of_kinds(choices: Iterable[Choice], kinds: Collection[Kind]) -> list[Choice]:
    """Those whose value is the URI of such an item, or words."""
    others = tuple(f"spotify:{kind}:" for kind in Kind if kind not in kinds)
    return [choice for choice in choices if not choice.value.startswith(others)]


def normalise(text: str) -> str:
    """The text without case and accents, to compare names."""
    parts = unicodedata.normalize("NFKD", single_line(text, MAX_QUERY))
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def _join_names(names: Iterable[str | None]) -> str:
    visible = [line for name in names if (line := single_line(name))]
    return single_line(", ".join(visible), _MAX_BYLINE)


def _join(*parts: str) -> str:
    return single_line(" · ".join(part for part in parts if part), MAX_CHOICE)
