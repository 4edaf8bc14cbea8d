"""Lists as they look: a heading, numbered lines, and the same entries to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, unquote

import discord
from discord import ui

from bot.browse import Entry
from bot.spotify.catalogue import Item
from bot.spotify.models import Album, Chapter, Episode, Playlist, Track
from bot.spotify.uris import KINDS, Kind, Uri
from bot.text.escape import escape, safe, single_line
from bot.text.items import creator, format_duration, title

KIND_HEADINGS: dict[Kind, str] = {
    "track": "Songs",
    "album": "Albums",
    "artist": "Artists",
    "playlist": "Playlists",
    "show": "Shows",
    "episode": "Episodes",
    "audiobook": "Audiobooks",
}

# Where the words of a search are kept: in a link back to it. Discord takes no longer address.
SEARCH_URL = "https://open.spotify.com/search/"
MAX_URL_LENGTH = 512

# Characters of a whole list, so that the card below it fits into the 4000 of a message; names are
# cut to these lengths, in turn, until it does.
_MAX_LIST_LENGTH = 3300
_NAME_LENGTHS = (60, 40, 24)
_MAX_LABEL = 90

_PERIODS = {
    "short": "of about four weeks",
    "medium": "of about six months",
    "long": "of about a year",
}
_QUERY_TOO_LONG = "These words are too long to turn pages with. Use fewer of them to see more."
_FOUND_BY_NAME = "Found by a search for the name, since Spotify tells apps no top songs."
_NO_ARTIST_SONGS = "That search finds no song of theirs here. Look at their albums."
_LAST_PAGE = "Spotify has no more of this. Go back a page."
_EMPTY = "Spotify shows nothing in it."


def list_text(heading: str, entries: Sequence[Entry], first: int, *notes: str) -> str:
    """The list in markdown; `heading` and `notes` are safe already, `first` is its first number."""
    small = [f"-# {note}" for note in notes if note]
    for limit in _NAME_LENGTHS:
        lines = [
            f"{number}. {_line(entry, limit)}" for number, entry in enumerate(entries, start=first)
        ]
        whole = "\n".join([f"### {heading}", *lines, *small])
        if len(whole) <= _MAX_LIST_LENGTH:
            break
    return whole


def item_options(entries: Iterable[Entry], first: int) -> list[discord.SelectOption]:
    """The entries that can be chosen. A value tells number, kind and id, and is there once."""
    return [
        discord.SelectOption(
            label=single_line(item.name, _MAX_LABEL) or "Untitled",
            description=creator(item, _MAX_LABEL),
            value=f"{number}.{item.kind}.{item.id}",
        )
        for number, entry in enumerate(entries, start=first)
        if (item := entry.selectable)
    ]


def parse_option(value: str) -> Uri:
    """What the value of an option stands for."""
    _, kind, item_id = value.split(".")
    return Uri(next(one for one in KINDS if one == kind), item_id)


def search_link(words: str) -> str | None:
    """Where Spotify finds these words; None where that is longer than Discord takes."""
    link = SEARCH_URL + quote(words, safe="")
    return link if len(link) <= MAX_URL_LENGTH else None


def words_in(buttons: Iterable[ui.Item[ui.LayoutView]]) -> str:
    """The words that the link back among these buttons searches for; empty without one."""
    for button in buttons:
        link = button.url if isinstance(button, ui.Button) else None
        if link and link.startswith(SEARCH_URL):
            return unquote(link.removeprefix(SEARCH_URL))
    return ""


def heading(
    what: str, about: str, words: str, head: Item | None, page: int, whose: str = ""
) -> str:
    """Of a list, as its path has them; `words` are those of a search, `head` what it is in.

    whose  the name of the person whose plays it tells
    """
    by = {"artist": "Songs by ", "albums": "Albums by "}
    if head is not None:
        says = by.get(what, "") + title(head)
    elif what == "search":
        kind_heading = next(KIND_HEADINGS[kind] for kind in KINDS if kind == about)
        says = f"{kind_heading} for “{safe(words, 80)}”"
    elif what == "top":
        kind, _, over = about.partition(".")
        most = f"Top {'songs' if kind == 'track' else 'artists'} {_PERIODS[over]}"
        says = f"{most} · {safe(whose, 40)}"
    elif what == "recent":
        says = f"Played lately · {safe(whose, 40)}"
    else:
        says = "What that link leads to"
    return f"{says} · page {page}" if page > 1 else says


def notes(
    what: str, entries: Sequence[Entry], page: int, *, cannot_page: bool = False
) -> Iterator[str]:
    """What is to be said below a list. `unturnable`: its pages cannot be turned."""
    if not entries:
        yield _LAST_PAGE if page > 1 else _NO_ARTIST_SONGS if what == "artist" else _EMPTY
    if what == "artist":
        yield _FOUND_BY_NAME
    if cannot_page:
        yield _QUERY_TOO_LONG


def _line(entry: Entry, limit: int) -> str:
    item = entry.item
    if isinstance(item, Chapter):
        parts = [safe(item.name, limit) or "Untitled"]
    else:
        parts = [title(item, limit)]
        if item.kind not in ("artist", "playlist"):
            parts.append(escape(creator(item, limit)))
    parts.append(_details(item))
    if isinstance(item, Track) and item.uri is None:
        parts.append("a file of its owner’s")
    if entry.played_at is not None:
        parts.append(f"<t:{entry.played_at}:R>")
    return " · ".join(part for part in parts if part)


def _details(item: Item | Chapter) -> str:
    match item:
        case Track() | Episode() | Chapter():
            return format_duration(item.duration_ms) if item.duration_ms else ""
        case Album():
            return safe((item.release_date or "")[:4])
        case Playlist():
            count = item.total
            return "" if count is None else f"{count:,} song{'' if count == 1 else 's'}"
    return ""
